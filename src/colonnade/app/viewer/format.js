/** Numbers and lengths as people read them. */

const SIGNIFICANT = 5; // digits of a grey level that is no whole number

/** @type {[number, string][]} Nanometres of a unit, the largest first. */
const UNITS = [
  [1e6, "mm"],
  [1e3, "µm"],
  [1, "nm"],
  [1e-3, "pm"],
];

/** @param {number | null} value */
export function greyLevel(value) {
  if (value === null) return "";
  if (Number.isNaN(value)) return "no value";
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return signed(String(value));
  const size = Math.abs(value);
  const plain = size >= 1e-3 && size < 1e7;
  return signed(plain ? String(Number(value.toPrecision(SIGNIFICANT))) : exponent(value));
}

/**
 * A length with its unit, in no more digits than it has.
 *
 * @param {number} nanometres
 */
export function length(nanometres) {
  const [size, unit] = unitFor(nanometres);
  return `${signed(String(Number((nanometres / size).toPrecision(4))))} ${unit}`;
}

/**
 * The unit in which a length reads well, and its nanometres.
 *
 * @param {number} nanometres
 * @returns {[number, string]}
 */
export function unitFor(nanometres) {
  const size = Math.abs(nanometres) * (1 + 1e-9);
  return UNITS.find(([unit]) => size >= unit) ?? UNITS[UNITS.length - 1];
}

/**
 * A position in decimals that a pixel justifies.
 *
 * @param {number} value
 * @param {number} decimals
 */
export function fixed(value, decimals) {
  return signed(value.toFixed(decimals));
}

/** @param {number} value */
function exponent(value) {
  return value.toExponential(SIGNIFICANT - 1).replace(/\.?0+e/, "e").replace("e+", "e");
}

/** @param {string} text */
function signed(text) {
  return text.replaceAll("-", "−");
}
