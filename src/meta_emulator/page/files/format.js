/**
 * Texts, sums and times as WhatsApp shows them.
 */

import { h } from './dom.js';

/** WhatsApp's marks: the sign, and the element that it makes of what stands between two of it. */
const MARKS = [
  ['```', 'code'],
  ['*', 'strong'],
  ['_', 'em'],
  ['~', 's'],
  ['`', 'code'],
];
const WORD = /[\p{L}\p{N}]/u;
const ADDRESS = /https?:\/\/[^\s<>"']+/g;

/**
 * The nodes of a text: bold, italic, struck and code as WhatsApp marks them, addresses as links.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
export function marked(text) {
  /** @type {(Node | string)[]} */
  const nodes = [];
  let plain = '';
  let at = 0;
  while (at < text.length) {
    const found = markAt(text, at);
    if (!found) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain) nodes.push(...linked(plain));
    plain = '';
    const { tag, inner, end } = found;
    nodes.push(h(tag, null, ...(tag === 'code' ? [inner] : marked(inner))));
    at = end;
  }
  if (plain) nodes.push(...linked(plain));
  return nodes;
}

/**
 * @param {string} text
 * @param {number} at
 */
function markAt(text, at) {
  for (const [sign, tag] of MARKS) {
    if (!text.startsWith(sign, at)) continue;
    if (at > 0 && WORD.test(text[at - 1])) continue;
    const begin = at + sign.length;
    const stop = text.indexOf(sign, begin);
    if (stop <= begin || (sign !== '```' && text.slice(begin, stop).includes('\n'))) continue;
    const after = text[stop + sign.length];
    if (after !== undefined && WORD.test(after)) continue;
    const inner = text.slice(begin, stop);
    if (sign !== '```' && inner !== inner.trim()) continue;
    return { tag, inner, end: stop + sign.length };
  }
  return null;
}

/** @param {string} text */
function linked(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const url = match[0].replace(/[.,;:!?)]+$/, '');
    nodes.push(text.slice(at, match.index), outside(url, url));
    at = match.index + url.length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== '');
}

/**
 * A link that leaves the emulator; text alone where the address is none of the web's.
 * @param {string} url
 * @param {string | Node} label
 * @param {Record<string, any>} [more]
 */
export function outside(url, label, more = {}) {
  if (!/^https?:\/\//i.test(url)) return h('span', more, label);
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', ...more }, label);
}

/**
 * A sum. @param {number} hundredths @param {string} currency
 */
export function money(hundredths, currency) {
  try {
    return new Intl.NumberFormat('en-IN', { style: 'currency', currency: currency || 'INR' }).format(hundredths / 100);
  } catch {
    return `${(hundredths / 100).toFixed(2)} ${currency}`;
  }
}

const HOURS = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const SECONDS = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
const SHORT = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: '2-digit', year: '2-digit' });

/** @param {string} time */
export const clockTime = (time) => HOURS.format(new Date(time));
/** @param {string} time */
export const exactTime = (time) => SECONDS.format(new Date(time));

/**
 * `Today`, `Yesterday` or the date. @param {string} time @param {number} now the emulator's
 */
export function dayOf(time, now) {
  const days = midnight(now) - midnight(Date.parse(time));
  if (days === 0) return 'Today';
  return days === 1 ? 'Yesterday' : DAY.format(new Date(time));
}

/** @param {string} time @param {number} now the emulator's */
export function shortTime(time, now) {
  const days = midnight(now) - midnight(Date.parse(time));
  if (days === 0) return clockTime(time);
  return days === 1 ? 'Yesterday' : SHORT.format(new Date(time));
}

/** @param {number} at */
function midnight(at) {
  const date = new Date(at);
  return Math.round(new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / 86400000);
}

/**
 * How long something still lasts. @param {number} ms
 */
export function remaining(ms) {
  if (ms <= 0) return 'Offer ended';
  const seconds = Math.floor(ms / 1000);
  const [days, hours, minutes] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
  if (days > 0) return `Ends in ${days} d ${hours} h`;
  if (hours > 0) return `Ends in ${hours} h ${minutes} min`;
  return `Ends in ${minutes} min ${seconds % 60} s`;
}

/** @param {string} name */
export function initials(name) {
  const words = name.replace(/[^\p{L}\p{N} ]/gu, '').trim().split(/\s+/);
  return (words[0]?.[0] ?? '?').toUpperCase() + (words.length > 1 ? words[words.length - 1][0].toUpperCase() : '');
}
