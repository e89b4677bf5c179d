/** The viewer: puts its parts together and answers who mounted it. */

import { Compare } from "./compare.js";
import { Controls } from "./controls.js";
import { button, element } from "./dom.js";
import { Events } from "./events.js";
import { Film } from "./film.js";
import { Help } from "./help.js";
import { ICONS } from "./icons.js";
import { Layout } from "./layout.js";
import { Overlay } from "./overlay.js";
import { Pane } from "./pane.js";
import { picture } from "./picture.js";
import { Pointers } from "./pointers.js";
import { Readout } from "./readout.js";
import { createScaleBar } from "./scalebar.js";
import { Upper } from "./upper.js";
import { createCrosshair, Stages } from "./volume.js";
import { Wedge } from "./wedge.js";

/** @typedef {import("./types.js").Contrast} Contrast */
/** @typedef {import("./types.js").Host} Host */
/** @typedef {import("./types.js").Placement} Placement */
/** @typedef {import("./surface.js").Surface} Surface */
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
  #wedge = new Wedge();
  /** @type {Pointers[]} */
  #pointers = [];

  /**
   * @param {HTMLElement} parent
   * @param {Options} [options]
   */
  constructor(parent, { wheel = "always" } = {}) {
    this.stages = new Stages(
      () => this.#schedule(),
      (axis, plane) => this.setPlane(axis, plane),
    );
    this.surface = this.stages.main;
    this.film = new Film({
      choose: (plane) => this.setPlane("z", plane),
      drawn: () => this.surface.base?.complete ?? false,
    });
    this.readout = new Readout((surface, at) => surface === this.surface && this.#events.emit("cursor", at));
    this.layout = new Layout(
      this.stages.all.map((surface) => surface.element),
      [this.film.element, this.readout.status.element],
    );
    parent.append(this.layout.element);
    this.host = this.#host();
    this.controls = new Controls(this);
    this.comparison = new Compare(this.surface, this.layout.toolbarGroup("Compare"), this.host.announce);
    this.upper = this.#upper();
    this.overlay = new Overlay(this.host);
    this.help = new Help(this.layout.planes, () => this.overlay.keys);
    this.#addLayers();
    this.#addLast();
    this.#listen(wheel);
    this.setImage(null);
  }

  /** What was put into the page. */
  get element() {
    return this.layout.element;
  }

  /** @param {Source | null} source */
  setImage(source) {
    const axes = source?.manifest.axes ?? {};
    for (const [axis, surface] of this.stages.entries) {
      surface.base?.destroy();
      surface.base = source && axis in axes ? this.#pane(source, axis) : null;
      if (surface.base) surface.view.setImage(...shapeOf(surface.base));
      surface.element.hidden = axis !== "z" && !surface.base;
    }
    this.setLayer(null);
    this.compare(null);
    this.overlay.clear();
    this.#ready = false;
    this.layout.showProblem(null);
    this.#describe(source);
    for (const { base } of this.stages.all) base?.begin();
    this.moved(this.surface);
    this.#updated();
  }

  /**
   * @param {string} axis
   * @param {number} plane
   */
  setPlane(axis, plane) {
    const surface = this.stages.along[axis];
    if (!surface?.base) return;
    surface.base.setPlane(axis, plane);
    for (const pane of [surface.upper, surface === this.surface ? this.comparison.pane : null]) {
      if (pane && axis in pane.source.manifest.axes) pane.setPlane(axis, plane);
    }
    for (const each of this.stages.all) each.redrawLayers();
    surface.redraw();
    if (axis === "z") this.film.show(surface.base.plane);
    this.stages.show(axis);
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
    for (const { base } of this.stages.all) base?.setContrast(contrast);
    if (this.comparison.pane && this.#alike(this.comparison.pane)) {
      this.comparison.pane.setContrast(contrast);
    }
    this.#updated();
  }

  /** @param {string} name */
  setColourMap(name) {
    for (const { base } of this.stages.all) base?.setColours(name);
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
    const panes = this.stages.entries.map(([axis, surface]) => {
      if (!source || !surface.base || !(axis in source.manifest.axes)) return null;
      const pane = this.#pane(source, axis);
      if (axis === "z") pane.placement = placement(options);
      pane.title = options.title ?? "Layer";
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
    const titles = options.titles ?? ["Image", options.title ?? "Other"];
    if (pane && base) {
      pane.title = titles[1];
      pane.placement = placement(options);
      pane.setPlane("z", base.plane);
      pane.setColours(base.colours);
      if (this.#alike(pane)) pane.setContrast(base.contrast);
    }
    this.comparison.show(pane, mode, titles);
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
        this.stages.entries.flatMap(([axis, { base }]) => (base ? [[axis, base.plane]] : [])),
      ),
      view: { centre: view.centre, zoom: view.zoom },
      contrast: base?.contrast ?? null,
      colourMap: base?.colours ?? null,
      selected: this.overlay.selected,
    };
  }

  /** @returns {Promise<Blob>} A PNG of what is seen, with what the colours mean. */
  async picture() {
    const canvas = picture(this.layout.planes, this.stages.all);
    return new Promise((give, fail) =>
      canvas.toBlob((blob) => (blob ? give(blob) : fail(new Error("The picture could not be drawn")))),
    );
  }

  destroy() {
    cancelAnimationFrame(this.#frame);
    this.film.stop();
    this.comparison.destroy();
    for (const pointers of this.#pointers) pointers.destroy();
    for (const surface of this.stages.all) surface.destroy();
    this.layout.element.remove();
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
    const { view } = surface;
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
   * Says where the middle of the view is and what is there.
   *
   * @param {Surface} surface
   */
  async tellMiddle(surface) {
    this.layout.announce(await this.readout.middle(surface));
  }

  async savePicture() {
    const address = URL.createObjectURL(await this.picture());
    element("a", { href: address, download: "view.png" }).click();
    URL.revokeObjectURL(address);
  }

  /** @param {"always" | "focused"} wheel */
  #listen(wheel) {
    const { root } = this.layout;
    for (const surface of this.stages.all) {
      const stage = surface.element;
      this.#pointers.push(
        new Pointers(surface, {
          moved: () => this.moved(surface),
          hover: (pointer) => void this.readout.hover(surface, pointer),
          press: () => stage.focus({ preventScroll: true }),
          wheel: () => wheel === "always" || root.activeElement === stage,
        }),
      );
      stage.addEventListener("keydown", (event) => this.#key(event, surface));
    }
  }

  #upper() {
    const panel = this.host.panel("Layer");
    const group = this.host.toolbarGroup("Layer");
    /** @type {Upper} */
    const upper = new Upper(this.stages.all, group, panel, () =>
      this.layout.togglePanel(panel, upper.settings),
    );
    return upper;
  }

  /** Points, crosshairs and scale bars. */
  #addLayers() {
    this.surface.layers.push(this.overlay);
    for (const [axis, surface] of this.stages.entries) {
      surface.layers.push(
        createCrosshair(
          axis,
          () => this.stages.crossing,
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

  /**
   * @param {Source} source
   * @param {string} axis
   */
  #pane(source, axis) {
    const pane = new Pane(
      source,
      () => this.stages.redraw(),
      (error) => this.#fail(error),
    );
    pane.setPlane(axis, 0);
    return pane;
  }

  /** @param {unknown} error */
  #fail(error) {
    this.layout.showProblem(error instanceof Error ? error.message : String(error));
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
    this.layout.planes.classList.toggle("volume", volume);
    (volume ? this.stages.along.y : this.surface).element.append(this.#wedge.element);
    this.#wedge.show(planes > 1 ? tilts : null);
    if (volume) for (const axis of ["z", "y", "x"]) this.setPlane(axis, (axes[axis].planes - 1) / 2);
  }

  #updated() {
    this.stages.redraw();
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
      announce: (text) => this.layout.announce(text),
      toolbarGroup: (label) => this.layout.toolbarGroup(label),
      panel: (title) => this.layout.panel(title),
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

  /** Tells how large the image is and is shown, which a resize changes, too. */
  #about() {
    const { base, view } = this.surface;
    this.readout.status.about(base?.source.manifest, base?.extent, view.zoom * view.ratio);
  }

  #schedule() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#about();
      const [shown] = this.stages.all.map((surface) => surface.draw());
      if (this.surface.base?.complete) this.layout.showProblem(null);
      if (!shown || this.#ready) return;
      this.#ready = true;
      this.#events.emit("ready", null);
    });
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
