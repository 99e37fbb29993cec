/**
 * Pictures, films, sounds, files, places and products inside a message.
 */

import { mediumUrl, pictureUrl } from './api.js';
import { h, icon } from './dom.js';
import { money, outside } from './format.js';

/**
 * @param {{kind: string, id?: string, link?: string, name?: string, is_voice?: boolean}} medium
 */
export function drawMedium(medium) {
  const url = medium.id ? mediumUrl(medium.id) : '';
  switch (medium.kind) {
    case 'document':
      return drawFile(medium, url);
    case 'audio':
      return drawAudio(url, medium);
    case 'sticker':
      return url ? h('img', { class: 'sticker', src: url, alt: 'Sticker' }) : elsewhere(medium);
    default:
      return url ? drawPicture(medium, url) : elsewhere(medium);
  }
}

function drawPicture(medium, url) {
  const isFilm = medium.kind !== 'image';
  const picture = h('img', { src: url, alt: isFilm ? 'Video' : 'Photo', loading: 'lazy', decoding: 'async' });
  const box = h('div', { class: `picture picture-${medium.kind}` }, picture);
  picture.addEventListener('error', () => {
    if (!isFilm) {
      box.replaceChildren(missing('The picture is no longer there'));
      return;
    }
    box.replaceChildren(h('video', { src: url, controls: true, preload: 'metadata', 'aria-label': 'Video' }));
  });
  return box;
}

/** @param {string} text @param {'image' | 'file' | 'mic'} [sign] */
function missing(text, sign = 'image') {
  return h('div', { class: 'missing' }, icon(sign), h('span', null, text));
}

const KINDS = { image: 'Photo', video: 'Video', sticker: 'Sticker', gif: 'GIF', document: 'Document', audio: 'Audio' };

/** What lies on another host is not loaded: the page talks to the emulator alone. */
function elsewhere(medium) {
  const link = medium.link ?? '';
  const kind = KINDS[medium.kind] ?? 'File';
  if (!link) return missing(`${kind} of the message`);
  const label = h('span', { class: 'elsewhere-link' }, link);
  return h('div', { class: 'elsewhere' }, icon('image'), h('span', { class: 'elsewhere-kind' }, `${kind} from the web`), outside(link, label));
}

function drawFile(medium, url) {
  const name = medium.name || 'Document';
  const inside = [
    h('span', { class: 'file-sign' }, icon('file')),
    h('span', { class: 'file-name' }, name),
    h('span', { class: 'file-kind' }, (name.includes('.') ? name.split('.').pop() : 'file').toUpperCase().slice(0, 5)),
  ];
  if (!url && !medium.link) return missing('Document of the message', 'file');
  if (url) return h('a', { class: 'file', href: url, download: name }, ...inside);
  return outside(medium.link ?? '', h('span', { class: 'file' }, ...inside));
}

function drawAudio(url, medium) {
  const label = medium.is_voice ? 'Voice message' : 'Audio';
  if (!url) return elsewhere({ ...medium, kind: 'audio' });
  return h('div', { class: 'sound' }, icon('mic'), h('audio', { src: url, controls: true, preload: 'none', 'aria-label': label }));
}

/**
 * @param {{latitude: string, longitude: string, name?: string, address?: string}} place
 */
export function drawPlace(place) {
  const at = `${place.latitude}, ${place.longitude}`;
  return h(
    'div',
    { class: 'place' },
    h('div', { class: 'map', role: 'img', 'aria-label': `Map at ${at}` }, icon('place')),
    h('div', { class: 'place-text' }, h('strong', null, place.name || 'Location'), h('span', null, place.address || at)),
  );
}

/**
 * A product with its picture: at the head of a message, or on a card.
 * @param {any} product
 */
export function drawProduct(product) {
  return h(
    'div',
    { class: 'product' },
    h('img', { class: 'product-picture', src: pictureUrl(product.retailer_id), alt: '', loading: 'lazy' }),
    h(
      'div',
      { class: 'product-text' },
      h('strong', null, product.name || product.retailer_id),
      h('span', { class: 'price' }, priceOf(product)),
    ),
  );
}

/** @param {any} product */
export function priceOf(product) {
  if (product.is_known === false) return 'Not in the catalogue';
  return money(product.price ?? 0, product.currency ?? 'INR');
}

/** @param {any[]} contacts */
export function drawContacts(contacts) {
  return contacts.map((contact) =>
    h(
      'div',
      { class: 'contact' },
      h('span', { class: 'avatar' }, icon('person')),
      h(
        'span',
        { class: 'contact-text' },
        h('strong', null, contact.name),
        ...[contact.organisation, ...(contact.phones ?? []), ...(contact.emails ?? [])].filter(Boolean).map((line) => h('span', null, line)),
      ),
    ),
  );
}

/** What was ordered, or is to be paid. @param {any} bill */
export function drawBill(bill) {
  const count = bill.lines.reduce((sum, line) => sum + (line.quantity ?? 1), 0);
  return h(
    'div',
    { class: 'bill' },
    h('div', { class: 'bill-head' }, icon('cart'), h('strong', null, `${count} ${count === 1 ? 'item' : 'items'}`), h('span', { class: 'price' }, money(bill.total, bill.currency ?? 'INR'))),
    h(
      'ul',
      null,
      bill.lines.map((line) =>
        h('li', null, h('span', null, `${line.quantity ?? 1} × ${line.product.name || line.product.retailer_id}`), h('span', null, money((line.product.price ?? 0) * (line.quantity ?? 1), line.product.currency ?? bill.currency))),
      ),
    ),
    bill.note ? h('p', { class: 'bill-note' }, bill.note) : null,
  );
}
