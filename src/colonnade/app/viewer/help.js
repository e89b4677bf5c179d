/** The list of keys. */

import { button, element } from "./dom.js";
import { ICONS } from "./icons.js";

/** @type {[string, string][]} */
export const KEYS = [
  ["arrows", "Move the image"],
  ["+  −", "Zoom"],
  ["f", "Whole image"],
  ["1", "One image pixel on one of the screen"],
  ["c", "Brightness"],
  ["i", "Invert"],
  ["[  ]", "Previous or next frame or slice"],
  ["space", "Play or stop"],
  ["o", "Layer on or off"],
  ["w", "Swipe between two images"],
  ["b", "Blink; again: the other image"],
  ["click", "In a volume: bring the slices there"],
  ["g", "Say position and grey level in the middle"],
  ["k", "Save a picture"],
  ["Esc", "Close"],
];

/** What the pointer does, which no button says. */
const POINTER = "Drag to move, turn the wheel or pinch to zoom.";

export class Help {
  #dialog = element("dialog", { class: "help", "aria-label": "Keys" });

  /**
   * @param {HTMLElement} parent
   * @param {() => [string, string][]} more  Keys of the layers.
   */
  constructor(parent, more) {
    this.more = more;
    parent.append(this.#dialog);
  }

  open() {
    const rows = [...KEYS, ...this.more()].map(([key, what]) =>
      element("tr", {}, element("th", { scope: "row" }, element("kbd", {}, key)), element("td", {}, what)),
    );
    const close = button({ name: "Close", icon: ICONS.close, press: () => this.#dialog.close() });
    const head = element("div", { class: "head" }, element("h2", {}, "Keys"), close);
    const table = element("table", {}, element("tbody", {}, ...rows));
    this.#dialog.replaceChildren(head, element("p", {}, POINTER), table);
    this.#dialog.showModal();
  }
}
