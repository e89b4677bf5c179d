/** The line below the image: where the pointer is, what is there, how large it is shown. */

import { element } from "./dom.js";
import { fixed, length, unitFor } from "./format.js";
import { ACROSS } from "./volume.js";

/** @typedef {import("./types.js").Axis} Axis */


export class Status {
  #position = element("span", { class: "position" });
  #value = element("span", { class: "value" });
  #image = element("span", { class: "about" });
  #zoom = element("output", { "aria-label": "Zoom" });

  constructor() {
    this.element = element("div", { class: "status" }, this.#position, this.#value);
    this.element.append(element("span", { class: "space" }), this.#image, this.#zoom);
  }

  /**
   * @param {Axis} extent
   * @param {string} axis
   * @param {number} y
   * @param {number} x
   * @param {string} levels  What is there.
   */
  show(extent, axis, y, x, levels) {
    this.#position.textContent = place(extent, axis, y, x);
    this.#value.textContent = levels;
  }

  clear() {
    this.#position.textContent = this.#value.textContent = "";
  }

  /**
   * @param {import("./types.js").Manifest | undefined} manifest
   * @param {Axis | undefined} extent
   * @param {number} zoom  Device pixels per image pixel.
   */
  about(manifest, extent, zoom) {
    if (!manifest || !extent) {
      this.#image.textContent = this.#zoom.textContent = "";
      return;
    }
    const [rows, columns] = extent.shape;
    const size = extent.pixel_size ? ` · ${pixelSize(extent.pixel_size)}` : "";
    this.#image.textContent = `${columns} px wide, ${rows} high · ${manifest.dtype}${size}`;
    this.#zoom.textContent = `${Number((100 * zoom).toPrecision(3))} %`;
  }
}

/**
 * A position as text, in pixels and, where the size of a pixel is known, in nm.
 *
 * @param {Axis} extent
 * @param {string} axis
 * @param {number} y
 * @param {number} x
 */
export function place({ pixel_size: size, shape }, axis, y, x) {
  const [first, second] = ACROSS[axis];
  const pixels = `${second} ${fixed(x, 1)}  ${first} ${fixed(y, 1)} px`;
  if (!size) return pixels;
  const [unit, name] = unitFor(Math.max(shape[0] * size[0], shape[1] * size[1]) / 10);
  const decimals = Math.min(Math.max(Math.ceil(-Math.log10(Math.min(...size) / unit)) + 1, 0), 6);
  const [inY, inX] = [y * size[0], x * size[1]].map((n) => fixed(n / unit, decimals));
  return `${pixels}  ·  ${second} ${inX}  ${first} ${inY} ${name}`;
}

/** @param {[number, number]} size */
function pixelSize([height, width]) {
  return height === width
    ? `${length(width)} per pixel`
    : `${length(width)} × ${length(height)} per pixel`;
}
