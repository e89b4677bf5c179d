/**
 * Which points are near: a grid over them, each cell with the rows that lie in it.
 *
 * @typedef {object} Index
 * @property {Float64Array} y
 * @property {Float64Array} x
 * @property {number} top position of the grid's first edge along y
 * @property {number} left position of the grid's first edge along x
 * @property {number} cell side of a cell [px]
 * @property {number} down cells along y
 * @property {number} across cells along x
 * @property {Uint32Array} starts where each cell begins in `order`; one more than there are cells
 * @property {Uint32Array} order rows by cell; those without a position are left out
 *
 * @typedef {{y0: number, x0: number, y1: number, x1: number}} Box its edges belong to it
 *
 * @typedef {(row: number) => boolean} Accept
 */

const POINTS_PER_CELL = 8;

/** Taken for the spacing where there is one point only [px]. */
const SPACING_OF_ONE_PX = 20;

/**
 * Build the index of points.
 *
 * @param {Float64Array} y
 * @param {Float64Array} x
 * @returns {Index}
 */
export function buildIndex(y, x) {
  const { box, count } = extent(y, x);
  const [tall, wide] = [box.y1 - box.y0, box.x1 - box.x0];
  const longest = Math.max(tall, wide, 1e-9);
  // Points on a line or on one spot would want cells without end.
  const cell = Math.max(
    Math.sqrt((tall * wide * POINTS_PER_CELL) / Math.max(count, 1)),
    (longest * POINTS_PER_CELL) / Math.max(count, POINTS_PER_CELL),
  );
  const down = Math.floor(tall / cell) + 1;
  const across = Math.floor(wide / cell) + 1;
  const grid = { y, x, top: box.y0, left: box.x0, cell, down, across };
  return { ...grid, ...sortIntoCells(grid) };
}

/**
 * @param {Float64Array} y
 * @param {Float64Array} x
 * @returns {{box: Box, count: number}} where the points lie, and how many have a position
 */
function extent(y, x) {
  const box = { y0: Infinity, x0: Infinity, y1: -Infinity, x1: -Infinity };
  let count = 0;
  for (let row = 0; row < y.length; row++) {
    if (!Number.isFinite(y[row]) || !Number.isFinite(x[row])) continue;
    count++;
    box.y0 = Math.min(box.y0, y[row]);
    box.y1 = Math.max(box.y1, y[row]);
    box.x0 = Math.min(box.x0, x[row]);
    box.x1 = Math.max(box.x1, x[row]);
  }
  return count ? { box, count } : { box: { y0: 0, x0: 0, y1: 0, x1: 0 }, count };
}

/**
 * @param {Omit<Index, "starts" | "order">} grid
 * @returns {{starts: Uint32Array, order: Uint32Array}}
 */
function sortIntoCells(grid) {
  const { y, x, top, left, cell, down, across } = grid;
  const starts = new Uint32Array(down * across + 1);
  const cells = new Int32Array(y.length).fill(-1);
  for (let row = 0; row < y.length; row++) {
    if (!Number.isFinite(y[row]) || !Number.isFinite(x[row])) continue;
    cells[row] = Math.floor((y[row] - top) / cell) * across + Math.floor((x[row] - left) / cell);
    starts[cells[row] + 1]++;
  }
  for (let i = 1; i < starts.length; i++) starts[i] += starts[i - 1];
  const order = new Uint32Array(starts[starts.length - 1]);
  const next = starts.slice();
  for (let row = 0; row < y.length; row++) if (cells[row] >= 0) order[next[cells[row]]++] = row;
  return { starts, order };
}

/**
 * Stretches of `index.order` that hold every point of a box, and some around it.
 *
 * @param {Index} index
 * @param {Box} box
 * @returns {[number, number][]} from the first to before the last
 */
export function spans(index, box) {
  const { top, left, cell, down, across, starts } = index;
  const first = Math.max(0, Math.floor((box.y0 - top) / cell));
  const last = Math.min(down - 1, Math.floor((box.y1 - top) / cell));
  const from = Math.max(0, Math.floor((box.x0 - left) / cell));
  const to = Math.min(across - 1, Math.floor((box.x1 - left) / cell));
  /** @type {[number, number][]} */
  const found = [];
  if (from > to) return found;
  for (let i = first; i <= last; i++) {
    found.push([starts[i * across + from], starts[i * across + to + 1]]);
  }
  return found;
}

/**
 * Rows of the points in a box, in no order.
 *
 * @param {Index} index
 * @param {Box} box
 * @param {Accept} accept which rows count at all
 * @returns {number[]}
 */
export function rowsIn(index, box, accept = () => true) {
  const { y, x, order } = index;
  const found = [];
  for (const [from, to] of spans(index, box)) {
    for (let k = from; k < to; k++) {
      const row = order[k];
      const inside =
        y[row] >= box.y0 && y[row] <= box.y1 && x[row] >= box.x0 && x[row] <= box.x1;
      if (inside && accept(row)) found.push(row);
    }
  }
  return found;
}

/**
 * Row of the point nearest to a position, or null if none is within reach.
 *
 * @param {Index} index
 * @param {{y: number, x: number}} at
 * @param {{y: number, x: number}} reach along each axis: pixels need not be square
 * @param {Accept} accept which rows may be found
 * @returns {number | null}
 */
export function nearest(index, at, reach, accept = () => true) {
  const box = { y0: at.y - reach.y, y1: at.y + reach.y, x0: at.x - reach.x, x1: at.x + reach.x };
  const { y, x, order } = index;
  /** @type {number | null} */
  let best = null;
  let least = 1;
  for (const [from, to] of spans(index, box)) {
    for (let k = from; k < to; k++) {
      const row = order[k];
      const distance = ((y[row] - at.y) / reach.y) ** 2 + ((x[row] - at.x) / reach.x) ** 2;
      if (distance <= least && accept(row)) [best, least] = [row, distance];
    }
  }
  return best;
}

/**
 * Distance between points if they lay on a square lattice over the same ground [px].
 *
 * @param {Index} index
 * @returns {number}
 */
export function usualSpacing(index) {
  const { y, x } = index;
  const { box, count } = extent(y, x);
  const [tall, wide] = [box.y1 - box.y0, box.x1 - box.x0];
  if (count < 2 || tall + wide === 0) return SPACING_OF_ONE_PX;
  // So many points, `spacing` apart, reach over (tall + spacing) (wide + spacing).
  const sum = tall + wide;
  return (sum + Math.sqrt(sum ** 2 + 4 * (count - 1) * tall * wide)) / (2 * (count - 1));
}
