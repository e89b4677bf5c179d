/** The image laid over the other: how strongly, in which colours, and what they mean. */

import { COLOUR_MAPS, gradient } from "./colourmaps.js";
import { button, element, setPressed } from "./dom.js";
import { greyLevel } from "./format.js";
import { ICONS } from "./icons.js";

/** @typedef {import("./pane.js").Pane} Pane */
/** @typedef {import("./surface.js").Surface} Surface */

const SEQUENTIAL = "blue-yellow";
const DIVERGING = "blue-red"; // its middle is zero unless somebody says otherwise

/**
 * @typedef {object} UpperOptions
 * @property {number} [opacity]
 * @property {string} [colourMap]
 * @property {number} [low]
 * @property {number} [high]
 * @property {string} [title]
 * @property {string} [unit]
 * @property {boolean} [shown]  Whether it is seen before somebody asks for it; it is by default.
 */

/** The colours of a map with the levels at its ends. */
export class ColourBar {
  #title = element("span", { class: "title" });
  #band = element("span", { class: "band" });
  #ends = [element("span"), element("span")];

  constructor() {
    const ends = element("span", { class: "ends" }, ...this.#ends);
    this.element = element("div", { class: "colourbar", hidden: true }, this.#title, this.#band, ends);
  }

  /**
   * @param {{title: string, unit: string, map: string, low: number, high: number}} what
   */
  show({ title, unit, map, low, high }) {
    this.element.hidden = false;
    this.#title.textContent = unit ? `${title} (${unit})` : title;
    this.#band.style.background = gradient(map);
    this.#ends.forEach((end, i) => (end.textContent = greyLevel(Number([low, high][i].toPrecision(4)))));
  }

  hide() {
    this.element.hidden = true;
  }
}

export class Upper {
  /** @type {Pane[]} The layer's planes, on every surface that has them. */
  #panes = [];
  #shown = true;
  #bar = new ColourBar();
  #options = { opacity: 0.6, colourMap: SEQUENTIAL, title: "Layer", unit: "" };
  #opacity = element("input", { type: "range", "aria-label": "Opacity", min: 0, max: 100 });
  #map = mapChooser("Colours of the layer");
  #low = element("input", { type: "number", step: "any", "aria-label": "Lowest level of the layer" });
  #high = element("input", { type: "number", step: "any", "aria-label": "Highest level of the layer" });

  /**
   * @param {Surface[]} surfaces  The main one first.
   * @param {HTMLElement} group  Of the toolbar.
   * @param {HTMLElement} panel
   * @param {() => void} open  Shows or hides the panel.
   */
  constructor(surfaces, group, panel, open) {
    this.surfaces = surfaces;
    this.group = group;
    this.panel = panel;
    this.toggle = button({ name: "Layer on or off", icon: ICONS.layer, key: "o", press: () => this.turn() });
    this.settings = button({ name: "Layer settings", text: "Layer…", press: open });
    group.append(this.toggle, this.settings);
    surfaces[0].element.append(this.#bar.element);
    panel.append(
      element("label", { class: "row" }, "Opacity", this.#opacity),
      element("label", { class: "row" }, "Colours", this.#map),
      element("div", { class: "pair" }, field("From", this.#low), field("To", this.#high)),
    );
    this.#opacity.addEventListener("input", () => this.set({ opacity: this.#opacity.valueAsNumber / 100 }));
    this.#map.addEventListener("change", () => this.set({ colourMap: this.#map.value }));
    for (const box of [this.#low, this.#high]) box.addEventListener("change", () => this.#type());
    this.#update();
  }

  /** Whether there is a layer. */
  get present() {
    return this.#panes.length > 0;
  }

  /**
   * @param {(Pane | null)[]} panes  One a surface.
   * @param {UpperOptions} options
   */
  show(panes, options) {
    for (const pane of this.#panes) pane.destroy();
    this.#panes = panes.filter((pane) => pane !== null);
    this.surfaces.forEach((surface, i) => (surface.upper = panes[i] ?? null));
    this.#shown = options.shown ?? true;
    if (!this.present) this.panel.hidden = true;
    if (options.colourMap === DIVERGING) this.#centre();
    this.set({ title: "Layer", unit: "", colourMap: SEQUENTIAL, ...options });
  }

  /** @param {UpperOptions} options */
  set({ low, high, ...options }) {
    Object.assign(this.#options, options);
    for (const pane of this.#panes) {
      pane.hatch = false;
      pane.setColours(this.#options.colourMap);
      pane.setContrast({ low: low ?? pane.low, high: high ?? pane.high });
    }
    this.#update();
  }

  /** Shows the layer or the image below it alone. */
  turn() {
    this.#shown = !this.#shown;
    this.#update();
  }

  /** Puts zero into the middle of the colours. */
  #centre() {
    for (const pane of this.#panes) {
      const largest = Math.max(Math.abs(pane.low), Math.abs(pane.high));
      pane.setContrast({ low: -largest, high: largest });
    }
  }

  #type() {
    const [low, high] = [this.#low.valueAsNumber, this.#high.valueAsNumber];
    if (Number.isFinite(low) && Number.isFinite(high)) this.set({ low, high });
  }

  #update() {
    const [pane] = this.#panes;
    const { opacity, colourMap: map, title, unit } = this.#options;
    this.group.hidden = !pane;
    setPressed(this.toggle, this.#shown);
    for (const surface of this.surfaces) {
      surface.setUpperOpacity(this.#shown ? opacity : 0);
      surface.redraw();
    }
    if (!pane || !this.#shown) this.#bar.hide();
    else this.#bar.show({ title, unit, map, low: pane.low, high: pane.high });
    if (!pane) return;
    this.#opacity.value = String(100 * opacity);
    this.#map.value = map;
    this.#low.value = String(Number(pane.low.toPrecision(6)));
    this.#high.value = String(Number(pane.high.toPrecision(6)));
  }
}

/**
 * A list of the colour maps.
 *
 * @param {string} name
 */
export function mapChooser(name) {
  const chooser = element("select", { "aria-label": name, title: name });
  for (const { name: value, title } of COLOUR_MAPS) {
    chooser.append(element("option", { value }, title));
  }
  return chooser;
}

/**
 * @param {string} text
 * @param {HTMLElement} control
 */
function field(text, control) {
  return element("label", { class: "field" }, text, control);
}
