/**
 * The line in which a person writes, and what they send besides text.
 */

import { say } from './api.js';
import { announce, fill, h, icon, iconButton, toast } from './dom.js';
import { askForPlace, contactMessage } from './press.js';
import { askFor } from './sheet.js';

const MOST_TEXT = 4096;

/**
 * @param {import('./api.js').Who} who
 */
export function composer(who) {
  if (!/^\d+$/.test(who.person)) return unreachable();
  /** @type {{reply_to?: string, enquiry?: {id: string, product: string}} | null} */
  let about = null;
  const quote = h('div', { class: 'quoting', hidden: true });
  const text = /** @type {HTMLTextAreaElement} */ (
    h('textarea', { id: 'composer-text', rows: 1, maxlength: MOST_TEXT, placeholder: 'Message', 'aria-label': `Message as +${who.person}`, autocomplete: 'off' })
  );
  const file = /** @type {HTMLInputElement} */ (h('input', { type: 'file', class: 'visually-hidden', tabindex: '-1', 'aria-label': 'File' }));
  const menu = h('div', { class: 'menu', role: 'menu', hidden: true });
  const attach = iconButton('attach', 'Attach', () => toggle(menu.hidden), { 'aria-haspopup': 'menu', 'aria-expanded': 'false', class: 'icon-button attach' });
  const send = h('button', { type: 'submit', class: 'send', 'aria-label': 'Send', title: 'Send' }, icon('send'));

  let kind = 'image';
  const pick = (wanted, accept) => () => {
    kind = wanted;
    file.accept = accept;
    file.value = '';
    file.click();
  };
  const items = [
    ['image', 'Photo or video', pick('image', 'image/*,video/*')],
    ['file', 'Document', pick('document', '')],
    ['mic', 'Voice message', pick('audio', 'audio/*')],
    ['place', 'Location', () => askForPlace(who)],
    ['person', 'Contact', askForContact],
    ['stop', 'Write “STOP”', () => void sent({ text: 'STOP' })],
  ];
  menu.append(
    ...items.map(([sign, label, act]) =>
      h('button', { type: 'button', role: 'menuitem', onclick: () => { toggle(false); /** @type {() => void} */ (act)(); } }, icon(/** @type {any} */ (sign)), /** @type {string} */ (label)),
    ),
  );

  /** @param {boolean} isOpen */
  function toggle(isOpen) {
    menu.hidden = !isOpen;
    attach.setAttribute('aria-expanded', String(isOpen));
    if (isOpen) /** @type {HTMLElement} */ (menu.firstElementChild)?.focus();
  }

  menu.addEventListener('keydown', (event) => {
    const all = /** @type {HTMLElement[]} */ ([...menu.children]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      all[(at + step + all.length) % all.length].focus();
    } else if (event.key === 'Escape') {
      toggle(false);
      attach.focus();
    }
  });
  document.addEventListener('click', (event) => {
    if (!menu.hidden && !menu.contains(/** @type {Node} */ (event.target)) && !attach.contains(/** @type {Node} */ (event.target))) toggle(false);
  });

  function askForContact() {
    const fields = [{ name: 'name', label: 'Name', required: true }, { name: 'phone', label: 'Phone', type: 'tel', required: true }];
    askFor('Send contact', fields, 'Send', async ({ name, phone }) => {
      await say(who, { message: contactMessage(name, phone) });
    });
  }

  file.addEventListener('change', async () => {
    const chosen = file.files?.[0];
    if (!chosen) return;
    const isFilm = chosen.type.startsWith('video/');
    const medium = {
      content: await base64(chosen),
      mime_type: chosen.type || 'application/octet-stream',
      kind: kind === 'image' && isFilm ? 'video' : kind,
      filename: kind === 'document' ? chosen.name : undefined,
      caption: text.value.trim() && kind !== 'audio' ? text.value.trim() : undefined,
    };
    if (await sent({ medium })) text.value = '';
  });

  /** @param {Record<string, unknown>} what */
  async function sent(what) {
    try {
      await say(who, what);
      announce('Sent');
      return true;
    } catch (error) {
      toast(/** @type {Error} */ (error).message);
      return false;
    }
  }

  async function sendText() {
    const body = text.value.trim();
    if (!body) return;
    const what = about?.enquiry ? { enquiry: { ...about.enquiry, text: body } } : { text: body, ...about };
    text.value = '';
    grow();
    if (await sent(what)) setAbout(null);
    else if (!text.value) text.value = body;
  }

  function grow() {
    text.style.height = 'auto';
    text.style.height = `${Math.min(text.scrollHeight, 132)}px`;
    send.toggleAttribute('disabled', !text.value.trim());
  }

  /** @param {typeof about} to @param {string} [label] */
  function setAbout(to, label = '') {
    about = to;
    quote.hidden = !to;
    fill(quote, h('span', { dir: 'auto' }, label), iconButton('close', 'Do not quote', () => setAbout(null)));
    if (to) text.focus();
  }

  text.addEventListener('input', grow);
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      void sendText();
    }
    if (event.key === 'Escape' && about) setAbout(null);
  });
  const form = h('form', { class: 'composer', onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void sendText(); } }, quote, h('div', { class: 'composer-line' }, h('div', { class: 'composer-box' }, attach, text, file), send), menu);
  queueMicrotask(grow);
  return {
    element: form,
    /** @param {string} id @param {string} label */
    quote: (id, label) => setAbout({ reply_to: id }, label),
    /** @param {any} product @param {any} entry */
    enquire: (product, entry) => setAbout({ enquiry: { id: entry.id, product: product.retailer_id } }, `About ${product.name || product.retailer_id}`),
  };
}

/** Of whom no phone is known; their messages would need one. */
function unreachable() {
  const text = 'Only the user id of this person is known. They can answer once they have written from their phone.';
  return { element: h('p', { class: 'composer hint' }, text), quote: () => undefined, enquire: () => undefined };
}

/** @param {File} file */
async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
