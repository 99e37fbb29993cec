/**
 * The shop behind a message: products in sections, a cart, an order.
 */

import { pictureUrl } from './api.js';
import { announce, fill, h, icon, iconButton } from './dom.js';
import { money } from './format.js';
import { priceOf } from './media.js';
import { openSheet } from './sheet.js';

const MOST = 99;

/**
 * @param {string} title
 * @param {any[]} sections
 * @param {(items: Record<string, number>, note: string) => Promise<void>} order
 * @param {(product: any) => void} enquire
 */
export function openShop(title, sections, order, enquire) {
  /** @type {Map<string, number>} */
  const cart = new Map();
  const products = new Map(sections.flatMap((section) => (section.products ?? []).map((product) => [product.retailer_id, product])));

  openSheet(title, ({ close, body, foot, rename }) => {
    const total = () => [...cart].reduce((sum, [id, count]) => sum + (products.get(id).price ?? 0) * count, 0);
    const count = () => [...cart.values()].reduce((sum, one) => sum + one, 0);
    const currency = [...products.values()][0]?.currency ?? 'INR';

    /** @param {string} id @param {number} number */
    function put(id, number) {
      if (number <= 0) cart.delete(id);
      else cart.set(id, Math.min(MOST, number));
      announce(`${products.get(id).name}: ${cart.get(id) ?? 0} in the cart`);
    }

    function showList() {
      rename(title);
      fill(
        body,
        sections.map((section) =>
          h(
            'section',
            { class: 'shelf', 'aria-label': section.title || 'Items' },
            section.title ? h('h3', null, section.title) : null,
            (section.products ?? []).map((product) => row(product, showFoot, true)),
          ),
        ),
        products.size === 0 ? h('p', { class: 'hint' }, 'None of these products is in the catalogue.') : null,
      );
      showFoot();
    }

    function showFoot() {
      const number = count();
      fill(
        foot,
        number === 0
          ? h('p', { class: 'hint' }, 'Add items to send an order.')
          : h('button', { type: 'button', class: 'main-button', onclick: showCart }, icon('cart'), `View cart (${number})`, h('span', { class: 'main-button-sum' }, money(total(), currency))),
      );
    }

    function showCart() {
      rename('Your cart');
      const note = /** @type {HTMLTextAreaElement} */ (h('textarea', { id: 'cart-note', rows: 2, maxlength: 1000, placeholder: 'Add a note (optional)' }));
      const sum = h('strong', { class: 'price' }, money(total(), currency));
      const changed = () => {
        if (cart.size === 0) showList();
        else sum.textContent = money(total(), currency);
      };
      fill(
        body,
        h('section', { class: 'shelf', 'aria-label': 'Cart' }, [...cart.keys()].map((id) => row(products.get(id), changed))),
        h('div', { class: 'field' }, h('label', { for: 'cart-note' }, 'Note to the business'), note),
        h('div', { class: 'sum' }, h('span', null, 'Estimated total'), sum),
      );
      const problem = h('p', { class: 'problem', role: 'alert' });
      const send = h(
        'button',
        {
          type: 'button',
          class: 'main-button',
          onclick: async () => {
            send.setAttribute('disabled', '');
            try {
              await order(Object.fromEntries(cart), note.value.trim());
              close();
            } catch (error) {
              problem.textContent = /** @type {Error} */ (error).message;
              send.removeAttribute('disabled');
            }
          },
        },
        icon('send'),
        'Send to business',
      );
      fill(foot, h('button', { type: 'button', class: 'plain-button', onclick: showList }, 'Back to items'), send, problem);
      send.focus();
    }

    /** @param {any} product @param {() => void} changed @param {boolean} [isShelf] else in the cart */
    function row(product, changed, isShelf = false) {
      const id = product.retailer_id;
      const name = product.name || id;
      const stepper = h('div', { class: 'stepper' });
      const isSold = product.is_in_stock === false || product.is_known === false;
      function showStepper(focus = '') {
        const number = cart.get(id) ?? 0;
        const set = (to, then) => () => {
          put(id, to);
          showStepper(then);
          changed();
        };
        fill(
          stepper,
          number === 0
            ? h('button', { type: 'button', class: 'add', disabled: isSold, 'aria-label': `Add ${name}`, onclick: set(1, 'plus') }, isSold ? 'Sold out' : 'Add')
            : [
                iconButton('minus', `One ${name} less`, set(number - 1, number === 1 ? 'add' : 'minus')),
                h('output', { 'aria-label': `${name} in the cart` }, number),
                iconButton('plus', `One ${name} more`, set(number + 1, 'plus')),
              ],
        );
        if (focus) /** @type {HTMLElement | null} */ (stepper.querySelector(focus === 'add' ? '.add' : `button:has(.icon-${focus})`))?.focus();
      }
      showStepper();
      return h(
        'div',
        { class: 'shelf-row' },
        h('img', { src: pictureUrl(id), alt: '', loading: 'lazy' }),
        h(
          'div',
          { class: 'shelf-text' },
          h('strong', null, name),
          h('span', { class: 'price' }, priceOf(product)),
          isShelf && h('button', { type: 'button', class: 'text-button', onclick: () => { close(); enquire(product); } }, 'Message business'),
        ),
        stepper,
      );
    }

    showList();
  });
}
