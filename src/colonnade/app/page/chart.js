/** Small drawings: a histogram, and points over an axis. */

import { s } from "./dom.js";
import { brief } from "./text.js";

/**
 * Count finite values in equal steps.
 *
 * @param {ArrayLike<number>} values
 * @param {number} steps
 * @param {[number, number] | null} [range]
 * @returns {{counts: number[], first: number, last: number}}
 */
export function histogram(values, steps, range = null) {
  const [first, last] = range ?? extent(values);
  const counts = new Array(steps).fill(0);
  const width = (last - first) / steps || 1;
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] >= first && values[i] <= last)) continue;
    counts[Math.min(steps - 1, Math.floor((values[i] - first) / width))] += 1;
  }
  return { counts, first, last };
}

/**
 * @param {ArrayLike<number>} values
 * @returns {[number, number]}
 */
export function extent(values) {
  let [first, last] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    first = Math.min(first, values[i]);
    last = Math.max(last, values[i]);
  }
  return first <= last ? [first, last] : [0, 1];
}

/**
 * Draw a histogram; bars left of `from` are pale.
 *
 * @param {{counts: number[], first: number, last: number}} bars
 * @param {{label: string, from?: number, log?: boolean, ends?: boolean}} how
 * @returns {SVGElement}
 */
export function drawHistogram(bars, { label, from = -Infinity, log = false, ends = true }) {
  const { counts, first, last } = bars;
  const height = log ? (/** @type {number} */ n) => Math.log1p(n) : (/** @type {number} */ n) => n;
  const most = Math.max(...counts.map(height), 1e-9);
  const [width, tall] = [counts.length * 4, 60];
  const step = (last - first) / counts.length;
  const drawn = counts.map((count, place) => {
    const high = (height(count) / most) * tall;
    const pale = first + (place + 1) * step <= from;
    return s("rect", { x: place * 4, y: tall - high, width: 3.4, height: high, class: pale ? "bar pale" : "bar" });
  });
  const picture = s("svg", { viewBox: `0 0 ${width} ${tall}`, preserveAspectRatio: "none", class: "histogram", role: "img", "aria-label": label }, ...drawn);
  if (!ends) return picture;
  return /** @type {any} */ (withEnds(picture, first, last));
}

/**
 * @param {SVGElement} picture
 * @param {number} first
 * @param {number} last
 */
function withEnds(picture, first, last) {
  const figure = document.createElement("div");
  figure.className = "charted";
  const ends = document.createElement("p");
  ends.className = "ends";
  for (const end of [first, last]) {
    const text = document.createElement("span");
    text.textContent = brief(end, 3);
    ends.append(text);
  }
  figure.append(picture, ends);
  return figure;
}

/** Numbers nearer to each other than this cannot be read [units of the drawing]. */
const APART = 10;

/**
 * Draw points, with a band of what is as it should be.
 *
 * @param {number[]} xs
 * @param {number[]} ys
 * @param {{label: string, band: [number, number], x: string, y: string}} how
 * @returns {SVGElement}
 */
export function drawPoints(xs, ys, { label, band, x, y }) {
  const [width, tall, left, bottom] = [300, 130, 34, 30];
  const [x0, x1] = extent(xs);
  const top = Math.max(extent(ys)[1], band[1]) * 1.15;
  const across = (/** @type {number} */ value) => left + ((value - x0) / (x1 - x0 || 1)) * (width - left - 8);
  const up = (/** @type {number} */ value) => tall - bottom - (value / top) * (tall - bottom - 8);
  /** @param {number} value */
  const tick = (value) => s("text", { x: left - 5, y: up(value) + 3.5, "text-anchor": "end" }, brief(value, 2));
  return s(
    "svg",
    { viewBox: `0 0 ${width} ${tall}`, class: "points", role: "img", "aria-label": label },
    s("rect", { class: "band", x: left, y: up(band[1]), width: width - left - 8, height: up(band[0]) - up(band[1]) }),
    s("path", { class: "axis", d: `M${left} 8V${tall - bottom}H${width - 8}` }),
    ...xs.map((value, place) => s("circle", { cx: across(value), cy: up(ys[place]), r: 2 })),
    up(0) - up(1) > APART ? tick(0) : null,
    tick(1),
    top > 3 ? tick(Number(extent(ys)[1].toPrecision(2))) : null,
    s("text", { x: left, y: tall - bottom + 12, "text-anchor": "middle" }, brief(x0, 3)),
    s("text", { x: width - 8, y: tall - bottom + 12, "text-anchor": "end" }, brief(x1, 3)),
    s("text", { x: (width + left) / 2, y: tall - 3, "text-anchor": "middle" }, x),
    s("text", { x: 10, y: (tall - bottom) / 2, "text-anchor": "middle", transform: `rotate(-90 10 ${(tall - bottom) / 2})` }, y),
  );
}
