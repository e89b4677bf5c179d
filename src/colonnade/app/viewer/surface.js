/** A place on screen where an image is drawn, with others upon it or beside it, and layers over it. */

import { element } from "./dom.js";
import { View } from "./view.js";

/** @typedef {import("./pane.js").Pane} Pane */
/** @typedef {import("./types.js").Layer} Layer */

const REST_MS = 120; // without a change, after which there is time to draw smoothly

/** A canvas that is as many device pixels as it is large. */
class Sheet {
  /** @type {ImageData | null} */
  #image = null;
  #words = new Uint32Array(0);

  /** @param {string} name */
  constructor(name) {
    this.canvas = element("canvas", { class: name, "aria-hidden": "true" });
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
  }

  /**
   * @param {number} width  Device pixels.
   * @param {number} height
   */
  resize(width, height) {
    Object.assign(this.canvas, { width, height });
    this.#image = null;
  }

  /**
   * Draws by writing RGBA words, none of which stand from before.
   *
   * @param {(target: import("./pane.js").Target) => void} draw
   */
  paint(draw) {
    const { width, height } = this.canvas;
    if (!this.#image) {
      this.#image = this.context.createImageData(width, height);
      this.#words = new Uint32Array(this.#image.data.buffer);
    }
    this.#words.fill(0);
    draw({ words: this.#words, width, height, columns: [0, width] });
    this.context.putImageData(this.#image, 0, 0);
  }

  clear() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}

export class Surface {
  view = new View();
  /** @type {Pane | null} The image. */
  base = null;
  /** @type {Pane | null} The image laid over it. */
  upper = null;
  /** @type {{pane: Pane, split: number} | null} Another image from a fraction of the width on. */
  beside = null;
  /** @type {Layer[]} */
  layers = [];
  #image = new Sheet("image");
  #upper = new Sheet("upper");
  #over = new Sheet("over");
  #stale = { image: true, layers: true };
  #resting = 0;
  #smooth = false;

  /**
   * @param {string} label  For who cannot see it.
   * @param {() => void} changed  Called when there is something to draw.
   */
  constructor(label, changed) {
    this.changed = changed;
    this.element = element(
      "div",
      { class: "stage", tabindex: 0, role: "application", "aria-label": label },
      this.#image.canvas,
      this.#upper.canvas,
      this.#over.canvas,
    );
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.element);
  }

  /** The image and the others here, in the order in which their grey levels are told. */
  get panes() {
    return [this.base, this.beside?.pane, this.upper].filter((pane) => !!pane);
  }

  /** @param {number} opacity */
  setUpperOpacity(opacity) {
    this.#upper.canvas.style.opacity = String(opacity);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.element;
    const ratio = window.devicePixelRatio || 1;
    this.view.resize(width, height, ratio);
    for (const sheet of [this.#image, this.#upper, this.#over]) {
      sheet.resize(Math.max(Math.round(width * ratio), 1), Math.max(Math.round(height * ratio), 1));
    }
    this.redraw();
  }

  /** Draw everything again in the next frame. */
  redraw() {
    this.#stale = { image: true, layers: true };
    this.#smooth = false;
    this.changed();
  }

  /** Draw the layers again in the next frame. */
  redrawLayers() {
    this.#stale.layers = true;
    this.changed();
  }

  /** @returns {boolean} Whether the image itself was drawn and something of it is here. */
  draw() {
    let shown = false;
    if (this.#stale.image) {
      this.#stale.image = false;
      shown = this.#drawImages(this.#smooth);
      this.#rest();
    }
    if (this.#stale.layers) {
      this.#stale.layers = false;
      this.#drawLayers();
    }
    return shown;
  }

  /**
   * Draws what is seen on another canvas.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {number} x  Device pixels.
   * @param {number} y
   */
  copyTo(context, x, y) {
    this.#stale = { image: true, layers: true };
    this.#smooth = true;
    this.draw();
    context.drawImage(this.#image.canvas, x, y);
    context.globalAlpha = Number(this.#upper.canvas.style.opacity || 1);
    context.drawImage(this.#upper.canvas, x, y);
    context.globalAlpha = 1;
    context.drawImage(this.#over.canvas, x, y);
  }

  destroy() {
    clearTimeout(this.#resting);
    this.observer.disconnect();
    for (const pane of this.panes) pane.destroy();
    for (const layer of this.layers) layer.destroy();
    this.element.remove();
  }

  /** Draws smoothly when nothing has changed for a while. */
  #rest() {
    clearTimeout(this.#resting);
    if (!this.panes.some((pane) => pane.rough)) return;
    this.#resting = window.setTimeout(() => {
      this.#stale.image = this.#smooth = true;
      this.changed();
    }, REST_MS);
  }

  /** @param {boolean} smooth */
  #drawImages(smooth) {
    let shown = false;
    const { base, beside, upper, view } = this;
    this.#image.paint((target) => {
      const split = Math.round((beside?.split ?? 1) * target.width);
      if (base) shown = base.draw({ ...target, columns: [0, split] }, view, smooth);
      beside?.pane.draw({ ...target, columns: [split, target.width] }, view, smooth);
    });
    if (upper) this.#upper.paint((target) => upper.draw(target, view, smooth));
    else this.#upper.clear();
    return shown;
  }

  #drawLayers() {
    this.#over.clear();
    const { context } = this.#over;
    for (const layer of this.layers) {
      context.setTransform(this.view.ratio, 0, 0, this.view.ratio, 0, 0);
      context.save();
      layer.draw(context, this.view);
      context.restore();
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
  }
}
