/**
 * The phone: one conversation, kept up to date in place, so that nothing jumps that did not change.
 */

import { list, post, say, pathOf } from './api.js';
import { drawShown, gistOf } from './bubble.js';
import { composer } from './composer.js';
import { announce, fill, h, icon, iconButton, toast } from './dom.js';
import { clockTime, dayOf, initials, remaining } from './format.js';
import { presses } from './press.js';
import { openSheet } from './sheet.js';
import { furthest, ticks } from './ticks.js';

const EMOJI = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

/**
 * @param {object} given
 * @param {import('./api.js').Who} given.who
 * @param {() => number} given.now the emulator's time
 * @param {() => void} given.back
 * @param {(entry: any) => void} given.inspect show a message to the developer
 * @param {() => void} given.developer open or close the developer's panel
 */
export function openChat({ who, now, back, inspect, developer }) {
  const writing = composer(who);
  const acts = { press: presses(who, writing.enquire), now };
  const thread = h('div', { class: 'thread', role: 'log', 'aria-label': 'Messages', tabindex: '0' });
  const head = h('header', { class: 'phone-head' });
  const phone = h('section', { class: 'phone' }, head, thread, writing.element);
  /** @type {Map<string, {seal: string, node: HTMLElement, meta: HTMLElement, told: string}>} */
  const drawn = new Map();
  let heading = null;
  let wasAtEnd = true;
  let asked = 0;

  thread.addEventListener('scroll', () => {
    wasAtEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  }, { passive: true });

  /** @param {any} talk */
  function show(talk) {
    if (JSON.stringify(heading) !== JSON.stringify(talk.heading)) {
      heading = talk.heading;
      drawHead(heading);
    }
    const { shown, reactions } = sorted(talk.entries);
    const byId = new Map(talk.entries.map((entry) => [entry.id, entry]));
    const nodes = [];
    let day = '';
    let side = null;
    for (const entry of shown) {
      const its = dayOf(entry.time, now());
      if (its !== day) {
        nodes.push(h('div', { class: 'day' }, h('span', null, its)));
        side = null;
      }
      day = its;
      const isFirst = side !== entry.is_from_business;
      side = entry.is_from_business;
      nodes.push(message(entry, byId, reactions.get(entry.id) ?? [], isFirst));
    }
    if (nodes.length === 0) nodes.push(h('p', { class: 'thread-empty' }, 'Nothing has been said yet. Write as this person below.'));
    sync(nodes);
    for (const id of [...drawn.keys()]) if (!byId.has(id)) drawn.delete(id);
    if (wasAtEnd) thread.scrollTop = thread.scrollHeight;
  }

  /** Put `nodes` in their places; nodes that stay are not moved. @param {HTMLElement[]} nodes */
  function sync(nodes) {
    nodes.forEach((node, place) => {
      const there = thread.children[place];
      if (there === node) return;
      if (there && there.className === 'day' && node.className === 'day' && there.textContent === node.textContent) return;
      thread.insertBefore(node, there ?? null);
    });
    while (thread.children.length > nodes.length) thread.lastElementChild?.remove();
  }

  /** @param {any} entry @param {Map<string, any>} byId @param {string[]} reactions @param {boolean} isFirst */
  function message(entry, byId, reactions, isFirst) {
    const quoted = entry.shown.answers ? byId.get(entry.shown.answers) : null;
    const seal = JSON.stringify([entry.shown, reactions, isFirst, quoted?.id]);
    const told = JSON.stringify([entry.statuses, entry.webhook]);
    let known = drawn.get(entry.id);
    if (!known || known.seal !== seal) {
      const isNew = !known && drawn.size > 0;
      known = draw(entry, quoted, reactions, isFirst, isNew);
      known.seal = seal;
      drawn.set(entry.id, known);
    }
    if (known.told !== told) {
      known.told = told;
      drawMeta(known, entry);
    }
    return known.node;
  }

  function draw(entry, quoted, reactions, isFirst, isNew) {
    const side = entry.is_from_business ? 'theirs' : 'own';
    const meta = h('div', { class: 'meta' });
    const [inside, ...more] = drawShown(entry, acts);
    if (quoted) inside.prepend(drawQuote(quoted));
    const last = inside.lastElementChild;
    if (last?.classList.contains('body') && !inside.classList.contains('inside-jumbo')) {
      inside.classList.add('has-inline-meta');
      last.append(h('span', { class: 'meta-space', 'aria-hidden': 'true' }));
    }
    inside.append(meta);
    const bubble = h('div', { class: 'bubble' }, inside, ...more.filter((part) => part.classList.contains('buttons')));
    const tools = h(
      'div',
      { class: 'tools' },
      iconButton('more', 'Message actions', () => openActions(entry)),
    );
    const node = h(
      'article',
      { class: `message message-${side}${isFirst ? ' is-first' : ''}${isNew ? ' is-new' : ''}`, 'data-id': entry.id, 'aria-label': entry.is_from_business ? 'From the business' : 'From you' },
      h('div', { class: 'bubble-line' }, bubble, tools),
      ...more.filter((part) => !part.classList.contains('buttons')),
      reactions.length ? h('div', { class: 'reactions', role: 'img', 'aria-label': `Reactions: ${reactions.join(' ')}` }, reactions.join('')) : null,
    );
    if (isNew && entry.is_from_business) announce(`New message: ${gistOf(entry.shown)}`);
    return { seal: '', told: '', node, meta };
  }

  function drawMeta(known, entry) {
    const status = entry.is_from_business ? furthest(entry.statuses) : null;
    known.node.classList.toggle('is-failed', status === 'failed');
    known.node.dataset.status = status ?? entry.webhook?.state ?? '';
    fill(known.meta, h('time', { datetime: entry.time }, clockTime(entry.time)), status ? ticks(status) : drawHook(entry.webhook));
    known.node.querySelector('.failure')?.remove();
    const failed = entry.statuses.find((one) => one.status === 'failed');
    if (failed) {
      known.node.querySelector('.bubble-line')?.after(
        h('div', { class: 'failure' }, icon('warn'), h('span', null, h('strong', null, `${failed.code ?? ''}`), ` ${failed.title || 'Failed'}`)),
      );
    }
  }

  function drawHook(webhook) {
    if (!webhook || webhook.state === 'delivered') return h('span', { class: 'hook', role: 'img', 'aria-label': 'Webhook delivered', title: 'Webhook delivered' }, icon('check'));
    const names = { nobody: 'No webhook address is set', waiting: 'Webhook on its way', retrying: `Webhook failed ${webhook.failures} times; tried again` };
    return h('span', { class: `hook hook-${webhook.state}`, role: 'img', 'aria-label': names[webhook.state], title: names[webhook.state] }, icon({ waiting: 'clock', nobody: 'stop' }[webhook.state] ?? 'warn'));
  }

  function drawQuote(quoted) {
    const name = quoted.is_from_business ? heading?.business ?? 'Business' : 'You';
    return h(
      'button',
      { type: 'button', class: 'quote', onclick: () => drawn.get(quoted.id)?.node.scrollIntoView({ block: 'center' }) },
      h('strong', null, name),
      h('span', { dir: 'auto' }, gistOf(quoted.shown)),
    );
  }

  function openActions(entry) {
    openSheet('Message', ({ close, body }) => {
      const act = (/** @type {() => unknown} */ what) => () => {
        close();
        what();
      };
      const react = (emoji) => act(() => attempt({ message: { type: 'reaction', reaction: { message_id: entry.id, ...(emoji && { emoji }) } } }));
      body.append(
        h('div', { class: 'emoji', role: 'group', 'aria-label': 'React' }, EMOJI.map((emoji) => h('button', { type: 'button', 'aria-label': `React with ${emoji}`, onclick: react(emoji) }, emoji))),
        h(
          'div',
          { class: 'menu-list' },
          h('button', { type: 'button', onclick: react('') }, icon('close'), 'Take the reaction back'),
          h('button', { type: 'button', onclick: act(() => writing.quote(entry.id, gistOf(entry.shown))) }, icon('reply'), 'Reply'),
          h('button', { type: 'button', onclick: act(() => inspect(entry)) }, icon('code'), 'Show request and webhooks'),
        ),
      );
    });
  }

  /** @param {Record<string, unknown>} what */
  async function attempt(what) {
    try {
      await say(who, what);
    } catch (error) {
      toast(/** @type {Error} */ (error).message);
    }
  }

  function drawHead(one) {
    const state = [one.is_blocked && 'The business has blocked this person', one.has_stopped && 'Wants no marketing'].filter(Boolean).join(' · ');
    fill(
      head,
      iconButton('back', 'Back to conversations', back, { class: 'icon-button back' }),
      h('span', { class: 'avatar avatar-business', 'aria-hidden': 'true' }, initials(one.business)),
      h('div', { class: 'phone-names' }, h('h1', null, one.business), h('p', null, state || `${one.business_phone} · seen by ${one.name || one.phone}`)),
      iconButton('person', 'About this person', openPerson),
      iconButton('code', 'Developer panel', developer, { class: 'icon-button open-developer' }),
    );
  }

  function openPerson() {
    const one = heading;
    if (!one) return;
    openSheet(one.name || one.phone, ({ close, body }) => {
      const habit = async () => {
        await post('habits', { person: who.person, reads_by_hand: !one.reads_by_hand });
        close();
      };
      const stop = async () => {
        close();
        try {
          await post('user_preferences', { from: `+${who.person}`, value: one.has_stopped ? 'resume' : 'stop', phone_number_id: who.number, ...(who.name && { name: who.name }) });
        } catch (error) {
          toast(/** @type {Error} */ (error).message);
        }
      };
      body.append(
        h('dl', { class: 'facts' }, h('dt', null, 'Phone'), h('dd', null, one.phone), h('dt', null, 'Talks with'), h('dd', null, `${one.business}, ${one.business_phone}`), h('dt', null, 'Phone number id'), h('dd', null, who.number)),
        h('label', { class: 'switch' }, h('span', null, 'Reads messages only when this chat is open', h('small', null, 'Off: everything that arrives is read after the usual delay.')), h('input', { type: 'checkbox', checked: one.reads_by_hand, onchange: habit })),
        h('button', { type: 'button', class: 'plain-button', onclick: stop }, one.has_stopped ? 'Resume marketing messages' : 'Stop marketing messages'),
      );
    });
  }

  const timer = setInterval(() => {
    for (const one of thread.querySelectorAll('[data-ends-at]')) one.textContent = remaining(Number(/** @type {HTMLElement} */ (one).dataset.endsAt) - now());
  }, 1000);

  return {
    element: phone,
    show,
    load: async () => {
      asked += 1;
      const its = asked;
      const [talk] = await list(pathOf(who));
      if (its === asked) show(talk);
    },
    look: () => post(`${pathOf(who)}/look`),
    close: () => clearInterval(timer),
  };
}

/** Reactions belong to what they react to. @param {any[]} entries */
function sorted(entries) {
  /** @type {Map<string, Map<string, string>>} */
  const found = new Map();
  for (const { shown, is_from_business: side } of entries) {
    if (shown.kind !== 'reaction') continue;
    const known = found.get(shown.answers) ?? new Map();
    known.set(side ? 'business' : 'person', shown.emoji ?? '');
    found.set(shown.answers, known);
  }
  const reactions = new Map([...found].map(([id, known]) => [id, [...known.values()].filter(Boolean)]));
  return { shown: entries.filter((entry) => entry.shown.kind !== 'reaction'), reactions };
}
