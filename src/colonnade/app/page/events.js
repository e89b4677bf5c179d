/** What happens on the server, as it happens: one stream, or asking again where a proxy holds it. */

import { Refused, get } from "./api.js";

const POLL_SECONDS = 2;
const KINDS = ["file", "job", "gone"];

/**
 * @typedef {object} Listener
 * @property {(kind: string, data: any) => void} changed
 * @property {() => Promise<void>} fresh  reads everything anew
 * @property {(up: boolean) => void} link  whether the server answers
 * @property {(sentence: string) => void} over  the server answers, but knows the session no more
 */

/**
 * Listen until the page is left.
 *
 * @param {Listener} listener
 */
export function listen(listener) {
  let seq = 0;
  const stream = new EventSource("api/events");
  stream.onopen = () => listener.fresh().then(() => listener.link(true), () => listener.link(false));
  for (const kind of KINDS) {
    stream.addEventListener(kind, (event) => {
      seq = Number(event.lastEventId) || seq;
      listener.changed(kind, JSON.parse(event.data));
    });
  }
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) poll(listener, seq);
    else listener.link(false);
  };
}

/**
 * @param {Listener} listener
 * @param {number} since
 */
async function poll(listener, since) {
  let seq = since;
  for (;;) {
    try {
      if (!seq) await listener.fresh();
      const changes = await get(`api/changes?since=${seq}`);
      seq = changes.seq;
      for (const { type, data } of changes.events) listener.changed(type, data);
      listener.link(true);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return listener.over(error.message);
      listener.link(false);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_SECONDS * 1000));
  }
}
