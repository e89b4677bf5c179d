/** A small chart of profiles. */

/**
 * @typedef {object} Trace
 * @property {string} name
 * @property {Float64Array} distance
 * @property {Float64Array} value
 */

import { element } from "./dom.js";
import { greyLevel } from "./format.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const WIDTH_PX = 216;
const HEIGHT_PX = 96;

/**
 * @param {Trace[]} traces
 * @param {string} unit  Of the distance.
 * @returns {HTMLElement}
 */
export function drawChart(traces, unit) {
  const values = traces.flatMap((trace) => [...trace.value].filter(Number.isFinite));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!values.length) return element("p", { class: "quiet" }, "The line lies outside the image.");
  const length = Math.max(...traces.map((trace) => trace.distance[trace.distance.length - 1]));
  const words = `Grey levels from ${greyLevel(low)} to ${greyLevel(high)} along ${brief(length)} ${unit}`;
  const svg = svgElement("svg", { viewBox: `0 0 ${WIDTH_PX} ${HEIGHT_PX}`, role: "img", "aria-label": words });
  for (const [i, trace] of traces.entries()) {
    svg.append(svgElement("path", { class: `trace trace-${i}`, d: pathOf(trace, length, low, high) }));
  }
  const names = traces.length > 1 ? traces.map((trace, i) => key(trace.name, i)) : [];
  const ends = element("div", { class: "ends" }, element("span", {}, "0"), ...names);
  ends.append(element("span", {}, `${brief(length)} ${unit}`));
  const levels = element("div", { class: "ends" }, `${greyLevel(low)} to ${greyLevel(high)}`);
  return element("figure", { class: "chart" }, levels, svg, ends);
}

/**
 * @param {string} name
 * @param {number} place
 */
function key(name, place) {
  return element("span", { class: `key key-${place}` }, name);
}

/**
 * @param {Trace} trace
 * @param {number} length
 * @param {number} low
 * @param {number} high
 * @returns {string} The path; it is broken where there is no value.
 */
function pathOf({ distance, value }, length, low, high) {
  const height = high > low ? (HEIGHT_PX - 2) / (high - low) : 0;
  let path = "";
  let drawing = false;
  for (let i = 0; i < value.length; i++) {
    const known = Number.isFinite(value[i]);
    const x = (distance[i] / length) * WIDTH_PX;
    const y = HEIGHT_PX - 1 - (value[i] - low) * height;
    if (known) path += `${drawing ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`;
    drawing = known;
  }
  return path;
}

/** @param {number} value */
function brief(value) {
  return String(Number(value.toPrecision(3)));
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 */
function svgElement(tag, attributes) {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
