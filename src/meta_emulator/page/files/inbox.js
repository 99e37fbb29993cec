/**
 * The list of conversations.
 */

import { list, say } from './api.js';
import { fill, h, icon, iconButton } from './dom.js';
import { initials, shortTime } from './format.js';
import { askFor } from './sheet.js';
import { ticks } from './ticks.js';

/**
 * @param {HTMLElement} element
 * @param {object} given
 * @param {(who: import('./api.js').Who) => void} given.open
 * @param {() => void} given.developer
 * @param {() => number} given.now
 */
export function inbox(element, { open, developer, now }) {
  let headings = [];
  let current = '';
  let firstNumber = '';
  const search = /** @type {HTMLInputElement} */ (h('input', { type: 'search', placeholder: 'Search', 'aria-label': 'Search conversations', autocomplete: 'off' }));
  const box = h('ul', { class: 'conversations' });
  const state = h('p', { class: 'connection', role: 'status' });
  search.addEventListener('input', draw);
  box.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = /** @type {HTMLElement[]} */ ([...box.querySelectorAll('a')]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    all[Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
  });
  fill(
    element,
    h('header', { class: 'inbox-head' }, h('h1', null, 'Inbox'), h('span', { class: 'tag' }, 'Meta emulator'), iconButton('write', 'Write as a person', begin), iconButton('code', 'Developer panel', developer, { class: 'icon-button open-developer' })),
    state,
    h('div', { class: 'search' }, icon('search'), search),
    box,
  );

  async function numbersHeld() {
    const [held] = await list('state');
    return held.wabas.flatMap((waba) => waba.phone_numbers);
  }

  async function nameNumber() {
    const [first] = await numbersHeld();
    firstNumber = first?.id ?? '';
    if (headings.length === 0) draw();
  }

  async function begin() {
    const numbers = await numbersHeld();
    const options = numbers.map((number) => [number.id, `${number.verified_name} (${number.display_phone_number})`]);
    const fields = [
      { name: 'number', label: 'Business number', options },
      { name: 'phone', label: 'Phone of the person', type: 'tel', value: '+91', required: true, hint: 'With its country code. Nobody is called: the emulator keeps all to itself.' },
      { name: 'name', label: 'Name', value: '' },
      { name: 'text', label: 'First message', value: 'Hi', required: true },
    ];
    askFor('Write as a person', fields, 'Send', async ({ number, phone, name, text }) => {
      const who = { number, person: phone.replace(/\D/g, ''), name };
      await say(who, { text });
      open(who);
    });
  }

  function draw() {
    const wanted = search.value.trim().toLowerCase();
    const shown = headings.filter((one) => `${one.name} ${one.phone} ${one.business} ${one.gist}`.toLowerCase().includes(wanted));
    fill(box, shown.map(row));
    if (headings.length === 0) fill(box, h('li', { class: 'inbox-empty' }, emptyText(firstNumber, begin)));
    else if (shown.length === 0) fill(box, h('li', { class: 'inbox-empty' }, h('p', null, 'No conversation matches.')));
  }

  function row(one) {
    const key = `${one.phone_number_id}/${one.person}`;
    const name = one.name || one.phone;
    const who = { number: one.phone_number_id, person: one.person, name: one.name };
    return h(
      'li',
      null,
      h(
        'a',
        {
          href: `#/${key}`,
          class: 'conversation',
          'aria-current': key === current ? 'true' : null,
          onclick: (/** @type {Event} */ event) => { event.preventDefault(); open(who); },
        },
        h('span', { class: 'avatar', 'aria-hidden': 'true' }, one.name ? initials(one.name) : icon('person')),
        h('span', { class: 'conversation-text' },
          h('span', { class: 'conversation-line' }, h('strong', { dir: 'auto' }, name), one.time ? h('time', { datetime: one.time }, shortTime(one.time, now())) : null),
          h('span', { class: 'conversation-line' },
            h('span', { class: 'gist', dir: 'auto' }, one.is_gist_from_business ? ticks(one.status) : null, one.gist),
            one.unread ? h('span', { class: 'unread', 'aria-label': `${one.unread} unread` }, one.unread > 99 ? '99+' : one.unread) : null)),
      ),
    );
  }

  return {
    /** @param {any[]} found @param {string} key */
    show(found, key) {
      const isSame = JSON.stringify(found) === JSON.stringify(headings) && key === current && box.children.length > 0;
      headings = found;
      current = key;
      if (isSame) return;
      if (found.length === 0 && !firstNumber) nameNumber().catch(() => undefined);
      const focused = document.activeElement instanceof HTMLAnchorElement && box.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
      draw();
      if (focused) /** @type {HTMLElement | null} */ (box.querySelector(`a[href="${CSS.escape(focused)}"]`))?.focus();
      const unread = found.reduce((sum, one) => sum + one.unread, 0);
      document.title = `${unread ? `(${unread}) ` : ''}Inbox · Meta emulator`;
    },
    /** @param {string} text */
    say: (text) => fill(state, text),
  };
}

/** @param {string} number @param {() => void} begin */
function emptyText(number, begin) {
  const command = `curl ${location.origin}/v25.0/${number || '<phone number id>'}/messages \\\n  -H "Authorization: Bearer $TOKEN" \\\n  -H "Content-Type: application/json" \\\n  -d '{"messaging_product": "whatsapp", "to": "+919876543210",\n       "type": "text", "text": {"body": "Hello"}}'`;
  return [
    h('p', null, h('strong', null, 'Nobody has been written to yet.')),
    h('p', null, 'Point your client at this address, send a message, and it appears here:'),
    h('pre', { tabindex: '0' }, command),
    h('button', { type: 'button', class: 'main-button', onclick: begin }, 'Write as a person'),
  ];
}
