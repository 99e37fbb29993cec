/**
 * The emulator's control API, as far as the page needs it.
 */

const BASE = '/_emulator/';

/** Something the emulator refused; the message is its sentence. */
export class Refused extends Error {}

/**
 * @param {string} method
 * @param {string} path behind `/_emulator/`
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any[]>} the items of `data`
 */
async function ask(method, path, body, signal) {
  const answer = await fetch(BASE + path, {
    method,
    signal,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told.error ?? `HTTP ${answer.status}`);
  return told.data;
}

/** @param {string} path @param {AbortSignal} [signal] */
export const list = (path, signal) => ask('GET', path, undefined, signal);

/** @param {string} path @param {AbortSignal} [signal] */
export const get = async (path, signal) => (await ask('GET', path, undefined, signal))[0];

/** @param {string} path @param {unknown} [body] */
export const post = async (path, body = {}) => (await ask('POST', path, body))[0];

/**
 * @typedef {{number: string, person: string, name: string}} Who
 * A conversation: the business number's id, the person's digits, and their name.
 */

/** @param {Who} who */
export const pathOf = (who) => `conversations/${encodeURIComponent(who.number)}/${encodeURIComponent(who.person)}`;

/**
 * The person says or does something; Meta's webhook goes out.
 * @param {Who} who
 * @param {Record<string, unknown>} what `text`, `tap`, `order`, `choice` ...
 */
export function say(who, what) {
  const more = who.name ? { name: who.name } : {};
  return post('inbound', { from: `+${who.person}`, phone_number_id: who.number, ...more, ...what });
}

/** @param {string} id */
export const mediumUrl = (id) => `${BASE}media/${encodeURIComponent(id)}`;

/** @param {string} retailerId */
export const pictureUrl = (retailerId) => `${BASE}pictures/${encodeURIComponent(retailerId)}`;
