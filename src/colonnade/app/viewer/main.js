/** The viewer: puts its parts together and answers who mounted it. */

import { Compare } from "./compare.js";
import { Controls, createPanel } from "./controls.js";
import { button, element } from "./dom.js";
import { Events } from "./events.js";
import { Film } from "./film.js";
import { greyLevel } from "./format.js";
import { Help } from "./help.js";
import { ICONS } from "./icons.js";
import { Overlay } from "./overlay.js";
import { Pane } from "./pane.js";
import { Pointers } from "./pointers.js";
import { createScaleBar } from "./scalebar.js";
import { place, Status } from "./status.js";
import { dress } from "./style.js";
import { Surface } from "./surface.js";
import { Upper } from "./upper.js";
import { createCrosshair, sideSurface } from "./volume.js";
import { Wedge } from "./wedge.js";

/** @typedef {import("./types.js").Contrast} Contrast */
/** @typedef {import("./types.js").Host} Host */
/** @typedef {import("./types.js").Placement} Placement */
/** @typedef {import("./types.js").Pointer} Pointer */
/** @typedef {import("./types.js").Source} Source */

/**
 * @typedef {object} Place
 * @property {number | [number, number]} [scale]  Its pixels per pixel of the image.
 * @property {[number, number]} [origin]  Its corner, in pixels from the image's corner.
 */

/**
 * @typedef {object} Options
 * @property {"always" | "focused"} [wheel]  When the wheel zooms; otherwise the page scrolls.
 */

const WIDE_RANGE = 0.5; // of its grey levels that a compared image must share to be drawn alike

const HOVER_REST_MS = 60; // that the pointer rests before a tile is asked for only to tell a level

/**
 * Shows images in an element, which gives it its size.
 *
 * @param {HTMLElement} element
 * @param {Options} [options]
 * @returns {Viewer}
 */
export function mount(element, options) {
  return new Viewer(element, options);
}

export class Viewer {
  #events = new Events();
  #frame = 0;
  #ready = false;
  #spoken = element("div", { class: "spoken", role: "status" });
  #panels = element("div", { class: "panels" });
  #tools = element("div", { class: "tools" });
  #planes = element("div", { class: "planes" });
  #said = element("p", { class: "problem", role: "alert", hidden: true });
  #wedge = new Wedge();
  #status = new Status();
  /** @type {Pointers[]} */
  #pointers = [];
  /** Counts the questions for a grey level, so that a late answer is not shown. */
  #asked = 0;

  /**
   * @param {HTMLElement} parent
   * @param {Options} [options]
   */
  constructor(parent, { wheel = "always" } = {}) {
    this.element = element("div", { "data-lm-suppress-shortcuts": "true" });
    this.element.style.height = "100%";
    const draw = () => this.#schedule();
    this.surface = new Surface("Image", draw);
    this.sides = { y: sideSurface("y", draw), x: sideSurface("x", draw) };
    this.surfaces = [this.surface, this.sides.y, this.sides.x];
    this.host = this.#host();
    this.film = new Film({
      choose: (plane) => this.setPlane("z", plane),
      drawn: () => this.surface.base?.complete ?? false,
    });
    this.#assemble(parent);
    this.controls = new Controls(this);
    this.comparison = this.#comparison();
    this.upper = this.#upper();
    this.help = new Help(this.#planes, () => this.surface.layers.flatMap((layer) => layer.keys ?? []));
    this.#listen(wheel);
    this.overlay = new Overlay(this.host);
    this.surface.layers = [this.overlay];
    this.#addLayers();
    this.#addLast();
    this.setImage(null);
  }

  /** @param {Source | null} source */
  setImage(source) {
    const axes = source?.manifest.axes ?? {};
    for (const [surface, axis] of this.#byAxis()) {
      surface.base?.destroy();
      surface.base = source && axis in axes ? this.#pane(source, axis) : null;
      if (surface.base) surface.view.setImage(...shapeOf(surface.base));
      surface.element.hidden = axis !== "z" && !surface.base;
    }
    this.setLayer(null);
    this.compare(null);
    this.overlay.clear();
    this.#ready = false;
    this.#said.hidden = true;
    this.#describe(source);
    this.moved(this.surface);
    this.#updated();
  }

  /**
   * @param {string} axis
   * @param {number} plane
   */
  setPlane(axis, plane) {
    const [surface] = this.#byAxis().find(([, name]) => name === axis) ?? [];
    if (!surface?.base) return;
    surface.base.setPlane(axis, plane);
    for (const pane of [surface.upper, surface === this.surface ? this.comparison.pane : null]) {
      if (pane && axis in pane.source.manifest.axes) pane.setPlane(axis, plane);
    }
    for (const each of this.surfaces) each.redrawLayers();
    surface.redraw();
    if (axis === "z") this.film.show(surface.base.plane);
    this.#events.emit("plane", { axis, plane: surface.base.plane });
  }

  /** @param {{centre?: [number, number], zoom?: number}} view  Zoom: CSS pixels per image pixel. */
  setView({ centre, zoom }) {
    const { view } = this.surface;
    if (zoom !== undefined) view.zoomTo(zoom);
    if (centre) view.moveTo(...centre);
    this.moved(this.surface);
  }

  /** @param {Partial<Contrast>} contrast */
  setContrast(contrast) {
    for (const { base } of this.surfaces) base?.setContrast(contrast);
    if (this.comparison.pane && this.#alike(this.comparison.pane)) {
      this.comparison.pane.setContrast(contrast);
    }
    this.#updated();
  }

  /** @param {string} name */
  setColourMap(name) {
    for (const { base } of this.surfaces) base?.setColours(name);
    this.comparison.pane?.setColours(name);
    this.#updated();
  }

  /**
   * Lays another image over this one.
   *
   * @param {Source | null} source
   * @param {import("./upper.js").UpperOptions & Place} [options]
   */
  setLayer(source, options = {}) {
    const panes = this.#byAxis().map(([surface, axis]) => {
      if (!source || !surface.base || !(axis in source.manifest.axes)) return null;
      const pane = this.#pane(source, axis);
      if (axis === "z") pane.placement = placement(options);
      pane.setPlane(axis, surface.base.plane);
      return pane;
    });
    this.upper.show(panes, options);
  }

  /**
   * Puts another image beside this one, or by turns in its place.
   *
   * @param {Source | null} source
   * @param {import("./compare.js").Mode} [mode]
   * @param {Place & {title?: string, titles?: [string, string]}} [options]
   */
  compare(source, mode = "swipe", options = {}) {
    const pane = source ? this.#pane(source, "z") : null;
    const { base } = this.surface;
    if (pane && base) {
      pane.placement = placement(options);
      pane.setPlane("z", base.plane);
      pane.setColours(base.colours);
      if (this.#alike(pane)) pane.setContrast(base.contrast);
    }
    this.comparison.show(pane, mode, options.titles ?? ["Image", options.title ?? "Other"]);
  }

  /**
   * Shows the points of a table over the image; the same table again keeps what was done by hand.
   *
   * @param {import("./table.js").Table | null} table
   * @param {import("./look.js").PointOptions} [options]
   */
  setPoints(table, options) {
    this.overlay.setPoints(table, options);
  }

  /**
   * Selects a point, and moves the view to it where it is out of sight.
   *
   * @param {number | null} row  Of the table, or behind its last for one that was added.
   */
  select(row) {
    this.overlay.select(row);
  }

  /** What was done by hand. */
  edits() {
    return this.overlay.edits();
  }

  /** @param {import("./edits.js").Edit[]} edits */
  setEdits(edits) {
    this.overlay.setEdits(edits);
  }

  /** The points in the regions. */
  chosen() {
    return this.overlay.chosen();
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
      planes: Object.fromEntries(
        this.#byAxis().flatMap(([surface, axis]) => (surface.base ? [[axis, surface.base.plane]] : [])),
      ),
      view: { centre: view.centre, zoom: view.zoom },
      contrast: base?.contrast ?? null,
      colourMap: base?.colours ?? null,
      selected: this.overlay.selected,
    };
  }

  /** @returns {Promise<Blob>} A PNG of what is seen. */
  async picture() {
    const canvas = this.surface.picture();
    return new Promise((give, fail) =>
      canvas.toBlob((blob) => (blob ? give(blob) : fail(new Error("The picture could not be drawn")))),
    );
  }

  destroy() {
    cancelAnimationFrame(this.#frame);
    this.film.stop();
    this.comparison.destroy();
    for (const pointers of this.#pointers) pointers.destroy();
    for (const surface of this.surfaces) surface.destroy();
    this.element.remove();
    this.#events.clear();
  }

  /**
   * Draws and tells after a view has changed.
   *
   * @param {Surface} surface
   */
  moved(surface) {
    surface.redraw();
    if (surface !== this.surface) return;
    const { base, view } = surface;
    this.#status.about(base?.source.manifest, base?.extent, view.zoom * view.ratio);
    this.#events.emit("view", { centre: view.centre, zoom: view.zoom });
  }

  /**
   * @param {Surface} surface
   * @param {number} by
   */
  stepPlane(surface, by) {
    if (surface.base) this.setPlane(surface.base.axis, surface.base.plane + by);
  }

  /**
   * @param {HTMLElement} panel
   * @param {HTMLElement} opener  The button that shows and hides it.
   */
  togglePanel(panel, opener) {
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
    this.#updated();
  }

  closePanels() {
    for (const button of this.#tools.querySelectorAll("[aria-expanded=true]")) {
      button.setAttribute("aria-expanded", "false");
    }
    for (const panel of this.#panels.children) panel.toggleAttribute("hidden", true);
    this.surface.element.focus();
  }

  /**
   * Says where the middle of the view is and what is there.
   *
   * @param {Surface} surface
   */
  async tellMiddle(surface) {
    const { base, view } = surface;
    if (!base) return;
    const [y, x] = view.centre;
    const value = await base.value(y, x);
    this.#status.show(base.extent, base.axis, y, x, value);
    this.host.announce(`${place(base.extent, base.axis, y, x)}, grey level ${greyLevel(value)}`);
  }

  async savePicture() {
    const address = URL.createObjectURL(await this.picture());
    element("a", { href: address, download: "view.png" }).click();
    URL.revokeObjectURL(address);
  }

  /** @param {HTMLElement} parent */
  #assemble(parent) {
    const root = this.element.attachShadow({ mode: "open" });
    dress(root);
    this.#planes.append(...this.surfaces.map((surface) => surface.element), this.#panels);
    root.append(
      element(
        "div",
        { class: "viewer" },
        this.#tools,
        this.#planes,
        this.film.element,
        this.#status.element,
        this.#said,
        this.#spoken,
      ),
    );
    parent.append(this.element);
  }

  /** @param {"always" | "focused"} wheel */
  #listen(wheel) {
    const root = /** @type {ShadowRoot} */ (this.element.shadowRoot);
    for (const surface of this.surfaces) {
      const stage = surface.element;
      this.#pointers.push(
        new Pointers(surface, {
          moved: () => this.moved(surface),
          hover: (pointer) => this.#hover(surface, pointer),
          press: () => stage.focus({ preventScroll: true }),
          wheel: () => wheel === "always" || root.activeElement === stage,
        }),
      );
      stage.addEventListener("keydown", (event) => this.#key(event, surface));
    }
    this.#panels.addEventListener("keydown", ({ key }) => key === "Escape" && this.closePanels());
  }

  #comparison() {
    const group = this.host.toolbarGroup("Compare");
    return new Compare(this.surface, group, this.host.announce);
  }

  #upper() {
    const panel = this.host.panel("Layer");
    const group = this.host.toolbarGroup("Layer");
    /** @type {Upper} */
    const upper = new Upper(this.surfaces, group, panel, () => this.togglePanel(panel, upper.settings));
    return upper;
  }

  /** Crosshairs and scale bars. */
  #addLayers() {
    for (const [surface, axis] of this.#byAxis()) {
      surface.layers.push(
        createCrosshair(
          () => axis,
          () => this.#crossing(),
          (to) => Object.entries(to).forEach(([along, plane]) => this.setPlane(along, plane)),
        ),
        createScaleBar(() => surface.base?.extent),
      );
    }
  }

  /** What stands at the end of the toolbar. */
  #addLast() {
    const group = this.host.toolbarGroup("More");
    group.classList.add("last");
    group.append(
      button({ name: "Save a picture", icon: ICONS.save, key: "k", press: () => void this.savePicture() }),
      button({ name: "Keys", text: "?", key: "?", press: () => this.help.open() }),
    );
  }

  /** @returns {[Surface, string][]} */
  #byAxis() {
    return [
      [this.surface, "z"],
      [this.sides.y, "y"],
      [this.sides.x, "x"],
    ];
  }

  /** Where the slices of a volume are. */
  #crossing() {
    if (!this.sides.y.base) return null;
    return Object.fromEntries(this.#byAxis().map(([surface, axis]) => [axis, surface.base?.plane ?? 0]));
  }

  /**
   * @param {Source} source
   * @param {string} axis
   */
  #pane(source, axis) {
    const pane = new Pane(
      source,
      () => this.surfaces.forEach((surface) => surface.redraw()),
      (error) => this.#fail(error),
    );
    pane.setPlane(axis, 0);
    return pane;
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#said.textContent = error instanceof Error ? error.message : String(error);
    this.#said.hidden = false;
    this.#events.emit("error", { error });
  }

  /**
   * Whether another image has the grey levels of this one.
   *
   * @param {Pane} pane
   */
  #alike({ source }) {
    const here = this.surface.base?.source.manifest;
    if (!here) return false;
    const there = source.manifest;
    const shared = Math.min(here.high, there.high) - Math.max(here.low, there.low);
    return shared >= WIDE_RANGE * Math.max(here.high - here.low, there.high - there.low);
  }

  /**
   * Says what the image is: the planes it has and the tilts behind them.
   *
   * @param {Source | null} source
   */
  #describe(source) {
    const axes = source?.manifest.axes ?? {};
    const tilts = source?.manifest.tilts ?? null;
    const planes = axes.z?.planes ?? 1;
    const volume = "y" in axes;
    const series = !volume && tilts?.length === planes;
    this.film.open({
      noun: volume ? "Slice" : series ? "View" : "Frame",
      planes,
      tilts: series ? tilts : null,
    });
    this.#planes.classList.toggle("volume", volume);
    (volume ? this.sides.y : this.surface).element.append(this.#wedge.element);
    this.#wedge.show(planes > 1 ? tilts : null);
    if (volume) for (const axis of ["z", "y", "x"]) this.setPlane(axis, (axes[axis].planes - 1) / 2);
  }

  #updated() {
    for (const surface of this.surfaces) surface.redraw();
    this.controls.update();
  }

  /** @returns {Host} */
  #host() {
    return {
      view: this.surface.view,
      stage: this.surface.element,
      redraw: () => this.surface.redrawLayers(),
      reveal: (y, x) => this.#reveal(y, x),
      emit: (type, detail) => this.#events.emit(type, detail),
      announce: (text) => {
        this.#spoken.textContent = text;
      },
      toolbarGroup: (label) => {
        const group = element("div", { class: "group", role: "group", "aria-label": label });
        this.#tools.append(group);
        return group;
      },
      panel: (title) => {
        const panel = createPanel(title, () => this.closePanels());
        this.#panels.append(panel);
        return panel;
      },
      source: () => this.surface.base?.source ?? null,
      where: () => ({ axis: "z", plane: this.surface.base?.plane ?? 0 }),
      value: async (y, x) => this.surface.base?.value(y, x) ?? null,
    };
  }

  /**
   * @param {number} y
   * @param {number} x
   */
  #reveal(y, x) {
    const { y0, x0, y1, x1 } = this.surface.view.bounds();
    if (y >= y0 && y <= y1 && x >= x0 && x <= x1) return;
    this.surface.view.moveTo(y, x);
    this.moved(this.surface);
  }

  #schedule() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      const [shown] = this.surfaces.map((surface) => surface.draw());
      if (this.surface.base?.complete) this.#said.hidden = true;
      if (!shown || this.#ready) return;
      this.#ready = true;
      this.#events.emit("ready", null);
    });
  }

  /**
   * @param {Surface} surface
   * @param {Pointer} pointer
   */
  async #hover({ base }, { type, at: [y, x] }) {
    const asked = ++this.#asked;
    if (type === "leave" || !base) {
      this.#status.clear();
      return;
    }
    if (!base.knows(y, x)) await new Promise((resolve) => setTimeout(resolve, HOVER_REST_MS));
    if (asked !== this.#asked) return;
    const value = await base.value(y, x).catch(() => null);
    if (asked !== this.#asked) return;
    if (value === null) this.#status.clear();
    else this.#status.show(base.extent, base.axis, y, x, value);
    if (base === this.surface.base) this.#events.emit("cursor", { y, x, value });
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Surface} surface
   */
  #key(event, surface) {
    if (event.target !== surface.element) return;
    const { layers, view } = surface;
    const taken =
      layers.findLast((layer) => layer.key?.(event, view)) || this.controls.key(event, surface);
    if (!taken) return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/**
 * @param {Place} place
 * @returns {Placement}
 */
function placement({ scale = 1, origin = [0, 0] }) {
  return { scale: typeof scale === "number" ? [scale, scale] : scale, origin };
}

/**
 * @param {Pane} pane
 * @returns {[[number, number], number]} Shape of a plane, and height of its pixels over their width.
 */
function shapeOf({ extent }) {
  const [height, width] = extent.pixel_size ?? [1, 1];
  return [extent.shape, height / width];
}
