/**
 * Elements and icons. Text becomes text nodes, never markup: nothing here parses HTML.
 */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element. Properties that begin with `on` are listeners, `class` and `data-*` and `aria-*`
 * are attributes, all others are set as attributes unless they are false or null.
 * @param {string} tag
 * @param {Record<string, any> | null} [properties]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

/**
 * @param {Node} parent
 * @param {(Child | Child[])[]} children
 */
export function append(parent, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * Put `children` in the place of what `parent` has.
 * @param {Element} parent
 * @param {...(Child | Child[])} children
 */
export function fill(parent, ...children) {
  parent.replaceChildren();
  append(parent, children);
}

const PATHS = {
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  send: 'M4 12l16-7-5 15-3.500-6.500z',
  attach: 'M19 11l-7.500 7.500a4.500 4.500 0 01-6.400-6.400l8-8a3 3 0 014.300 4.300l-8 8a1.500 1.500 0 01-2.100-2.200l7-7',
  more: 'M12 6h.01M12 12h.01M12 18h.01',
  code: 'M8 7l-5 5 5 5M16 7l5 5-5 5',
  search: 'M11 4a7 7 0 100 14 7 7 0 000-14zM16 16l4 4',
  write: 'M4 20l1-4L16.500 4.500l3 3L8 19zM14 7l3 3',
  reply: 'M10 7l-5 5 5 5M5 12h9a5 5 0 015 5v1',
  smile: 'M12 3a9 9 0 100 18 9 9 0 000-18zM9 10h.01M15 10h.01M8.500 14.500a4 4 0 007 0',
  link: 'M14 5h5v5M19 5l-8 8M17 14v5H5V7h5',
  phone: 'M6 4l3-.5 2 4.500-2 1.500a12 12 0 005.500 5.500l1.500-2 4.500 2-.5 3c-.3 1-1 1.500-2 1.500C11 19.500 4.500 13 4.500 6 4.500 5 5 4.300 6 4z',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  list: 'M4 7h.01M4 12h.01M4 17h.01M8 7h12M8 12h12M8 17h12',
  cart: 'M4 5h2l2 10h10l2-7H7M10 19h.01M17 19h.01',
  place: 'M12 21s7-6 7-11a7 7 0 00-14 0c0 5 7 11 7 11zM12 12a2 2 0 100-4 2 2 0 000 4z',
  person: 'M12 12a4 4 0 100-8 4 4 0 000 8zM4 20c1-4 4-6 8-6s7 2 8 6',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M9 9h.01',
  file: 'M7 3h7l4 4v14H7zM14 3v4h4',
  mic: 'M12 4a2.500 2.500 0 00-2.500 2.500v5a2.500 2.500 0 005 0v-5A2.500 2.500 0 0012 4zM6.500 11a5.500 5.500 0 0011 0M12 17v3',
  form: 'M6 4h12v16H6zM9 9h6M9 13h6',
  clock: 'M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4l3 2',
  tag: 'M4 12V5h7l9 9-7 7zM8 8.500h.01',
  stop: 'M12 4a8 8 0 100 16 8 8 0 000-16zM6.500 6.500l11 11',
  check: 'M5 13l4 4L19 7',
  warn: 'M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v5M12 16h.01',
  store: 'M5 10v9h14v-9M4 9l2-5h12l2 5a2.500 2.500 0 01-5 0 3 3 0 01-6 0 2.500 2.500 0 01-5 0',
};

const SVG = 'http://www.w3.org/2000/svg';

/**
 * A drawn sign, hidden from screen readers: what it stands beside must have a name.
 * @param {keyof typeof PATHS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.appendChild(path);
  return svg;
}

/**
 * A button with a sign and a name that is read out.
 * @param {keyof typeof PATHS} name
 * @param {string} label
 * @param {() => void} onclick
 * @param {Record<string, any>} [more]
 */
export function iconButton(name, label, onclick, more = {}) {
  return h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick, ...more }, icon(name));
}

/**
 * Tell screen readers something.
 * @param {string} text
 */
export function announce(text) {
  const live = document.getElementById('live');
  if (live) live.textContent = text;
}

/**
 * Tell everybody something for a while.
 * @param {string} text
 * @param {'problem' | 'note'} [kind]
 */
export function toast(text, kind = 'problem') {
  const shown = h('div', { class: `toast toast-${kind}` }, text);
  document.getElementById('toasts')?.append(shown);
  setTimeout(() => shown.remove(), 6000);
}
