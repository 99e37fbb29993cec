/**
 * Cards beside each other: swiped, or moved by the buttons and the arrow keys.
 */

import { h, iconButton } from './dom.js';

/**
 * @param {HTMLElement[]} cards
 * @returns {HTMLElement}
 */
export function carousel(cards) {
  const strip = h('div', { class: 'cards', role: 'group', tabindex: '0', 'aria-label': `${cards.length} cards; arrow keys move` }, ...cards);
  const back = iconButton('back', 'Previous card', () => move(-1), { class: 'icon-button card-move card-back' });
  const next = iconButton('next', 'Next card', () => move(1), { class: 'icon-button card-move card-next' });
  const dots = h('div', { class: 'dots', 'aria-hidden': 'true' }, ...cards.map(() => h('span')));

  /** The card that is nearest to the left edge. */
  function current() {
    const left = strip.scrollLeft;
    const distances = cards.map((card) => Math.abs(card.offsetLeft - strip.offsetLeft - left));
    if (strip.scrollLeft + strip.clientWidth >= strip.scrollWidth - 4 && left > 0) return cards.length - 1;
    return distances.indexOf(Math.min(...distances));
  }

  /** @param {number} step */
  function move(step) {
    const to = cards[Math.min(cards.length - 1, Math.max(0, current() + step))];
    strip.scrollTo({ left: to.offsetLeft - strip.offsetLeft });
  }

  function mark() {
    const place = current();
    [...dots.children].forEach((dot, index) => dot.classList.toggle('is-current', index === place));
    const hadFocus = document.activeElement === back || document.activeElement === next;
    back.toggleAttribute('disabled', strip.scrollLeft <= 4);
    next.toggleAttribute('disabled', strip.scrollLeft + strip.clientWidth >= strip.scrollWidth - 4);
    if (hadFocus && document.activeElement?.hasAttribute('disabled')) strip.focus({ preventScroll: true });
  }

  strip.addEventListener('scroll', () => requestAnimationFrame(mark), { passive: true });
  strip.addEventListener('keydown', (event) => {
    if (event.target !== strip || (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft')) return;
    event.preventDefault();
    move(event.key === 'ArrowRight' ? 1 : -1);
  });
  requestAnimationFrame(mark);
  return h('div', { class: 'carousel' }, strip, back, next, dots);
}
