/** How the points of a table are to look: what their colours mean, and their arrows. */

import { colourMap } from "./colourmaps.js";
import { describe, places } from "./quantities.js";
import { rgba } from "./render.js";
import { column } from "./table.js";

/**
 * What a caller says of points; names are those of the table's columns.
 *
 * @typedef {object} PointOptions
 * @property {string} [y]
 * @property {string} [x]
 * @property {string | null} [sigmaY]
 * @property {string | null} [sigmaX]
 * @property {string | null} [colourBy]
 * @property {string | null} [colourMap]  Chosen by the kind of quantity unless given.
 * @property {[number, number] | null} [range]  What the map's ends stand for.
 * @property {Uint8Array | null} [visible]  Rows that count are not zero.
 * @property {{y: string, x: string, scale?: number} | null} [vectors]  Arrows, in pixels of the image.
 * @property {boolean} [editable]  Whether columns may be added, deleted and moved; true unless given.
 * @property {string} [noun]  What a point is; "column" unless given.
 *
 * @typedef {object} Legend  What the colours mean.
 * @property {string} title
 * @property {import("./quantities.js").Quantity} quantity
 * @property {Uint32Array} palette
 */

const PLAIN = rgba(255, 176, 0);
const UNKNOWN_COLOUR = rgba(140, 140, 140);

const MAP_OF_KIND = { categories: "categories", signed: "blue-red", sequence: "blue-yellow" };

/** Maps from dark to bright, and the part at their dark end that dots do without. */
const RISING = ["grey", "blue-yellow", "heat"];
const LEFT_OUT = 0.3;

/** Arrows of this part of the points are no longer than the usual spacing, unless a scale is given. */
const SHORT_ARROWS = 0.95;

/** @type {WeakMap<Float64Array, import("./quantities.js").Quantity>} */
const described = new WeakMap();
/** @type {Map<string, Uint32Array>} Kept, for dots are drawn anew for another palette. */
const palettes = new Map();

/**
 * @param {import("./table.js").Table} table
 * @param {PointOptions} options
 * @param {number} spacing  Usual distance between points [px].
 * @returns {{look: import("./points.js").Look, legend: Legend | null}}
 */
export function lookOf(table, options, spacing) {
  const vectors = options.vectors ? vectorsOf(table, options.vectors, spacing) : null;
  if (!options.colourBy) {
    return { look: { places: null, palette: plainPalette(), vectors }, legend: null };
  }
  const values = column(table, options.colourBy);
  const quantity = quantityOf(values, options);
  const map = options.colourMap ?? MAP_OF_KIND[quantity.kind];
  const palette = paletteOf(map);
  const look = { places: places(values, quantity), palette, vectors };
  return { look, legend: { title: options.colourBy, quantity, palette } };
}

/**
 * @param {Float64Array} values
 * @param {PointOptions} options
 * @returns {import("./quantities.js").Quantity}
 */
function quantityOf(values, { colourMap: map, range }) {
  const found = described.get(values) ?? describe(values);
  described.set(values, found);
  const ordered = range || (map && map !== "categories");
  if (found.kind === "categories" && ordered) {
    return { kind: "sequence", range: range ?? found.range, categories: [] };
  }
  return range ? { ...found, range } : found;
}

function plainPalette() {
  const known = palettes.get("") ?? new Uint32Array(257).fill(PLAIN);
  palettes.set("", known);
  return known;
}

/**
 * The colours of a map, and that of what is not known. Maps from dark to bright begin where a dot
 * can be seen on a dark image.
 *
 * @param {string} map
 */
function paletteOf(map) {
  const known = palettes.get(map);
  if (known) return known;
  const colours = colourMap(map);
  const last = colours.length - 1;
  const first = RISING.includes(map) ? Math.round(LEFT_OUT * last) : 0;
  const palette = Uint32Array.from(colours, (_, i) => colours[first + Math.round((i / last) * (last - first))]);
  palettes.set(map, Uint32Array.of(...palette, UNKNOWN_COLOUR));
  return paletteOf(map);
}

/**
 * @param {import("./table.js").Table} table
 * @param {{y: string, x: string, scale?: number}} names
 * @param {number} spacing
 * @returns {import("./points.js").Vectors}
 */
function vectorsOf(table, names, spacing) {
  const [y, x] = [column(table, names.y), column(table, names.x)];
  if (names.scale !== undefined) return { y, x, scale: names.scale };
  const lengths = y.map((value, row) => Math.hypot(value, x[row])).filter(Number.isFinite).sort();
  const usual = lengths[Math.floor(SHORT_ARROWS * (lengths.length - 1))];
  return { y, x, scale: usual > 0 ? spacing / usual : 1 };
}
