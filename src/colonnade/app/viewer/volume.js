/** The slices of a volume across the main one, and the crosshairs that join the three. */

import { element } from "./dom.js";
import { Surface } from "./surface.js";

/** @typedef {import("./types.js").Layer} Layer */

/** @type {Record<string, [string, string]>} The axes along the rows and columns of a plane, as (down, right). */
export const ACROSS = { z: ["y", "x"], y: ["z", "x"], x: ["z", "y"] };

const GAP = 6; // CSS pixels left free around the crossing itself

/** @type {Record<string, string>} */
const COLOURS = { z: "#ffb000", y: "#3fbf7f", x: "#5aa9ff" };

/**
 * Lines on one slice where the other two lie; a click brings them there.
 *
 * @param {string} axis  Of the slice.
 * @param {() => Record<string, number> | null} place  Where the three slices are; null: no volume.
 * @param {(place: Record<string, number>) => void} move
 * @returns {Layer}
 */
export function createCrosshair(axis, place, move) {
  return {
    draw(context, view) {
      const at = place();
      if (!at) return;
      const [down, right] = ACROSS[axis];
      const [y, x] = view.toScreen(at[down], at[right]);
      context.lineWidth = 1;
      line(context, COLOURS[down], [0, y, x - GAP, y], [x + GAP, y, view.width, y]);
      line(context, COLOURS[right], [x, 0, x, y - GAP], [x, y + GAP, x, view.height]);
    },
    pointer({ type, at: [y, x] }) {
      if (type !== "click" || !place()) return false;
      const [down, right] = ACROSS[axis];
      move({ [down]: y, [right]: x });
      return false; // a click may mean something to others too
    },
    destroy() {},
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} colour
 * @param {number[][]} pieces  From x, y to x, y.
 */
function line(context, colour, ...pieces) {
  context.strokeStyle = colour;
  context.beginPath();
  for (const [x0, y0, x1, y1] of pieces) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
}

/** The main stage, and two beside it for the slices of a volume along y and x. */
export class Stages {
  /**
   * @param {() => void} changed  Called when there is something to draw.
   * @param {(axis: string, plane: number) => void} choose  Called for another slice.
   */
  constructor(changed, choose) {
    this.main = new Surface("Image", changed);
    /** @type {Record<string, Surface>} */
    this.along = { z: this.main, y: sideSurface("y", changed), x: sideSurface("x", changed) };
    this.all = Object.values(this.along);
    /** @type {Record<string, Slider>} */
    this.sliders = {};
    for (const axis of ["y", "x"]) {
      this.sliders[axis] = new Slider(axis, (plane) => choose(axis, plane));
      this.along[axis].element.append(this.sliders[axis].element);
    }
  }

  /** Every stage with the axis along which its planes lie. */
  get entries() {
    return Object.entries(this.along);
  }

  /** @returns {Record<string, number> | null} Where the slices are; null: there is no volume. */
  get crossing() {
    if (!this.along.y.base) return null;
    return Object.fromEntries(this.entries.map(([axis, { base }]) => [axis, base?.plane ?? 0]));
  }

  /** @param {string} axis  Along which there is another slice now. */
  show(axis) {
    const { base } = this.along[axis];
    if (base) this.sliders[axis]?.show(base.plane, base.extent.planes);
  }

  redraw() {
    for (const surface of this.all) surface.redraw();
  }
}

/** Chooses the slice that a stage beside the main one shows. */
class Slider {
  #range = element("input", { type: "range", min: 0, step: 1 });
  #text = element("output");

  /**
   * @param {string} axis
   * @param {(plane: number) => void} choose
   */
  constructor(axis, choose) {
    this.axis = axis;
    this.#range.setAttribute("aria-label", `Slice along ${axis}`);
    this.#range.title = `Slice along ${axis} (PageUp, PageDown on its image)`;
    this.#range.addEventListener("input", () => choose(this.#range.valueAsNumber));
    this.element = element("div", { class: "slice" }, this.#range, this.#text);
  }

  /**
   * @param {number} plane
   * @param {number} planes
   */
  show(plane, planes) {
    this.#range.max = String(planes - 1);
    this.#range.value = String(plane);
    this.#text.textContent = `${this.axis} ${plane + 1}`;
    this.#range.setAttribute("aria-valuetext", `${this.axis} ${plane + 1} of ${planes}`);
  }
}

/**
 * A slice beside the main one, with its name in its corner.
 *
 * @param {string} axis
 * @param {() => void} changed
 */
function sideSurface(axis, changed) {
  const [down, right] = ACROSS[axis];
  const surface = new Surface(`Slice along ${axis}`, changed);
  surface.element.classList.add("side");
  surface.element.append(element("span", { class: "badge left" }, `${right} → , ${down} ↓`));
  return surface;
}
