/** What is under the pointer, told below the image. */

import { greyLevel } from "./format.js";
import { place, Status } from "./status.js";

/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {import("./types.js").Pointer} Pointer */

const REST_MS = 60; // that the pointer rests before a tile is asked for only to tell a level

export class Readout {
  status = new Status();
  /** Counts the questions, so that a late answer is not shown. */
  #asked = 0;

  /**
   * @param {(surface: Surface, at: {y: number, x: number, value: number | null}) => void} told
   */
  constructor(told) {
    this.told = told;
  }

  /**
   * @param {Surface} surface
   * @param {Pointer} pointer
   */
  async hover(surface, { type, at: [y, x] }) {
    const { base } = surface;
    const asked = ++this.#asked;
    if (type === "leave" || !base) {
      this.status.clear();
      return;
    }
    if (!base.knows(y, x)) await new Promise((resolve) => setTimeout(resolve, REST_MS));
    if (asked !== this.#asked) return;
    const value = await base.value(y, x).catch(() => null);
    if (asked !== this.#asked) return;
    if (value === null) this.status.clear();
    else this.status.show(base.extent, base.axis, y, x, value);
    this.told(surface, { y, x, value });
  }

  /**
   * Shows and gives in words where the middle of the view is and what is there.
   *
   * @param {Surface} surface
   */
  async middle({ base, view }) {
    if (!base) return "";
    const [y, x] = view.centre;
    const value = await base.value(y, x);
    this.status.show(base.extent, base.axis, y, x, value);
    return `${place(base.extent, base.axis, y, x)}, grey level ${greyLevel(value)}`;
  }
}
