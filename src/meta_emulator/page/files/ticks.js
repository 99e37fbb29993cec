/**
 * How far a message has come: a clock, one tick, two, blue; red with Meta's code when it failed.
 */

import { h, icon } from './dom.js';

const NAMES = {
  accepted: 'Accepted, not sent yet',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  played: 'Played',
  failed: 'Failed',
};
const ORDER = ['accepted', 'sent', 'delivered', 'read', 'played'];

/**
 * The status that is furthest, whatever the order in which they came.
 * @param {{status: string}[]} statuses
 */
export function furthest(statuses) {
  if (statuses.some((one) => one.status === 'failed')) return 'failed';
  return statuses.reduce((known, one) => (ORDER.indexOf(one.status) > ORDER.indexOf(known) ? one.status : known), 'accepted');
}

/**
 * @param {string} status
 * @returns {HTMLElement}
 */
export function ticks(status) {
  const name = NAMES[status] ?? status;
  const made = h('span', { class: `ticks ticks-${status}`, role: 'img', 'aria-label': name, title: name });
  if (status === 'accepted') made.append(icon('clock'));
  else if (status === 'failed') made.append(icon('warn'));
  else made.append(tick(status !== 'sent'));
  return made;
}

/** @param {boolean} isDouble */
function tick(isDouble) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 18 12');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', isDouble ? 'M1 6.500l3.500 3.500L11 2M8 9l1 1L16.500 2' : 'M3 6.500l3.500 3.500L13 2');
  svg.append(path);
  return svg;
}
