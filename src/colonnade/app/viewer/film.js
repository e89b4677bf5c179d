/** The line that chooses a plane: a frame of a film, a view of a series, a slice of a volume. */

import { button, element, setPressed } from "./dom.js";
import { fixed } from "./format.js";
import { ICONS } from "./icons.js";

const FRAME_MS = 100; // that each frame is seen at least

export class Film {
  #slider = element("input", { type: "range", min: 0, step: 1 });
  #text = element("output");
  #plane = 0;
  #planes = 1;
  #timer = 0;
  /** @type {number[] | null} */
  #tilts = null;
  #noun = "Frame";

  /**
   * @param {object} on
   * @param {(plane: number) => void} on.choose
   * @param {() => boolean} on.drawn  Whether the plane that was chosen last is on screen.
   */
  constructor(on) {
    this.on = on;
    this.play = button({ name: "Play", icon: ICONS.play, key: "space", press: () => this.turn() });
    const back = button({ name: "Previous", icon: ICONS.back, key: "[", press: () => this.step(-1) });
    const forth = button({ name: "Next", icon: ICONS.on, key: "]", press: () => this.step(1) });
    this.element = element("div", { class: "film" }, this.play, back, this.#slider, forth, this.#text);
    this.#slider.addEventListener("input", () => on.choose(this.#slider.valueAsNumber));
  }

  /**
   * @param {object} what
   * @param {string} what.noun  What a plane is called.
   * @param {number} what.planes
   * @param {number[] | null} what.tilts  Degrees, one a plane, of a tilt series.
   */
  open({ noun, planes, tilts }) {
    this.stop();
    this.#noun = noun;
    this.#planes = planes;
    this.#tilts = tilts;
    this.#slider.max = String(planes - 1);
    this.#slider.setAttribute("aria-label", noun);
    this.element.hidden = planes < 2;
    this.show(0);
  }

  /** @param {number} plane */
  show(plane) {
    this.#plane = plane;
    this.#slider.value = String(plane);
    const tilt = this.#tilts ? `, ${fixed(this.#tilts[plane], 1)}°` : "";
    const text = `${this.#noun} ${plane + 1} of ${this.#planes}${tilt}`;
    this.#text.textContent = text;
    this.#slider.setAttribute("aria-valuetext", text);
  }

  /** @param {number} by */
  step(by) {
    if (this.element.hidden) return;
    this.on.choose(Math.min(Math.max(this.#plane + by, 0), this.#planes - 1));
  }

  /** Plays, from the first frame again after the last, or stops. */
  turn() {
    if (this.element.hidden) return;
    if (this.#timer) {
      this.stop();
      return;
    }
    setPressed(this.play, true);
    this.#timer = window.setInterval(() => {
      if (this.on.drawn()) this.on.choose((this.#plane + 1) % this.#planes);
    }, FRAME_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    setPressed(this.play, false);
  }
}
