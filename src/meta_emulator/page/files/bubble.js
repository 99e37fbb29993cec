/**
 * One message, drawn as the person sees it.
 */

import { carousel } from './carousel.js';
import { h, icon } from './dom.js';
import { marked, outside, remaining } from './format.js';
import { drawBill, drawContacts, drawMedium, drawPlace, drawProduct } from './media.js';

/** The sign of each kind of button. */
const SIGNS = {
  quick_reply: 'reply',
  reply: 'reply',
  url: 'link',
  phone: 'phone',
  copy_code: 'copy',
  list: 'list',
  flow: 'form',
  mpm: 'list',
  spm: 'store',
  catalog: 'store',
  location: 'place',
  address: 'form',
  call_permission: 'phone',
  contact: 'person',
  call: 'phone',
  pay: 'cart',
  order_status: 'list',
};

/**
 * @typedef {object} Acts what a tap does
 * @property {(button: any, card: number | null, shown: any, entry: any) => void} press
 * @property {() => number} now the emulator's time, in milliseconds
 */

/**
 * The content of a message, without its time and ticks.
 * @param {any} entry
 * @param {Acts} acts
 * @returns {HTMLElement[]}
 */
export function drawShown(entry, acts) {
  const { shown } = entry;
  const isJumbo = shown.kind === 'text' && isEmojiOnly(shown.body ?? '');
  const inside = h(
    'div',
    { class: `inside inside-${shown.kind}${isJumbo ? ' inside-jumbo' : ''}` },
    shown.enquiry ? h('div', { class: 'enquiry' }, drawProduct(shown.enquiry)) : null,
    shown.medium ? drawMedium(shown.medium) : null,
    shown.place ? drawPlace(shown.place) : null,
    shown.product ? drawProduct(shown.product) : null,
    shown.offer ? drawOffer(shown.offer, acts) : null,
    shown.title ? h('div', { class: 'title', dir: 'auto' }, shown.title) : null,
    shown.contacts ? drawContacts(shown.contacts) : null,
    shown.bill ? drawBill(shown.bill) : null,
    shown.body ? h('div', { class: 'body', dir: 'auto' }, marked(shown.body)) : null,
    shown.footer ? h('div', { class: 'footer', dir: 'auto' }, shown.footer) : null,
    shown.trouble ? h('div', { class: 'trouble' }, shown.trouble) : null,
  );
  const parts = [inside];
  if (shown.buttons) parts.push(drawButtons(shown.buttons, null, shown, entry, acts));
  if (shown.cards) parts.push(carousel(shown.cards.map((card, place) => drawCard(card, place, entry, acts))));
  return parts;
}

/** @param {any} offer @param {Acts} acts */
function drawOffer(offer, acts) {
  const left = h('span', { class: 'offer-left' });
  const line = h('div', { class: 'offer' }, icon('tag'), h('span', null, h('strong', null, offer.text), left));
  if (offer.ends_at_ms) {
    left.dataset.endsAt = String(offer.ends_at_ms);
    left.textContent = remaining(offer.ends_at_ms - acts.now());
  }
  return line;
}

/** @param {any} card @param {number} place @param {any} entry @param {Acts} acts */
function drawCard(card, place, entry, acts) {
  return h(
    'div',
    { class: 'card', role: 'group', 'aria-label': `Card ${place + 1}` },
    card.medium ? drawMedium(card.medium) : null,
    card.product ? drawProduct(card.product) : null,
    card.body ? h('div', { class: 'body card-body', dir: 'auto' }, marked(card.body)) : null,
    card.buttons ? drawButtons(card.buttons, card.index, { ...entry.shown, product: card.product }, entry, acts) : null,
  );
}

/** @param {any[]} buttons @param {number | null} card @param {any} shown @param {any} entry @param {Acts} acts */
function drawButtons(buttons, card, shown, entry, acts) {
  return h(
    'div',
    { class: 'buttons' },
    buttons.map((button) => drawButton({ index: 0, value: '', ...button }, card, shown, entry, acts)),
  );
}

function drawButton(button, card, shown, entry, acts) {
  const inside = [icon(SIGNS[button.kind] ?? 'reply'), h('span', { dir: 'auto' }, button.text || button.kind)];
  if (button.kind === 'url') {
    return outside(button.value, h('span', { class: 'button-inside' }, ...inside), { class: 'button', title: button.value });
  }
  return h('button', { type: 'button', class: 'button', onclick: () => acts.press(button, card, shown, entry) }, ...inside);
}

/** Up to three emoji and nothing else are drawn large. @param {string} text */
function isEmojiOnly(text) {
  const found = [...new Intl.Segmenter().segment(text.trim())].map((one) => one.segment);
  return found.length > 0 && found.length <= 3 && found.every((one) => /^\p{Extended_Pictographic}|^\p{Regional_Indicator}/u.test(one));
}

/** A line that stands for a message that is quoted. @param {any} shown */
export function gistOf(shown) {
  return shown.body || shown.title || shown.medium?.name || shown.product?.name || shown.kind.replaceAll('_', ' ');
}
