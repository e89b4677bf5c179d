/** Grey levels of the original pixels along a line. */

/**
 * A part of an image in memory.
 *
 * @typedef {object} Patch
 * @property {number} y0  Row of its first pixel.
 * @property {number} x0
 * @property {number} height
 * @property {number} width
 * @property {Float64Array} values  NaN where the image has no pixel.
 *
 * @typedef {import("./pointset.js").Position} Position
 *
 * @typedef {object} Profile
 * @property {Float64Array} distance  From the line's start: in nm where the pixel size is known, else px.
 * @property {Float64Array} value  Grey levels; NaN where the line leaves the image.
 * @property {"nm" | "px"} unit
 */

/** A profile of a long line has at most so many samples, and its pixels fit into memory. */
const MOST_SAMPLES = 4096;

/** Samples to a pixel: between them the grey level is interpolated. */
const SAMPLES_PER_PX = 2;

/**
 * Read the pixels of a part of the image from its tiles.
 *
 * @param {import("./types.js").Source} source
 * @param {{axis: string, plane: number}} where
 * @param {import("./pick.js").Box} box  In pixels; every pixel that it touches is read.
 * @param {AbortSignal} signal
 * @returns {Promise<Patch>}
 */
export async function readPatch(source, { axis, plane }, box, signal) {
  const [rows, columns] = source.manifest.axes[axis].shape;
  const [y0, x0] = [Math.max(0, Math.floor(box.y0)), Math.max(0, Math.floor(box.x0))];
  const height = Math.max(0, Math.min(rows - 1, Math.ceil(box.y1)) - y0 + 1);
  const width = Math.max(0, Math.min(columns - 1, Math.ceil(box.x1)) - x0 + 1);
  const patch = { y0, x0, height, width, values: new Float64Array(height * width).fill(NaN) };
  const side = source.manifest.tile;
  const last = { row: (y0 + height - 1) / side, column: (x0 + width - 1) / side };
  const wanted = [];
  for (let row = Math.floor(y0 / side); row <= last.row; row++) {
    for (let col = Math.floor(x0 / side); col <= last.column; col++) {
      const tile = source.tile(axis, plane, 0, row, col, signal);
      wanted.push(tile.then((pixels) => copyTile(patch, pixels, row * side, col * side)));
    }
  }
  await Promise.all(wanted);
  return patch;
}

/**
 * @param {Patch} patch
 * @param {import("./types.js").Tile} tile
 * @param {number} top  Row of the tile's first pixel.
 * @param {number} left
 */
function copyTile({ y0, x0, height, width, values }, { data, shape }, top, left) {
  const from = Math.max(x0, left);
  const to = Math.min(x0 + width, left + shape[1]);
  for (let y = Math.max(y0, top); y < Math.min(y0 + height, top + shape[0]); y++) {
    const source = (y - top) * shape[1] - left;
    values.set(data.subarray(source + from, source + to), (y - y0) * width + from - x0);
  }
}

/**
 * Grey level between pixels, NaN beyond the centres of the outermost ones.
 *
 * @param {Patch} patch
 * @param {number} y
 * @param {number} x
 * @returns {number}
 */
export function interpolated({ y0, x0, height, width, values }, y, x) {
  const [i, j] = [Math.floor(y) - y0, Math.floor(x) - x0];
  const [v, u] = [y - Math.floor(y), x - Math.floor(x)];
  const at = (/** @type {number} */ row, /** @type {number} */ column) =>
    row >= 0 && column >= 0 && row < height && column < width ? values[row * width + column] : NaN;
  // A weight of zero asks for no pixel: the last row has none below it.
  const along = (/** @type {number} */ row) =>
    u === 0 ? at(row, j) : (1 - u) * at(row, j) + u * at(row, j + 1);
  return v === 0 ? along(i) : (1 - v) * along(i) + v * along(i + 1);
}

/**
 * The box around a line, for `readPatch`.
 *
 * @param {Position} from
 * @param {Position} to
 * @returns {import("./pick.js").Box}
 */
export function boxAround(from, to) {
  return {
    y0: Math.min(from.y, to.y),
    y1: Math.max(from.y, to.y),
    x0: Math.min(from.x, to.x),
    x1: Math.max(from.x, to.x),
  };
}

/**
 * Grey levels along a line.
 *
 * @param {Patch} patch
 * @param {Position} from
 * @param {Position} to
 * @param {[number, number] | null} pixelSize  (y, x) in nm.
 * @returns {Profile}
 */
export function profileAlong(patch, from, to, pixelSize) {
  const [dy, dx] = [to.y - from.y, to.x - from.x];
  const steps = Math.ceil(Math.hypot(dy, dx) * SAMPLES_PER_PX);
  const count = Math.min(Math.max(steps, 1), MOST_SAMPLES);
  const [sizeY, sizeX] = pixelSize ?? [1, 1];
  const length = Math.hypot(dy * sizeY, dx * sizeX);
  const distance = new Float64Array(count + 1);
  const value = new Float64Array(count + 1);
  for (let i = 0; i <= count; i++) {
    const part = i / count;
    distance[i] = part * length;
    value[i] = interpolated(patch, from.y + part * dy, from.x + part * dx);
  }
  return { distance, value, unit: pixelSize ? "nm" : "px" };
}
