/**
 * The page: which conversation is open, and the loop that waits for changes.
 */

import { get, list } from './api.js';
import { openChat } from './chat.js';
import { openDeveloper } from './developer.js';
import { fill, h, icon } from './dom.js';
import { inbox } from './inbox.js';

const REST_MS = 120;
const LONGEST_REST_MS = 4000;

const app = /** @type {HTMLElement} */ (document.getElementById('app'));
const [inboxElement, stage, panel] = /** @type {HTMLElement[]} */ ([...app.children]);

let ahead = 0;
/** The emulator's time, which may be far from the browser's. */
const now = () => Date.now() + ahead;

/** @type {{key: string, chat: ReturnType<typeof openChat>, who: import('./api.js').Who} | null} */
let open = null;

const developer = openDeveloper(panel, { close: () => toggleDeveloper(false), moved: () => refresh() });
const box = inbox(inboxElement, { open: (who) => go(who), developer: () => toggleDeveloper(panel.hidden), now });

/** @param {boolean} isShown */
function toggleDeveloper(isShown) {
  panel.hidden = !isShown;
  app.classList.toggle('has-developer', isShown);
  if (isShown) {
    void developer.show();
    panel.querySelector('button')?.focus();
  }
  try {
    localStorage.setItem('developer', isShown ? 'open' : 'closed');
  } catch {
    // A browser that keeps nothing shows the panel as it was made.
  }
}

/** @param {import('./api.js').Who} who */
function go(who) {
  const to = `#/${who.number}/${who.person}`;
  if (location.hash === to) route();
  else location.hash = to;
}

function route() {
  const [number, person] = location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  open?.chat.close();
  if (!number || !person) {
    open = null;
    app.dataset.view = 'inbox';
    fill(stage, h('div', { class: 'stage-empty' }, icon('phone'), h('p', null, 'Choose a conversation to see it as its person does.')));
    void refresh();
    return;
  }
  const who = { number, person, name: names.get(`${number}/${person}`) ?? '' };
  const chat = openChat({
    who,
    now,
    back: () => { location.hash = '#/'; },
    inspect: (entry) => { toggleDeveloper(true); void developer.inspect(who, entry.id); },
    developer: () => toggleDeveloper(panel.hidden),
  });
  open = { key: `${number}/${person}`, chat, who };
  fill(stage, chat.element);
  app.dataset.view = 'chat';
  void refresh();
}

/** @type {Map<string, string>} */
const names = new Map();

async function refresh() {
  const shown = open;
  const [clock, headings] = await Promise.all([get('clock'), list('conversations')]);
  ahead = Date.parse(clock.now) - Date.now();
  for (const one of headings) names.set(`${one.phone_number_id}/${one.person}`, one.name);
  if (shown && shown === open) {
    shown.who.name = names.get(shown.key) ?? shown.who.name;
    const its = headings.find((one) => `${one.phone_number_id}/${one.person}` === shown.key);
    if (its && document.visibilityState === 'visible') await shown.chat.look();
    await shown.chat.load();
    if (its) its.unread = 0;
  }
  box.show(headings, open?.key ?? '');
  if (!panel.hidden) await developer.show();
}

/** @param {number} ms */
const rest = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

/** Nothing is asked while nobody looks. */
function untilVisible() {
  if (document.visibilityState === 'visible') return Promise.resolve();
  return new Promise((resolve) => { document.addEventListener('visibilitychange', resolve, { once: true }); });
}

async function follow() {
  let pause = REST_MS;
  let changes = -1;
  for (;;) {
    await untilVisible();
    try {
      const query = changes < 0 ? '' : `?after=${changes}`;
      const told = await get(`changes${query}`);
      if (told.changes !== changes) await refresh();
      changes = told.changes;
      box.say('');
      pause = REST_MS;
    } catch {
      box.say('The emulator does not answer; trying again.');
      changes = -1;
      pause = Math.min(LONGEST_REST_MS, pause * 2);
    }
    await rest(pause);
  }
}

addEventListener('hashchange', route);
let kept = null;
try {
  kept = localStorage.getItem('developer');
} catch {
  kept = null;
}
if (kept === 'open' && matchMedia('(min-width: 1180px)').matches) toggleDeveloper(true);
route();
void follow();
