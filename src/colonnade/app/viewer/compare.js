/** Two images in one place: a divider between them, or one and then the other. */

import { button, element, setPressed } from "./dom.js";
import { ICONS } from "./icons.js";

/** @typedef {import("./pane.js").Pane} Pane */
/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {"swipe" | "blink"} Mode */

const BLINK_MS = 700; // that each image is seen
const STEPS = 1000; // of the divider

export class Compare {
  /** @type {Pane | null} */
  pane = null;
  /** @type {Mode} */
  mode = "swipe";
  #split = 0.5;
  #other = false; // whether the other image is seen, in turns
  #timer = 0;
  #divider = element("input", {
    type: "range",
    class: "divider",
    "aria-label": "Divider between the images",
    min: 0,
    max: STEPS,
    value: STEPS / 2,
    hidden: true,
  });
  #left = element("span", { class: "badge left", hidden: true });
  #right = element("span", { class: "badge right", hidden: true });

  /**
   * @param {Surface} surface
   * @param {HTMLElement} group  Of the toolbar.
   * @param {(text: string) => void} announce
   */
  constructor(surface, group, announce) {
    this.surface = surface;
    this.group = group;
    this.announce = announce;
    this.swipe = button({ name: "Swipe", icon: ICONS.swipe, key: "w", press: () => this.set("swipe") });
    this.blink = button({ name: "Blink", icon: ICONS.blink, key: "b", press: () => this.turn() });
    group.append(this.swipe, this.blink);
    surface.element.append(this.#divider, this.#left, this.#right);
    this.#divider.addEventListener("input", () => {
      this.#split = this.#divider.valueAsNumber / STEPS;
      this.update();
    });
    this.update();
  }

  /**
   * @param {Pane | null} pane
   * @param {Mode} mode
   * @param {[string, string]} titles
   */
  show(pane, mode, titles) {
    this.pane?.destroy();
    this.pane = pane;
    [this.#left.textContent, this.#right.textContent] = titles;
    this.set(mode);
  }

  /** @param {Mode} mode */
  set(mode) {
    this.mode = mode;
    clearInterval(this.#timer);
    if (this.pane && mode === "blink" && !calm()) {
      this.#timer = window.setInterval(() => this.#swap(), BLINK_MS);
    }
    this.update();
  }

  /** Blink: begins, or shows the other image and leaves it there. */
  turn() {
    if (!this.pane) return;
    const blinking = this.mode === "blink";
    if (!blinking) this.set("blink");
    if (blinking) clearInterval(this.#timer);
    this.#swap();
    this.announce(`${(this.#other ? this.#right : this.#left).textContent} is shown`);
  }

  /** Shows what is set now. */
  update() {
    const { pane, mode } = this;
    const swiping = pane !== null && mode === "swipe";
    this.group.hidden = !pane;
    this.#divider.hidden = !swiping;
    this.#left.hidden = !pane || (mode === "blink" && this.#other);
    this.#right.hidden = !pane || (mode === "blink" && !this.#other);
    setPressed(this.swipe, swiping);
    setPressed(this.blink, pane !== null && mode === "blink");
    const split = mode === "swipe" ? this.#split : Number(!this.#other);
    this.surface.beside = pane && { pane, split };
    this.surface.redraw();
  }

  destroy() {
    clearInterval(this.#timer);
  }

  #swap() {
    this.#other = !this.#other;
    this.update();
  }
}

/** Whether the person at the screen wants nothing to move by itself. */
function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
