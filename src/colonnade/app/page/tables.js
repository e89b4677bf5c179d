/** The numbers of results: fetched once, and what of them counts at a threshold. */

import { table } from "./api.js";

/** @typedef {import("./types.js").Table} Table */
/** @typedef {import("./looks.js").Look} Look */

/** @type {Map<string, Promise<Table>>} */
const fetched = new Map();

/**
 * @param {string} job
 * @param {number} index
 * @returns {Promise<Table>}
 */
export function tableOf(job, index) {
  const key = `${job} ${index}`;
  let wanted = fetched.get(key);
  if (!wanted) {
    wanted = table(job, index);
    wanted.catch(() => fetched.delete(key));
    fetched.set(key, wanted);
  }
  return wanted;
}

/**
 * Places that are not to be believed, as a table of the image that is shown.
 *
 * @param {import("./findings.js").Feature[]} features
 * @param {[number, number]} scale  pixels of that image per pixel in which the places are given
 * @returns {Table | null}
 */
export function placesOf(features, [up, across]) {
  if (!features.length) return null;
  /** @param {(feature: import("./findings.js").Feature) => number} value */
  const column = (value) => Float64Array.from(features, value);
  const stack = features.some(({ z_px: z }) => z !== undefined);
  return {
    rows: features.length,
    columns: {
      y_px: column(({ y_px: y }) => (y + 0.5) * up - 0.5),
      x_px: column(({ x_px: x }) => (x + 0.5) * across - 0.5),
      evidence: column(({ evidence }) => evidence),
      ...(stack ? { frame: column(({ z_px: z }) => z ?? 0) } : {}),
    },
  };
}

/**
 * Which rows count: those whose score reaches the threshold and those that were moved by hand; of a
 * volume, where a plane is given, those that it cuts.
 *
 * @param {Table} table
 * @param {number | null} threshold
 * @param {{plane?: number, edits?: import("./types.js").Edit[]}} [also]
 * @returns {Uint8Array | null} null where all rows do
 */
export function visible(table, threshold, { plane, edits = [] } = {}) {
  const { score } = table.columns;
  const within = plane === undefined ? null : cutBy(table, plane);
  const least = score && threshold !== null ? threshold : null;
  if (least === null && !within) return null;
  const moved = new Set(edits.flatMap((edit) => (edit.op === "move" ? [edit.row] : [])));
  const mask = new Uint8Array(table.rows);
  for (let row = 0; row < table.rows; row++) {
    const counts = least === null || score[row] >= least || moved.has(row);
    mask[row] = counts && (within === null || within(row)) ? 1 : 0;
  }
  return mask;
}

/**
 * @param {Table} table
 * @param {number} plane
 * @returns {((row: number) => boolean) | null} null where rows are of no plane
 */
function cutBy({ columns: { z_px: z, diameter_px: diameter } }, plane) {
  if (z) return (row) => Math.abs(z[row] - plane) <= Math.max(0.5, (diameter?.[row] ?? 0) / 2);
  return null;
}

/**
 * How many rows count, and what was changed by hand.
 *
 * @param {Table} table
 * @param {Uint8Array | null} mask
 * @param {import("./types.js").Edit[]} edits
 * @returns {{count: number, added: number, moved: number, deleted: number}}
 */
export function counts(table, mask, edits) {
  const added = edits.filter(({ op }) => op === "add").length;
  const moved = edits.filter(({ op }) => op === "move").length;
  const gone = edits.filter((edit) => edit.op === "delete" && (mask?.[edit.row] ?? 1));
  const shown = mask ? mask.reduce((sum, value) => sum + value, 0) : table.rows;
  return { count: shown - gone.length + added, added, moved, deleted: gone.length };
}

/**
 * The rows that count, in the order of a column.
 *
 * @param {Table} table
 * @param {Uint8Array | null} mask
 * @param {{column: string, down: boolean}} order
 * @param {Set<number>} gone
 * @returns {number[]}
 */
export function ordered(table, mask, order, gone) {
  const rows = [];
  for (let row = 0; row < table.rows; row++) if ((mask?.[row] ?? 1) && !gone.has(row)) rows.push(row);
  const values = table.columns[order.column];
  if (!values) return rows;
  const sign = order.down ? -1 : 1;
  return rows.sort((a, b) => compare(values[a], values[b], sign));
}

/**
 * Numbers by size, what is unknown last.
 *
 * @param {number} a
 * @param {number} b
 * @param {number} sign
 */
function compare(a, b, sign) {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  return Number.isNaN(b) ? -1 : sign * (a - b);
}
