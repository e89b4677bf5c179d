/**
 * What kind of quantity a column of a table is, and which place of a colour map each row gets.
 *
 * @typedef {"categories" | "signed" | "sequence"} Kind
 *   categories are few whole numbers, of which -1 means none; signed ones lie on both sides of zero
 *
 * @typedef {object} Quantity
 * @property {Kind} kind
 * @property {[number, number]} range what the ends of the colour map stand for
 * @property {number[]} categories the whole numbers in order; none for other kinds
 */

/** Place of a row whose value is not known, behind those of the colour map. */
export const UNKNOWN = 256;

/** More whole numbers than this are a quantity, not names. */
const MOST_CATEGORIES = 40;

/** A quantity is signed if its smaller side is at least this part of the larger. */
const LEAST_SIDE = 0.1;

/** The whole number of what belongs to no category. */
const NONE = -1;

/** Part of the values at either end that the range leaves out. */
const OUTLIERS = 0.01;

/**
 * Tell what kind of quantity values are, from the values alone.
 *
 * @param {Float64Array} values
 * @returns {Quantity}
 */
export function describe(values) {
  const known = values.filter(Number.isFinite).sort();
  const categories = wholeNumbers(known);
  if (categories) {
    const range = /** @type {[number, number]} */ ([categories[0], categories.at(-1)]);
    return { kind: "categories", range, categories };
  }
  const [low, high] = [quantile(known, OUTLIERS), quantile(known, 1 - OUTLIERS)];
  const [least, most] = [Math.min(-low, high), Math.max(-low, high)];
  if (least > 0 && least >= LEAST_SIDE * most) {
    return { kind: "signed", range: [-most, most], categories: [] };
  }
  return { kind: "sequence", range: [low, high], categories: [] };
}

/**
 * @param {Float64Array} sorted
 * @returns {number[] | null} null if they are not few whole numbers
 */
function wholeNumbers(sorted) {
  const found = [];
  for (let i = 0; i < sorted.length; i++) {
    if (!Number.isInteger(sorted[i])) return null;
    if (sorted[i] !== NONE && sorted[i] !== found.at(-1)) found.push(sorted[i]);
    if (found.length > MOST_CATEGORIES) return null;
  }
  return found.length ? found : null;
}

/**
 * @param {Float64Array} sorted
 * @param {number} part from 0 to 1
 * @returns {number}
 */
function quantile(sorted, part) {
  return sorted.length ? sorted[Math.round(part * (sorted.length - 1))] : 0;
}

/**
 * Place of every value in a colour map of 256; for categories, place in the list of them.
 *
 * @param {Float64Array} values
 * @param {Quantity} quantity
 * @returns {Uint16Array}
 */
export function places(values, quantity) {
  const result = new Uint16Array(values.length);
  if (quantity.kind === "categories") {
    const place = new Map(quantity.categories.map((category, i) => [category, i]));
    return result.map((_, row) => place.get(values[row]) ?? UNKNOWN);
  }
  const [low, high] = quantity.range;
  const scale = high === low ? 0 : 255 / (high - low);
  for (let row = 0; row < values.length; row++) {
    const place = (values[row] - low) * scale;
    result[row] = place >= 0 ? Math.min(Math.round(place), 255) : place < 0 ? 0 : UNKNOWN;
  }
  return result;
}
