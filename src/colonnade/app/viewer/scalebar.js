/** The bar that says how large things are. */

import { length } from "./format.js";

/** @typedef {import("./types.js").Layer} Layer */
/** @typedef {import("./types.js").Source} Source */

const WIDEST = 160; // CSS pixels
const MARGIN = 14;
const PADDING = 8;
const BAR = 4;
const FONT = "600 12px system-ui, sans-serif";

/**
 * The longest round length, 1, 2 or 5 times a power of ten, that is no longer than another.
 *
 * @param {number} longest
 */
export function round(longest) {
  const power = 10 ** Math.floor(Math.log10(longest));
  const times = [5, 2, 1].find((n) => n * power <= longest * (1 + 1e-9)) ?? 1;
  return times * power;
}

/**
 * @param {() => import("./types.js").Axis | undefined} extent  Of the image shown.
 * @returns {Layer}
 */
export function createScaleBar(extent) {
  return {
    draw(context, view) {
      const shown = extent();
      if (!shown) return;
      const size = shown.pixel_size?.[1];
      const pixels = Math.min(WIDEST, view.width / 3) / view.zoomX;
      if (!size && pixels < 1) return;
      const whole = round(size ? pixels * size : pixels);
      const width = (size ? whole / size : whole) * view.zoomX;
      drawBar(context, view.height, width, size ? length(whole) : `${whole} px`);
    },
    destroy() {},
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} height  Of the stage.
 * @param {number} width  Of the bar.
 * @param {string} text
 */
function drawBar(context, height, width, text) {
  context.font = FONT;
  const box = Math.max(width, context.measureText(text).width) + 2 * PADDING;
  const [left, top] = [MARGIN, height - MARGIN - 34];
  context.fillStyle = "rgb(0 0 0 / 60%)";
  context.beginPath();
  context.roundRect(left, top, box, 34, 5);
  context.fill();
  context.fillStyle = "#fff";
  context.textAlign = "center";
  context.fillText(text, left + box / 2, top + 17);
  context.fillRect(left + (box - width) / 2, top + 23, width, BAR);
}
