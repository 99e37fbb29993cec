/**
 * What slides up over the phone: a dialog with a title, closed by Escape, the cross, or outside.
 */

import { h, iconButton } from './dom.js';

/**
 * Open a sheet over the phone.
 * @param {string} title
 * @param {(sheet: {close: () => void, body: HTMLElement, foot: HTMLElement, rename: (title: string) => void}) => void} draw
 * @returns {HTMLDialogElement}
 */
export function openSheet(title, draw) {
  const heading = h('h2', { id: 'sheet-title' }, title);
  const body = h('div', { class: 'sheet-body' });
  const foot = h('div', { class: 'sheet-foot' });
  const dialog = /** @type {HTMLDialogElement} */ (
    h('dialog', { class: 'sheet', 'aria-labelledby': 'sheet-title' }, h('header', { class: 'sheet-head' }, iconButton('close', 'Close', () => dialog.close()), heading), body, foot)
  );
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  draw({
    close: () => dialog.close(),
    body,
    foot,
    rename: (text) => {
      heading.textContent = text;
    },
  });
  document.body.append(dialog);
  place(dialog);
  dialog.showModal();
  return dialog;
}

/** Over the phone where there is one; over all of a narrow window. @param {HTMLElement} dialog */
function place(dialog) {
  const phone = document.querySelector('.phone');
  if (!phone || matchMedia('(max-width: 759px)').matches) return;
  const box = phone.getBoundingClientRect();
  dialog.style.setProperty('--sheet-left', `${box.left}px`);
  dialog.style.setProperty('--sheet-width', `${box.width}px`);
  dialog.style.setProperty('--sheet-bottom', `${innerHeight - box.bottom}px`);
  dialog.style.setProperty('--sheet-top', `${box.top}px`);
}

/**
 * A sheet with fields and one button.
 * @param {string} title
 * @param {{name: string, label: string, type?: string, value?: string, required?: boolean, rows?: number, options?: [string, string][], hint?: string, pattern?: string}[]} fields
 * @param {string} action
 * @param {(values: Record<string, string>) => Promise<void>} send raises what is told beside the button
 */
export function askFor(title, fields, action, send) {
  openSheet(title, ({ close, body, foot }) => {
    const problem = h('p', { class: 'problem', role: 'alert' });
    const form = /** @type {HTMLFormElement} */ (h('form', { id: 'sheet-form', class: 'form', method: 'dialog' }, fields.map(drawField), problem));
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
      try {
        await send(values);
        close();
      } catch (error) {
        problem.textContent = /** @type {Error} */ (error).message;
      }
    });
    body.append(form);
    foot.append(h('button', { type: 'submit', form: 'sheet-form', class: 'main-button' }, action));
  });
}

function drawField(field) {
  const id = `field-${field.name}`;
  const common = { id, name: field.name, required: field.required, autocomplete: 'off', 'aria-describedby': field.hint ? `${id}-hint` : null };
  let input;
  if (field.options) {
    input = h('select', common, field.options.map(([value, label]) => h('option', { value }, label)));
  } else if (field.rows) {
    input = h('textarea', { ...common, rows: field.rows, spellcheck: 'false' });
    input.value = field.value ?? '';
  } else {
    input = h('input', { ...common, type: field.type ?? 'text', value: field.value ?? '', step: field.type === 'number' ? 'any' : null, pattern: field.pattern });
  }
  return h('div', { class: 'field' }, h('label', { for: id }, field.label), input, field.hint ? h('p', { class: 'hint', id: `${id}-hint` }, field.hint) : null);
}
