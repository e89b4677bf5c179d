/** What a table says of a point, in words and rows. */

import { greyLevel } from "./format.js";
import { wordOf } from "./table.js";

/** A quantity's standard error stands in the column of this name before the quantity's own. */
const ERROR_PREFIX = "sigma_";

/** Digits of a standard error. */
const ERROR_DIGITS = 2;

/** Decimals of a position that was set by hand [px]. */
const HAND_DECIMALS = 2;

/**
 * Names and values of a point; a standard error stands beside its quantity.
 *
 * @param {import("./pointset.js").PointSet} points
 * @param {number} point
 * @returns {[string, string][]}
 */
export function numbersOf(points, point) {
  const { table, fields } = points;
  const { y, x } = points.position(point);
  /** @type {[string, string][]} */
  const byHand = [
    [fields.y, y.toFixed(HAND_DECIMALS)],
    [fields.x, x.toFixed(HAND_DECIMALS)],
  ];
  if (point >= table.rows) return [...byHand, ["", "added by hand: no standard error"]];
  const moved = points.outcome.moved.has(point);
  const { columns } = table;
  const shown = Object.keys(columns).filter(
    (name) => !isErrorOf(name, columns) && Number.isFinite(columns[name][point]),
  );
  const value = (/** @type {string} */ name) =>
    wordOf(table, name, columns[name][point]) ?? withError(columns, name, point);
  if (!moved) return shown.map((name) => [name, value(name)]);
  const others = shown.filter((name) => !isPosition(name));
  const rest = others.map((name) => /** @type {[string, string]} */ ([name, value(name)]));
  return [...byHand, ["", "moved by hand: no standard error"], ...rest];
}

/**
 * @param {string} name
 * @param {Record<string, Float64Array>} columns
 */
function isErrorOf(name, columns) {
  return name.startsWith(ERROR_PREFIX) && name.slice(ERROR_PREFIX.length) in columns;
}

/** @param {string} name */
function isPosition(name) {
  return /^[yx]_(px|nm)$/.test(name);
}

/**
 * @param {Record<string, Float64Array>} columns
 * @param {string} name
 * @param {number} row
 */
function withError(columns, name, row) {
  const value = columns[name][row];
  const error = columns[ERROR_PREFIX + name]?.[row];
  if (!(error > 0)) return greyLevel(value);
  const decimals = Math.min(Math.max(ERROR_DIGITS - 1 - Math.floor(Math.log10(error)), 0), 12);
  return `${value.toFixed(decimals)} ± ${error.toFixed(decimals)}`.replace("-", "−");
}
