/** The panel in which grey levels are given their brightness. */

import { button, element } from "./dom.js";
import { greyLevel } from "./format.js";

/** @typedef {import("./types.js").Contrast} Contrast */
/** @typedef {import("./types.js").Manifest} Manifest */

const STEPS = 1000; // of the two handles
const GAMMA_STEPS = 100; // from an eighth to eight, 0 at one
const GAMMA_OCTAVES = 3;
const WIDTH = 256;
const HEIGHT = 72;

/**
 * The grey level below which a fraction of the pixels lies.
 *
 * @param {Manifest["histogram"]} histogram
 * @param {number} fraction
 */
export function percentile({ first, last, counts }, fraction) {
  const wanted = fraction * counts.reduce((sum, n) => sum + n, 0);
  let below = 0;
  for (const [bin, count] of counts.entries()) {
    if (below + count >= wanted && count) {
      return first + ((last - first) * (bin + (wanted - below) / count)) / counts.length;
    }
    below += count;
  }
  return last;
}

export class ContrastPanel {
  /** @type {Manifest | null} */
  #manifest = null;
  #low = range("Black", 0, STEPS);
  #high = range("White", 0, STEPS);
  #gamma = range("Gamma", -GAMMA_STEPS, GAMMA_STEPS);
  #lowBox = number("Black level");
  #highBox = number("White level");
  #gammaText = element("output");
  #plot = element("canvas", { width: WIDTH, height: HEIGHT, "aria-hidden": "true" });
  /** @type {Contrast} */
  #contrast = { low: 0, high: 1, gamma: 1, invert: false };

  /**
   * @param {HTMLElement} panel
   * @param {(contrast: Partial<Contrast>) => void} change
   */
  constructor(panel, change) {
    this.change = change;
    this.panel = panel;
    const handles = element("div", { class: "handles" }, this.#plot, this.#low, this.#high);
    const boxes = element("div", { class: "pair" }, label("Black", this.#lowBox), label("White", this.#highBox));
    const gamma = element("label", { class: "row" }, "Gamma", this.#gamma, this.#gammaText);
    panel.append(handles, boxes, gamma, this.#presets());
    this.#low.addEventListener("input", () => this.#slide(this.#low, "low"));
    this.#high.addEventListener("input", () => this.#slide(this.#high, "high"));
    this.#gamma.addEventListener("input", () => {
      change({ gamma: 2 ** ((GAMMA_OCTAVES * this.#gamma.valueAsNumber) / GAMMA_STEPS) });
    });
    this.#lowBox.addEventListener("change", () => this.#type(this.#lowBox, "low"));
    this.#highBox.addEventListener("change", () => this.#type(this.#highBox, "high"));
  }

  /**
   * @param {Manifest} manifest
   * @param {Contrast} contrast
   */
  show(manifest, contrast) {
    this.#manifest = manifest;
    this.#contrast = contrast;
    if (this.panel.hidden) return;
    for (const [slider, level] of /** @type {const} */ ([
      [this.#low, contrast.low],
      [this.#high, contrast.high],
    ])) {
      slider.value = String(this.#position(level));
      slider.setAttribute("aria-valuetext", greyLevel(level));
    }
    this.#lowBox.value = String(Number(contrast.low.toPrecision(6)));
    this.#highBox.value = String(Number(contrast.high.toPrecision(6)));
    this.#gamma.value = String((Math.log2(contrast.gamma) / GAMMA_OCTAVES) * GAMMA_STEPS);
    this.#gammaText.textContent = contrast.gamma.toFixed(2);
    this.#draw();
  }

  #presets() {
    const row = element("div", { class: "row presets", role: "group", "aria-label": "Limits" });
    /** @param {string} name @param {(manifest: Manifest) => [number, number]} limits */
    const add = (name, limits) => {
      const press = () => {
        if (!this.#manifest) return;
        const [low, high] = limits(this.#manifest);
        this.change({ low, high, gamma: 1 });
      };
      row.append(button({ name, press }));
    };
    add("All levels", ({ minimum, maximum, low, high }) => [minimum ?? low, maximum ?? high]);
    add("99 %", ({ low, high }) => [low, high]);
    add("90 %", ({ histogram }) => [percentile(histogram, 0.05), percentile(histogram, 0.95)]);
    return row;
  }

  /** The ends of the plot: those of the histogram. */
  #ends() {
    const { first, last } = /** @type {Manifest} */ (this.#manifest).histogram;
    return { first, span: last - first || 1 };
  }

  /** @param {number} level */
  #position(level) {
    const { first, span } = this.#ends();
    return Math.round((STEPS * (level - first)) / span);
  }

  /**
   * @param {HTMLInputElement} slider
   * @param {"low" | "high"} end
   */
  #slide(slider, end) {
    const { first, span } = this.#ends();
    const step = span / STEPS;
    const level = first + slider.valueAsNumber * step;
    const { low, high } = this.#contrast;
    if (end === "low") this.change({ low: Math.min(level, high - step) });
    else this.change({ high: Math.max(level, low + step) });
  }

  /**
   * @param {HTMLInputElement} box
   * @param {"low" | "high"} end
   */
  #type(box, end) {
    if (Number.isFinite(box.valueAsNumber)) this.change({ [end]: box.valueAsNumber });
  }

  #draw() {
    const { histogram } = /** @type {Manifest} */ (this.#manifest);
    const context = /** @type {CanvasRenderingContext2D} */ (this.#plot.getContext("2d"));
    const style = getComputedStyle(this.panel);
    const tallest = Math.log1p(Math.max(...histogram.counts)) || 1;
    const bar = WIDTH / histogram.counts.length;
    context.clearRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = style.getPropertyValue("color");
    context.globalAlpha = 0.45;
    for (const [bin, count] of histogram.counts.entries()) {
      const height = (HEIGHT * Math.log1p(count)) / tallest;
      context.fillRect(bin * bar, HEIGHT - height, bar, height);
    }
    context.globalAlpha = 1;
    this.#drawCurve(context, style.getPropertyValue("--accent-drawn") || "#0b6bcb");
  }

  /**
   * How bright each level is.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {string} colour
   */
  #drawCurve(context, colour) {
    const { low, high, gamma, invert } = this.#contrast;
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.beginPath();
    const [left, right] = [low, high].map((level) => (this.#position(level) / STEPS) * WIDTH);
    const dark = invert ? 1 : HEIGHT - 1;
    const bright = HEIGHT - dark;
    context.moveTo(0, dark);
    for (let i = 0; i <= 32; i++) {
      context.lineTo(left + ((right - left) * i) / 32, dark + (bright - dark) * (i / 32) ** gamma);
    }
    context.lineTo(WIDTH, bright);
    context.stroke();
  }
}

/**
 * @param {string} name
 * @param {number} min
 * @param {number} max
 */
function range(name, min, max) {
  return element("input", { type: "range", "aria-label": name, min, max, step: 1 });
}

/** @param {string} name */
function number(name) {
  return element("input", { type: "number", "aria-label": name, step: "any" });
}

/**
 * @param {string} text
 * @param {HTMLElement} control
 */
function label(text, control) {
  return element("label", { class: "field" }, text, control);
}
