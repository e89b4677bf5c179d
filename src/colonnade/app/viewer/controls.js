/** The buttons and keys of what every image offers. */

import { ContrastPanel } from "./contrast.js";
import { button, setPressed } from "./dom.js";
import { ICONS } from "./icons.js";
import { mapChooser } from "./upper.js";

/** @typedef {import("./main.js").Viewer} Viewer */
/** @typedef {import("./surface.js").Surface} Surface */

const PAN_STEP = 60; // CSS pixels for an arrow key
const ZOOM_STEP = Math.SQRT2; // for a key or button

export class Controls {
  /** @param {Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
    this.#look();
    const panel = viewer.host.panel("Brightness");
    this.contrast = new ContrastPanel(panel, (contrast) => viewer.setContrast(contrast));
    this.levels = button({
      name: "Brightness",
      icon: ICONS.histogram,
      key: "c",
      press: () => {
        viewer.layout.togglePanel(panel, this.levels);
        this.update();
      },
    });
    this.invert = button({ name: "Invert", icon: ICONS.invert, key: "i", press: () => this.#invert() });
    this.map = mapChooser("Colours");
    this.map.addEventListener("change", () => viewer.setColourMap(this.map.value));
    viewer.host.toolbarGroup("Brightness").append(this.levels, this.invert, this.map);
  }

  /** Shows what is set. */
  update() {
    const { base } = this.viewer.surface;
    if (!base) return;
    this.contrast.show(base.source.manifest, base.contrast);
    setPressed(this.invert, base.invert);
    this.map.value = base.colours;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Surface} surface  The one that has the focus.
   * @returns {boolean} Whether the key means something.
   */
  key(event, surface) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const action = this.#moves(surface)[event.key] ?? this.#actions(surface)[event.key];
    if (!action) return false;
    action();
    return true;
  }

  #look() {
    const { viewer } = this;
    /** @param {(moves: Record<string, () => void>) => () => void} pick */
    const press = (pick) => () => pick(this.#moves(viewer.surface))();
    viewer.host.toolbarGroup("Zoom").append(
      button({ name: "Whole image", icon: ICONS.fit, key: "f", press: press((moves) => moves.f) }),
      button({ name: "1:1 pixels", text: "1:1", key: "1", press: press((moves) => moves[1]) }),
      button({ name: "Zoom out", icon: ICONS.minus, key: "−", press: press((moves) => moves["-"]) }),
      button({ name: "Zoom in", icon: ICONS.plus, key: "+", press: press((moves) => moves["+"]) }),
    );
  }

  #invert() {
    const { base } = this.viewer.surface;
    if (base) this.viewer.setContrast({ invert: !base.invert });
  }

  /**
   * What keys do to the view of a surface.
   *
   * @param {Surface} surface
   * @returns {Record<string, () => void>}
   */
  #moves(surface) {
    const { view } = surface;
    /** @param {() => void} move */
    const moved = (move) => () => {
      move();
      this.viewer.moved(surface);
    };
    const nearer = moved(() => view.zoomTo(view.zoom * ZOOM_STEP));
    return {
      ArrowLeft: moved(() => view.pan(0, PAN_STEP)),
      ArrowRight: moved(() => view.pan(0, -PAN_STEP)),
      ArrowUp: moved(() => view.pan(PAN_STEP, 0)),
      ArrowDown: moved(() => view.pan(-PAN_STEP, 0)),
      "+": nearer,
      "=": nearer,
      "-": moved(() => view.zoomTo(view.zoom / ZOOM_STEP)),
      f: moved(() => view.fit()),
      1: moved(() => view.zoomTo(1 / view.ratio)),
    };
  }

  /**
   * What keys do to everything else.
   *
   * @param {Surface} surface
   * @returns {Record<string, () => void>}
   */
  #actions(surface) {
    const { viewer } = this;
    const back = () => viewer.stepPlane(surface, -1);
    const on = () => viewer.stepPlane(surface, 1);
    return {
      "[": back,
      PageUp: back,
      "]": on,
      PageDown: on,
      " ": () => viewer.film.turn(),
      c: () => this.levels.click(),
      i: () => this.#invert(),
      o: () => viewer.upper.turn(),
      w: () => viewer.comparison.set("swipe"),
      b: () => viewer.comparison.turn(),
      g: () => void viewer.tellMiddle(surface),
      k: () => void viewer.savePicture(),
      "?": () => viewer.help.open(),
      Escape: () => viewer.layout.closePanels(),
    };
  }
}
