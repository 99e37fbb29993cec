/**
 * What happens when a person taps something in a message.
 */

import { say } from './api.js';
import { announce, h, toast } from './dom.js';
import { askFor, openSheet } from './sheet.js';
import { openShop } from './shop.js';

/**
 * @param {import('./api.js').Who} who
 * @param {(product: any, entry: any) => void} enquire begin a question about a product
 */
export function presses(who, enquire) {
  /** @param {Record<string, unknown>} what @param {string} told */
  async function answer(what, told) {
    try {
      await say(who, what);
      announce(told);
    } catch (error) {
      toast(/** @type {Error} */ (error).message);
    }
  }

  /** @param {any} shown @param {any} entry */
  function shop(shown, entry) {
    const sections = shown.sections ?? (shown.product ? [{ title: '', products: [shown.product] }] : []);
    const order = async (items, note) => {
      await say(who, { order: { id: entry.id, items, text: note } });
      announce('The order was sent');
    };
    openShop(shown.title || 'Items', sections, order, (product) => enquire(product, entry));
  }

  /** @param {any} shown @param {any} entry */
  function choose(shown, entry) {
    openSheet(shown.buttons[0].text || 'Choose', ({ close, body, foot }) => {
      const send = h('button', { type: 'submit', form: 'choice', class: 'main-button', disabled: true }, 'Send');
      const form = h(
        'form',
        {
          id: 'choice',
          class: 'choice',
          onchange: () => send.removeAttribute('disabled'),
          onsubmit: async (/** @type {SubmitEvent} */ event) => {
            event.preventDefault();
            const row = new FormData(/** @type {HTMLFormElement} */ (event.target)).get('row');
            close();
            await answer({ choice: { id: entry.id, row } }, 'The choice was sent');
          },
        },
        (shown.sections ?? []).map((section) =>
          h('fieldset', null, section.title ? h('legend', null, section.title) : null, (section.rows ?? []).map(drawRow)),
        ),
      );
      body.append(form);
      foot.append(send);
    });
  }

  const drawRow = (row) =>
    h('label', { class: 'choice-row' }, h('span', { class: 'choice-text' }, h('span', { dir: 'auto' }, row.title), row.description ? h('small', { dir: 'auto' }, row.description) : null), h('input', { type: 'radio', name: 'row', value: row.id, required: true }));

  /** @param {any} button @param {any} entry */
  function fillIn(button, entry) {
    const hint = 'A flow has screens of its own; here you write what it sends back, as a JSON object.';
    const field = { name: 'response', label: 'Response', rows: 6, value: '{\n  "rating": "5",\n  "comment": "Lovely"\n}', required: true, hint };
    askFor(button.text, [field], 'Send', async (values) => {
      let response;
      try {
        response = JSON.parse(values.response);
      } catch (error) {
        throw new Error(`This is not JSON: ${/** @type {Error} */ (error).message}`, { cause: error });
      }
      await say(who, { form: { id: entry.id, response } });
    });
  }

  function giveAddress(entry) {
    const names = [['name', 'Name'], ['phone_number', 'Phone'], ['in_pin_code', 'PIN code'], ['address', 'Address'], ['city', 'City'], ['state', 'State']];
    askFor('Provide address', names.map(([name, label]) => ({ name, label, required: name !== 'state' })), 'Send', (values) => say(who, { form: { id: entry.id, response: values } }));
  }

  function allowCalls(entry) {
    openSheet('May the business call you?', ({ close, body }) => {
      const reply = (response) => () => {
        close();
        void answer({ call_permission: { id: entry.id, response } }, 'The answer was sent');
      };
      body.append(
        h('div', { class: 'choices' }, h('button', { type: 'button', class: 'main-button', onclick: reply('accept') }, 'Allow calls'), h('button', { type: 'button', class: 'plain-button', onclick: reply('reject') }, 'Do not allow')),
      );
    });
  }

  /** @param {any} button @param {number | null} card @param {any} shown @param {any} entry */
  return function press(button, card, shown, entry) {
    switch (button.kind) {
      case 'quick_reply':
      case 'reply': {
        const tap = card === null ? { id: entry.id, button: button.index } : { id: entry.id, card, button: button.index };
        void answer({ tap }, `${button.text} was tapped`);
        break;
      }
      case 'copy_code':
        navigator.clipboard?.writeText(button.value).catch(() => undefined);
        toast(`Copied: ${button.value}`, 'note');
        break;
      case 'list':
        choose(shown, entry);
        break;
      case 'mpm':
      case 'spm':
      case 'catalog':
        shop(shown, entry);
        break;
      case 'flow':
        fillIn(button, entry);
        break;
      case 'address':
        giveAddress(entry);
        break;
      case 'location':
        askForPlace(who, entry.id);
        break;
      case 'call_permission':
        allowCalls(entry);
        break;
      case 'contact':
        void answer({ message: contactMessage(who.name || `+${who.person}`, `+${who.person}`), reply_to: entry.id }, 'The contact was sent');
        break;
      case 'phone':
      case 'call':
        toast(`A phone would call ${button.value || 'the business'} now. Meta sends no webhook for it.`, 'note');
        break;
      default:
        toast('A phone would open this now. Meta sends no webhook for it.', 'note');
    }
  };
}

/** @param {import('./api.js').Who} who @param {string} [replyTo] */
export function askForPlace(who, replyTo) {
  const fields = [
    { name: 'latitude', label: 'Latitude', type: 'number', value: '19.0760', required: true },
    { name: 'longitude', label: 'Longitude', type: 'number', value: '72.8777', required: true },
    { name: 'name', label: 'Name', value: 'Mumbai' },
    { name: 'address', label: 'Address' },
  ];
  askFor('Send location', fields, 'Send', async ({ latitude, longitude, name, address }) => {
    const location = { latitude: Number(latitude), longitude: Number(longitude), ...(name && { name }), ...(address && { address }) };
    await say(who, { message: { type: 'location', location }, ...(replyTo && { reply_to: replyTo }) });
  });
}

/** @param {string} name @param {string} phone */
export function contactMessage(name, phone) {
  const digits = phone.replace(/\D/g, '');
  return { type: 'contacts', contacts: [{ name: { formatted_name: name, first_name: name }, phones: [{ phone, wa_id: digits, type: 'CELL' }] }] };
}
