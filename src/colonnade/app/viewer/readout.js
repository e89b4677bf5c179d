/** What is under the pointer, told below the image. */

import { greyLevel } from "./format.js";
import { place, Status } from "./status.js";

/** @typedef {import("./pane.js").Pane} Pane */
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
    const { base, panes } = surface;
    const asked = ++this.#asked;
    if (type === "leave" || !base) {
      this.status.clear();
      return;
    }
    if (!panes.every((pane) => pane.knows(y, x))) await new Promise((resolve) => setTimeout(resolve, REST_MS));
    if (asked !== this.#asked) return;
    const [value, ...others] = await levels(panes, y, x);
    if (asked !== this.#asked) return;
    if (value === null) this.status.clear();
    else this.status.show(base.extent, base.axis, y, x, inWords(panes, [value, ...others]));
    this.told(surface, { y, x, value });
  }

  /**
   * Shows and gives in words where the middle of the view is and what is there.
   *
   * @param {Surface} surface
   */
  async middle({ base, panes, view }) {
    if (!base) return "";
    const [y, x] = view.centre;
    const words = inWords(panes, await levels(panes, y, x));
    this.status.show(base.extent, base.axis, y, x, words);
    return `${place(base.extent, base.axis, y, x)}, grey level ${words}`;
  }
}

/**
 * The grey levels of images at a position; null outside one, and where it cannot be read.
 *
 * @param {Pane[]} panes
 * @param {number} y
 * @param {number} x
 */
function levels(panes, y, x) {
  return Promise.all(panes.map((pane) => pane.value(y, x).catch(() => null)));
}

/**
 * @param {Pane[]} panes  The image itself first.
 * @param {(number | null)[]} values
 */
function inWords(panes, values) {
  const words = panes.map(({ title }, i) => `${title} ${greyLevel(values[i])}`.trim());
  return words.filter((_, i) => values[i] !== null).join("  ·  ");
}
