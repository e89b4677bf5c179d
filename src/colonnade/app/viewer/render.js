/** Grey levels to colours, on the CPU: typed arrays through a lookup table into RGBA words. */

/** @typedef {import("./types.js").Contrast} Contrast */
/** @typedef {import("./types.js").Pixels} Pixels */

const STEPS = 1024; // of the table for grey levels that are too many to list
const CONSTANT_MARGIN = 1e-6; // of the level itself, around an image of one level only

/**
 * Two shades that alternate in diagonal stripes where an image has no value.
 */
const HATCH = new Uint32Array([rgba(128, 128, 128), rgba(168, 168, 168)]);
const HATCH_WIDTH = 4; // device pixels

/**
 * @param {number} red
 * @param {number} green
 * @param {number} blue
 */
export function rgba(red, green, blue) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * The limits of a contrast, apart even where an image is constant or they are given in reverse.
 *
 * @param {Contrast} contrast
 * @returns {[number, number]}
 */
export function limits({ low, high }) {
  if (high > low) return [low, high];
  const margin = Math.abs(low) * CONSTANT_MARGIN || CONSTANT_MARGIN;
  return [low - margin, low + margin];
}

/** What turns grey levels of any type into colours, for one contrast and colour map. */
export class Palette {
  /** @type {Map<string, Uint32Array>} */
  #byType = new Map();

  /**
   * @param {Contrast} contrast
   * @param {Uint32Array} colours  Of a colour map, from its low end to its high one.
   */
  constructor(contrast, colours) {
    const [low, high] = limits(contrast);
    this.low = low;
    this.high = high;
    this.scale = Math.min(STEPS / (high - low), Number.MAX_VALUE);
    this.table = table(contrast, colours);
  }

  /**
   * @param {number} value
   * @returns {number} An RGBA word.
   */
  colour(value) {
    return this.table[step((value - this.low) * this.scale)];
  }

  /**
   * A colour for every level there can be, where those are few.
   *
   * @param {Pixels} data
   * @returns {{words: Uint32Array, first: number} | null}
   */
  listed(data) {
    const first = data instanceof Int8Array ? -(2 ** 7) : data instanceof Int16Array ? -(2 ** 15) : 0;
    if (data.BYTES_PER_ELEMENT > 2) return null;
    const key = data.constructor.name;
    let words = this.#byType.get(key);
    if (!words) {
      words = new Uint32Array(2 ** (8 * data.BYTES_PER_ELEMENT));
      for (let i = 0; i < words.length; i++) words[i] = this.colour(i + first);
      this.#byType.set(key, words);
    }
    return { words, first };
  }
}

/**
 * @param {Contrast} contrast
 * @param {Uint32Array} colours
 */
function table({ gamma, invert }, colours) {
  const words = new Uint32Array(STEPS);
  for (let i = 0; i < STEPS; i++) {
    const bright = (i / (STEPS - 1)) ** gamma;
    const along = invert ? 1 - bright : bright;
    words[i] = colours[Math.round(along * (colours.length - 1))];
  }
  return words;
}

/** @param {number} position */
function step(position) {
  return position >= STEPS ? STEPS - 1 : position > 0 ? position | 0 : 0;
}

/**
 * Where the pixels of the screen are taken from: for every column (or row) of a canvas the column
 * (or row) of a level of an image that lies under its middle, -1 outside the image.
 *
 * @param {number} length  Of the canvas, in device pixels.
 * @param {number} start  Where its edge lies, in image pixels from the outer edge of the first one.
 * @param {number} pace  Image pixels per device pixel.
 * @param {number} size  Of the image.
 * @param {number} factor  Image pixels in a pixel of the level.
 */
export function lookups(length, start, pace, size, factor) {
  const indices = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const position = start + (i + 0.5) * pace;
    indices[i] = position >= 0 && position < size ? Math.floor(position / factor) : -1;
  }
  return indices;
}

/**
 * How the pixels of the screen are mixed from the two of a tile that lie nearest to each, along one
 * direction: for a canvas' columns (or rows) the indices in the tile and how much is of the second.
 *
 * @param {[number, number]} run  Of the canvas, from and to.
 * @param {(i: number) => number} position  In the level, of a canvas pixel's middle, 0 a pixel's middle.
 * @param {number} corner  Of the tile.
 * @param {number} size  Of the tile.
 */
export function mixture([from, to], position, corner, size) {
  const first = new Int32Array(to - from);
  const second = new Int32Array(to - from);
  const share = new Float32Array(to - from);
  for (let i = 0; i < to - from; i++) {
    const at = Math.min(Math.max(position(i + from) - corner, 0), size - 1);
    first[i] = Math.floor(at);
    second[i] = Math.min(first[i] + 1, size - 1);
    share[i] = at - first[i];
  }
  return { first, second, share };
}

/**
 * The run of positions, between `from` and `to`, whose indices lie in [first, last).
 *
 * @param {Int32Array} indices  Rising, -1 outside.
 * @param {number} from
 * @param {number} to
 * @param {number} first
 * @param {number} last
 * @returns {[number, number]}
 */
export function run(indices, from, to, first, last) {
  let start = from;
  while (start < to && indices[start] < first) start++;
  let end = start;
  while (end < to && indices[end] >= first && indices[end] < last) end++;
  return [start, end];
}

/**
 * Draws a part of a tile into a canvas' pixels.
 *
 * @param {object} part
 * @param {Uint32Array} part.words  The canvas, RGBA, row after row.
 * @param {number} part.width  Its columns.
 * @param {[number, number]} part.rows  Rows of the canvas to draw, from and to.
 * @param {[number, number]} part.columns
 * @param {Int32Array} part.rowOf  Row of the image, at the tile's level, for each row of the canvas.
 * @param {Int32Array} part.columnOf
 * @param {import("./types.js").Tile} part.tile
 * @param {[number, number]} part.corner  Row and column of the tile's first pixel.
 * @param {Palette} part.palette
 * @param {boolean} part.hatch  Whether pixels without a value are hatched, or left as they are.
 */
export function drawPart(part) {
  const { words, width, rows, columns, rowOf, columnOf, tile, corner, palette, hatch } = part;
  const listed = palette.listed(tile.data);
  let drawn = -1; // the row of the tile that the row above shows
  for (let y = rows[0]; y < rows[1]; y++) {
    const start = y * width;
    const row = rowOf[y];
    if (row === drawn && listed) {
      words.copyWithin(start + columns[0], start - width + columns[0], start - width + columns[1]);
      continue;
    }
    drawn = row;
    const from = (row - corner[0]) * tile.shape[1] - corner[1];
    if (listed) drawListed(words, start, columns, columnOf, tile.data, from, listed);
    else drawScaled(words, start, columns, columnOf, tile.data, from, palette, hatch ? y : -1);
  }
}

/**
 * @param {Uint32Array} words
 * @param {number} start
 * @param {[number, number]} columns
 * @param {Int32Array} columnOf
 * @param {Pixels} data
 * @param {number} from
 * @param {{words: Uint32Array, first: number}} listed
 */
function drawListed(words, start, columns, columnOf, data, from, listed) {
  const colours = listed.words;
  const base = listed.first;
  for (let x = columns[0]; x < columns[1]; x++) {
    words[start + x] = colours[data[from + columnOf[x]] - base];
  }
}

/**
 * @param {Uint32Array} words
 * @param {number} start
 * @param {[number, number]} columns
 * @param {Int32Array} columnOf
 * @param {Pixels} data
 * @param {number} from
 * @param {Palette} palette
 * @param {number} y  Row of the canvas, for the hatching; -1 for none.
 */
function drawScaled(words, start, columns, columnOf, data, from, palette, y) {
  const { low, scale, table: colours } = palette;
  for (let x = columns[0]; x < columns[1]; x++) {
    const value = data[from + columnOf[x]];
    if (value === value) words[start + x] = colours[step((value - low) * scale)];
    else if (y >= 0) words[start + x] = HATCH[((x + y) / HATCH_WIDTH) & 1];
  }
}

/**
 * Draws a part of a tile as `drawPart` does, each pixel mixed from the four that lie nearest.
 *
 * @param {object} part
 * @param {Uint32Array} part.words
 * @param {number} part.width
 * @param {[number, number]} part.rows
 * @param {[number, number]} part.columns
 * @param {ReturnType<typeof mixture>} part.down
 * @param {ReturnType<typeof mixture>} part.right
 * @param {import("./types.js").Tile} part.tile
 * @param {Palette} part.palette
 * @param {boolean} part.hatch
 */
export function drawSmoothPart({ words, width, rows, columns, down, right, tile, palette, hatch }) {
  const { data, shape } = tile;
  const { low, scale, table: colours } = palette;
  const { first, second, share } = right;
  for (let y = rows[0]; y < rows[1]; y++) {
    const upper = down.first[y - rows[0]] * shape[1];
    const lower = down.second[y - rows[0]] * shape[1];
    const below = down.share[y - rows[0]];
    const start = y * width + columns[0];
    for (let i = 0; i < first.length; i++) {
      const a = data[upper + first[i]];
      const b = data[lower + first[i]];
      const left = a + below * (b - a);
      const c = data[upper + second[i]];
      const d = data[lower + second[i]];
      const value = left + share[i] * (c + below * (d - c) - left);
      if (value === value) words[start + i] = colours[step((value - low) * scale)];
      else if (hatch) words[start + i] = HATCH[((columns[0] + i + y) / HATCH_WIDTH) & 1];
    }
  }
}
