/** A picture of all that is seen: the stages, what they are called, and what the colours mean. */

import { element } from "./dom.js";

/** @typedef {import("./surface.js").Surface} Surface */

/** What is written over the stages, and goes into the picture as it stands there. */
const WRITTEN = ".colourbar, .legend, .badge";
const BANDS = ".band, .bar";

/**
 * Draws the stages and what is written over them as they lie on the page.
 *
 * @param {HTMLElement} whole  What holds the stages.
 * @param {Surface[]} surfaces
 */
export function picture(whole, surfaces) {
  const ratio = window.devicePixelRatio || 1;
  const { left, top, width, height } = whole.getBoundingClientRect();
  const canvas = element("canvas");
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = getComputedStyle(whole).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const surface of surfaces) {
    if (surface.element.hidden) continue;
    const box = surface.element.getBoundingClientRect();
    const [x, y] = [Math.round((box.left - left) * ratio), Math.round((box.top - top) * ratio)];
    context.fillStyle = getComputedStyle(surface.element).backgroundColor;
    context.fillRect(x, y, Math.round(box.width * ratio), Math.round(box.height * ratio));
    surface.copyTo(context, x, y);
  }
  context.setTransform(ratio, 0, 0, ratio, -left * ratio, -top * ratio);
  for (const written of whole.querySelectorAll(WRITTEN)) if (isSeen(written)) write(context, written);
  return canvas;
}

/** @param {Element} part */
function isSeen(part) {
  const { width, height } = part.getBoundingClientRect();
  return width > 0 && height > 0;
}

/**
 * Draws an element and all in it where it lies in the window.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Element} part
 */
function write(context, part) {
  const { left, top, width, height } = part.getBoundingClientRect();
  const style = getComputedStyle(part);
  context.fillStyle = part.matches(BANDS) ? gradient(context, style, left, width) : style.backgroundColor;
  context.beginPath();
  context.roundRect(left, top, width, height, Math.min(parseFloat(style.borderRadius) || 0, height / 2));
  context.fill();
  for (const child of part.childNodes) {
    if (child instanceof Element) write(context, child);
    else writeText(context, child, style);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Node} text
 * @param {CSSStyleDeclaration} style
 */
function writeText(context, text, style) {
  const range = document.createRange();
  range.selectNodeContents(text);
  const { left, top, height } = range.getBoundingClientRect();
  context.font = style.font;
  context.fillStyle = style.color;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text.textContent ?? "", left, top + height / 2);
}

/**
 * The colours of a band from left to right, evenly spaced, as its style lists them.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {CSSStyleDeclaration} style
 * @param {number} left
 * @param {number} width
 */
function gradient(context, { backgroundImage }, left, width) {
  const made = context.createLinearGradient(left, 0, left + width, 0);
  const colours = backgroundImage.match(/rgba?\([^)]*\)/g) ?? [];
  colours.forEach((colour, i) => made.addColorStop(colours.length > 1 ? i / (colours.length - 1) : 0, colour));
  return made;
}
