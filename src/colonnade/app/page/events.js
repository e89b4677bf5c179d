/** What happens on the server, as it happens: by a stream of events, or by asking again. */

import { Refused, get } from "./api.js";

const KINDS = ["file", "job", "edits", "gone"];

/**
 * A browser opens six connections to one server, for all tabs together. A stream takes one of
 * them for good, so only some of the tabs have one.
 */
const STREAMS = 3;

/** Where there is no stream, the server is asked again after so long [ms]. */
const PAUSE = 2_000;

/** The same in a tab that nobody sees, so that the server knows that it is still there [ms]. */
const PAUSE_HIDDEN = 60_000;

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
export async function listen(listener) {
  const ear = new Ear(listener);
  for (;;) {
    const give = document.hidden || ear.isRefused ? null : await takeStream();
    if (give) {
      await ear.follow();
      give();
    } else {
      await ear.ask();
      await rest(document.hidden ? PAUSE_HIDDEN : PAUSE);
    }
  }
}

class Ear {
  /** @param {Listener} listener */
  constructor(listener) {
    this.listener = listener;
    /** Number of the last change that is known. */
    this.seq = 0;
    /** Whether something between here and the server lets no stream through. */
    this.isRefused = false;
  }

  /** Follow the stream until the tab is hidden or the stream is refused. @returns {Promise<void>} */
  follow() {
    const { listener } = this;
    const stream = new EventSource(`api/events?since=${this.seq}`);
    stream.onopen = () => listener.fresh().then(() => listener.link(true), () => listener.link(false));
    for (const kind of KINDS) {
      stream.addEventListener(kind, (event) => {
        this.seq = Number(event.lastEventId) || this.seq;
        listener.changed(kind, JSON.parse(event.data));
      });
    }
    return new Promise((resolve) => {
      const end = () => {
        stream.close();
        document.removeEventListener("visibilitychange", end);
        resolve();
      };
      document.addEventListener("visibilitychange", end);
      stream.onerror = () => {
        listener.link(false);
        if (stream.readyState !== EventSource.CLOSED) return;
        this.isRefused = true;
        end();
      };
    });
  }

  /** Ask once what has changed. */
  async ask() {
    const { listener } = this;
    try {
      if (!this.seq) await listener.fresh();
      const changes = await get(`api/changes?since=${this.seq}`);
      this.seq = changes.seq;
      for (const { type, data } of changes.events) listener.changed(type, data);
      listener.link(true);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) return listener.over(error.message);
      listener.link(false);
    }
  }
}

/**
 * Take one of the streams that the tabs of this browser share.
 *
 * @returns {Promise<(() => void) | null>}  gives it back; nothing, if all are taken
 */
async function takeStream() {
  // Where an address is not one that browsers trust, they know no locks.
  if (!navigator.locks) return () => {};
  for (let number = 0; number < STREAMS; number++) {
    const give = await takeLock(`colonnade events ${number}`);
    if (give) return give;
  }
  return null;
}

/**
 * @param {string} name
 * @returns {Promise<(() => void) | null>}
 */
function takeLock(name) {
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) =>
      lock ? new Promise((give) => resolve(() => give(undefined))) : resolve(null),
    );
  });
}

/**
 * Wait, but no longer than until the tab is seen or hidden.
 *
 * @param {number} pause  [ms]
 * @returns {Promise<void>}
 */
function rest(pause) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", end);
      resolve();
    };
    const timer = setTimeout(end, pause);
    document.addEventListener("visibilitychange", end);
  });
}
