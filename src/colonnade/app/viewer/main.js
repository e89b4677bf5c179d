/** The viewer: puts its parts together and answers who mounted it. */

import { element } from "./dom.js";
import { Events } from "./events.js";
import { Pane } from "./pane.js";
import { Pointers } from "./pointers.js";
import { dress } from "./style.js";
import { Surface } from "./surface.js";

/** @typedef {import("./types.js").Contrast} Contrast */
/** @typedef {import("./types.js").Host} Host */
/** @typedef {import("./types.js").LayerFactory} LayerFactory */
/** @typedef {import("./types.js").Pointer} Pointer */
/** @typedef {import("./types.js").Source} Source */

const PAN_STEP = 60; // CSS pixels for an arrow key
const ZOOM_STEP = Math.SQRT2; // for a key or button

/** @type {LayerFactory[]} What lies over the image, the uppermost last. */
const LAYERS = [];

/**
 * Shows images in an element, which gives it its size.
 *
 * @param {HTMLElement} element
 * @returns {Viewer}
 */
export function mount(element) {
  return new Viewer(element);
}

export class Viewer {
  #events = new Events();
  #frame = 0;
  #ready = false;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.element = element("div", { "data-lm-suppress-shortcuts": "true" });
    this.element.style.height = "100%";
    const root = this.element.attachShadow({ mode: "open" });
    dress(root);
    this.surface = new Surface("Image", () => this.#schedule());
    this.tools = element("div", { class: "tools" });
    this.panels = element("div", { class: "panels" });
    this.spoken = element("div", { class: "spoken", role: "status" });
    const planes = element("div", { class: "planes" }, this.surface.element);
    const middle = element("div", { class: "middle" }, planes, this.panels);
    this.frame = element("div", { class: "viewer" }, this.tools, middle, this.spoken);
    root.append(this.frame);
    parent.append(this.element);
    this.pointers = new Pointers(this.surface, {
      moved: () => this.#moved(),
      hover: (pointer) => this.#hover(pointer),
      click: () => this.surface.element.focus(),
      wheel: () => true,
    });
    this.frame.addEventListener("keydown", (event) => this.#key(event));
    const host = this.#host();
    this.surface.layers = LAYERS.map((create) => create(host));
    this.surface.resize();
  }

  /** @param {Source | null} source */
  setImage(source) {
    this.surface.base?.destroy();
    this.surface.base = source ? this.#pane(source) : null;
    this.#ready = false;
    if (this.surface.base) this.surface.view.setImage(...shapeOf(this.surface.base));
    this.surface.redraw();
  }

  /**
   * @param {string} axis
   * @param {number} plane
   */
  setPlane(axis, plane) {
    this.surface.base?.setPlane(axis, plane);
    this.surface.redraw();
    this.#events.emit("plane", this.#where());
  }

  /** @param {{centre?: [number, number], zoom?: number}} view */
  setView({ centre, zoom }) {
    const { view } = this.surface;
    if (zoom !== undefined) view.zoomTo(zoom);
    if (centre) view.moveTo(...centre);
    this.#moved();
  }

  /** @param {Partial<Contrast>} contrast */
  setContrast(contrast) {
    this.surface.base?.setContrast(contrast);
    this.surface.redraw();
  }

  /** @param {string} name */
  setColourMap(name) {
    this.surface.base?.setColours(name);
    this.surface.redraw();
  }

  /**
   * @param {string} type
   * @param {(detail: any) => void} listener
   * @returns {() => void} Ends it.
   */
  on(type, listener) {
    return this.#events.on(type, listener);
  }

  /** What is shown and how. */
  state() {
    const { base, view } = this.surface;
    return {
      ...this.#where(),
      view: { centre: view.centre, zoom: view.zoom },
      contrast: base?.contrast ?? null,
      colourMap: base?.colours ?? null,
    };
  }

  /** @returns {Promise<Blob>} A PNG of what is seen. */
  async picture() {
    this.surface.draw();
    const canvas = this.surface.picture();
    return new Promise((give, fail) =>
      canvas.toBlob((blob) => (blob ? give(blob) : fail(new Error("The picture could not be drawn")))),
    );
  }

  destroy() {
    cancelAnimationFrame(this.#frame);
    this.pointers.destroy();
    this.surface.destroy();
    this.element.remove();
    this.#events.clear();
  }

  /** @param {Source} source */
  #pane(source) {
    return new Pane(
      source,
      () => this.surface.redraw(),
      (error) => this.#events.emit("error", { error }),
    );
  }

  /** @returns {Host} */
  #host() {
    return {
      view: this.surface.view,
      stage: this.surface.element,
      redraw: () => this.surface.redrawLayers(),
      emit: (type, detail) => this.#events.emit(type, detail),
      announce: (text) => {
        this.spoken.textContent = text;
      },
      toolbarGroup: (label) => {
        const group = element("div", { class: "group", role: "group", "aria-label": label });
        this.tools.append(group);
        return group;
      },
      panel: (title) => {
        const panel = element("section", { class: "panel", "aria-label": title, hidden: true });
        this.panels.append(panel);
        return panel;
      },
      source: () => this.surface.base?.source ?? null,
      where: () => this.#where(),
      value: async (y, x) => this.surface.base?.value(y, x) ?? null,
    };
  }

  #where() {
    const { base } = this.surface;
    return { axis: base?.axis ?? "z", plane: base?.plane ?? 0 };
  }

  #schedule() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.surface.draw() && !this.#ready) {
        this.#ready = true;
        this.#events.emit("ready", null);
      }
    });
  }

  #moved() {
    this.surface.redraw();
    const { centre, zoom } = this.surface.view;
    this.#events.emit("view", { centre, zoom });
  }

  /** @param {Pointer} pointer */
  async #hover({ type, at: [y, x] }) {
    if (type === "leave") return;
    const value = (await this.surface.base?.value(y, x)) ?? null;
    this.#events.emit("cursor", { y, x, value });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.target !== this.surface.element) return;
    const { layers, view } = this.surface;
    const taken = layers.findLast((layer) => layer.key?.(event, view)) || this.#navigate(event);
    if (!taken) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  #navigate(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const { view } = this.surface;
    /** @type {Record<string, () => void>} */
    const moves = {
      ArrowLeft: () => view.pan(0, PAN_STEP),
      ArrowRight: () => view.pan(0, -PAN_STEP),
      ArrowUp: () => view.pan(PAN_STEP, 0),
      ArrowDown: () => view.pan(-PAN_STEP, 0),
      "+": () => view.zoomTo(view.zoom * ZOOM_STEP),
      "=": () => view.zoomTo(view.zoom * ZOOM_STEP),
      "-": () => view.zoomTo(view.zoom / ZOOM_STEP),
      f: () => view.fit(),
      1: () => view.zoomTo(1),
    };
    const move = moves[event.key];
    if (!move) return false;
    move();
    this.#moved();
    return true;
  }
}

/**
 * @param {Pane} pane
 * @returns {[[number, number], number]} Shape of a plane, and height of its pixels over their width.
 */
function shapeOf({ extent }) {
  const [height, width] = extent.pixel_size ?? [1, 1];
  return [extent.shape, height / width];
}
