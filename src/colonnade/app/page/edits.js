/** Columns that were added, moved and deleted by hand: kept by the server as revisions. */

import { Refused, get, send } from "./api.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./looks.js").Look} Look */
/** @typedef {{job: string, index: number}} Place */

/** So long the hand must rest before what it did is sent [ms]. */
const REST = 400;

export class Edits {
  /**
   * @param {Store} store
   * @param {any} viewer
   */
  constructor(store, viewer) {
    this.store = store;
    this.viewer = viewer;
    /** The result whose columns are in the viewer. @type {Place | null} */
    this.place = null;
    /** @type {Look | null} */
    this.look = null;
    this.timer = 0;
    /** The last revision that was heard of. */
    this.newest = 0;
    this.sending = false;
    viewer.on("edits", (/** @type {{edits: import("./types.js").Edit[]}} */ { edits }) => this.changed(edits));
  }

  close() {
    const sent = this.flush();
    this.place = null;
    return sent;
  }

  /**
   * Take up the edits of a result, if they are not those already there.
   *
   * @param {Place | null} place
   * @param {Look} look
   */
  async open(place, look) {
    if (place?.job === this.place?.job && place?.index === this.place?.index) return;
    const sent = this.close();
    this.place = place;
    this.look = look;
    this.newest = 0;
    await sent;
    if (place && place === this.place) await this.read();
  }

  get path() {
    return `api/jobs/${this.place?.job}/results/${this.place?.index}/edits`;
  }

  /** Show what the server has. */
  async read() {
    const { place, look } = this;
    try {
      const { revision, edits } = await get(this.path);
      // What was corrected here meanwhile is sent first, and refused if it was to older ones.
      if (place !== this.place || !look || this.timer || this.sending) return;
      this.store.change(() => Object.assign(look, { revision, edits }));
      this.viewer.setEdits(edits);
    } catch {
      // A result that was forgotten meanwhile is no longer there to be edited.
    }
  }

  /**
   * Hear that columns were corrected, here or in another tab.
   *
   * @param {Place & {revision: number}} told
   */
  hear({ job, index, revision }) {
    if (job !== this.place?.job || index !== this.place.index) return;
    this.newest = Math.max(this.newest, revision);
    this.catchUp();
  }

  /** Show what another tab has corrected; not while something here is on its way. */
  catchUp() {
    const { look } = this;
    if (!look || this.timer || this.sending || this.newest <= look.revision) return;
    this.say("corrected in another tab");
    this.read();
  }

  /** @param {import("./types.js").Edit[]} edits */
  changed(edits) {
    const { look } = this;
    if (!this.place || !look || JSON.stringify(edits) === JSON.stringify(look.edits)) return;
    this.store.change(() => { look.edits = edits; });
    this.say("saving…");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), REST);
  }

  /** Send what has not been sent. */
  async flush() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = 0;
    const { look } = this;
    if (!look) return;
    this.sending = true;
    try {
      const { revision } = await send("PUT", this.path, { base: look.revision, edits: look.edits });
      this.store.change(() => { look.revision = revision; });
      this.say("saved");
    } catch (error) {
      if (error instanceof Refused && error.status === 409) {
        this.sending = false;
        this.say("another tab has changed these columns meanwhile; its changes are shown");
        await this.read();
      } else this.say(error instanceof Error ? error.message : String(error));
    } finally {
      this.sending = false;
    }
    this.catchUp();
  }

  /** @param {string} text */
  say(text) {
    this.store.change(() => { this.store.edited = text; });
  }
}
