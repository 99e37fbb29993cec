/**
 * The developer's side: what was asked, what was told, what was refused, the clock, templates.
 */

import { get, list, pathOf, post } from './api.js';
import { drawShown } from './bubble.js';
import { fill, h, iconButton, toast } from './dom.js';
import { exactTime } from './format.js';

const TABS = [
  ['message', 'Message'],
  ['refusals', 'Refusals'],
  ['run', 'Clock & faults'],
  ['templates', 'Templates'],
];
const MOVES = [['1 min', 60], ['1 h', 3600], ['24 h', 86400], ['7 d', 604800]];
const WORDS = { delivered: 'delivered', waiting: 'on its way', retrying: 'tried again', nobody: 'no webhook address' };

/**
 * @param {HTMLElement} element
 * @param {{close: () => void, moved: () => void}} given
 */
export function openDeveloper(element, { close, moved }) {
  let tab = 'message';
  /** @type {{who: import('./api.js').Who, id: string} | null} */
  let inspected = null;
  let seal = '';
  const body = h('div', { class: 'panel-body', role: 'tabpanel', id: 'panel-body', tabindex: '0' });
  const tabs = TABS.map(([name, label]) =>
    h('button', { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'panel-body', 'aria-selected': String(name === tab), tabindex: name === tab ? '0' : '-1', onclick: () => choose(name) }, label),
  );
  const strip = h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Developer' }, tabs);
  strip.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = TABS.findIndex(([name]) => name === tab);
    const to = (at + step + TABS.length) % TABS.length;
    choose(TABS[to][0]);
    tabs[to].focus();
  });
  fill(element, h('header', { class: 'panel-head' }, h('h2', null, 'Developer'), iconButton('close', 'Close the developer panel', close)), strip, body);

  /** @param {string} name */
  function choose(name) {
    tab = name;
    seal = '';
    tabs.forEach((one, place) => {
      const isIt = TABS[place][0] === name;
      one.setAttribute('aria-selected', String(isIt));
      one.tabIndex = isIt ? 0 : -1;
    });
    body.setAttribute('aria-labelledby', `tab-${name}`);
    void show();
  }

  async function show() {
    const views = { message: showMessage, refusals: showRefusals, run: showRun, templates: showTemplates };
    try {
      await views[tab]();
    } catch (error) {
      fill(body, h('p', { class: 'problem' }, /** @type {Error} */ (error).message));
    }
  }

  /** Whether what is to be drawn differs from what is there. @param {unknown} found */
  function isNew(found) {
    const made = tab + JSON.stringify(found);
    if (made === seal) return false;
    seal = made;
    return true;
  }

  async function showMessage() {
    if (!inspected) {
      if (isNew(null)) fill(body, h('p', { class: 'hint' }, 'Choose “Show request and webhooks” in the actions of a message.'));
      return;
    }
    const found = await get(`${pathOf(inspected.who)}/${encodeURIComponent(inspected.id)}`);
    if (!isNew(found)) return;
    fill(
      body,
      h('p', { class: 'mono wrap' }, found.id),
      h('h3', null, 'Webhooks'),
      found.webhooks.length ? found.webhooks.map(drawHook) : h('p', { class: 'hint' }, 'None yet.'),
      found.request ? [h('h3', null, 'Request'), code(found.request)] : null,
      found.headers ? [h('h3', null, 'Headers'), code(found.headers)] : null,
    );
  }

  function drawHook(hook) {
    const { state, failures, delivered_at: at } = hook.webhook;
    const words = state === 'retrying' ? `failed ${failures}×, ${WORDS.retrying}` : WORDS[state];
    return h('details', { class: `told told-${state}` }, h('summary', null, h('strong', null, hook.about), h('span', null, `${words}${at ? ` ${exactTime(at)}` : ''}`)), code(hook.body));
  }

  async function showRefusals() {
    const { refusals } = await get('counts');
    const found = (await list(`refusals?after=${Math.max(0, refusals - 30)}`)).reverse();
    if (!isNew(found)) return;
    fill(
      body,
      found.length ? null : h('p', { class: 'hint' }, 'Nothing was refused.'),
      found.map((one) =>
        h('details', { class: 'told told-retrying' }, h('summary', null, h('strong', null, `${one.error.code}`), h('span', null, `${exactTime(one.time)} · ${one.error.error_data?.details ?? one.error.message}`)), code(one.error), h('h4', null, `${one.method} ${one.path}`), code(one.request)),
      ),
    );
  }

  async function showRun() {
    const [clock, faults] = await Promise.all([get('clock'), get('faults')]);
    const at = new Date(clock.now);
    if (!isNew([faults, clock.is_frozen, Math.round(clock.ahead_s)])) return;
    const move = (order) => async () => {
      try {
        await post('clock', order);
        moved();
      } catch (error) {
        toast(/** @type {Error} */ (error).message);
      }
    };
    const inForce = Object.fromEntries(Object.entries(faults).filter(([name, value]) => isInForce(name, value, faults)));
    fill(
      body,
      h('h3', null, 'Clock'),
      h('p', { class: 'clock' }, at.toLocaleString('en-GB'), clock.is_frozen ? ' · standing still' : '', clock.ahead_s ? ` · ${Math.round(clock.ahead_s)} s ahead` : ''),
      h('div', { class: 'row' }, MOVES.map(([label, seconds]) => h('button', { type: 'button', class: 'plain-button', onclick: move({ advance: seconds }) }, `+ ${label}`)), h('button', { type: 'button', class: 'plain-button', onclick: move({ freeze: !clock.is_frozen }) }, clock.is_frozen ? 'Let it run' : 'Stop it')),
      h('h3', null, 'Faults in force'),
      code(inForce),
      h('button', { type: 'button', class: 'plain-button', onclick: () => post('faults', {}).then(moved) }, 'Lift all faults'),
    );
  }

  async function showTemplates() {
    const found = await list('previews');
    if (!isNew(found)) return;
    const acts = { press: () => undefined, now: () => Date.now() };
    fill(
      body,
      found.map((one) =>
        h(
          'details',
          { class: 'preview' },
          h('summary', null, h('strong', null, one.name), h('span', { class: `state state-${one.status.toLowerCase()}` }, one.status.toLowerCase()), h('span', null, `${one.language} · ${one.category.toLowerCase()}`)),
          h('div', { class: 'preview-box', inert: true }, drawPreview(one.shown, acts)),
        ),
      ),
    );
  }

  return {
    show,
    /** @param {import('./api.js').Who} who @param {string} id */
    inspect: async (who, id) => {
      inspected = { who, id };
      choose('message');
    },
  };
}

function drawPreview(shown, acts) {
  const [inside, ...more] = drawShown({ id: '', shown }, acts);
  const isButtons = (part) => part.classList.contains('buttons');
  return h('div', { class: 'message message-theirs' }, h('div', { class: 'bubble' }, inside, ...more.filter(isButtons)), ...more.filter((part) => !isButtons(part)));
}

/** Whether a part of the plan does anything. @param {string} name @param {unknown} value @param {any} faults */
function isInForce(name, value, faults) {
  if (name === 'late_share') return faults.late_ms > 0;
  return Boolean(value) && !(Array.isArray(value) && value.length === 0);
}

/** @param {unknown} value */
function code(value) {
  return h('pre', { tabindex: '0' }, typeof value === 'string' ? value : JSON.stringify(value, null, 2));
}
