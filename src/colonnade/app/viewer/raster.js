/**
 * A picture of dots and lines in memory, faster by far than paths on a canvas.
 *
 * A dot is drawn once for each colour and each of a few places within a pixel, and then copied.
 * Colours are 32 bit words of ImageData on a little-endian machine: alpha, blue, green, red.
 *
 * @typedef {object} Raster
 * @property {Uint32Array} pixels
 * @property {number} width
 * @property {number} height
 * @property {ImageData} image the same memory
 *
 * @typedef {object} Stamps
 * @property {Uint32Array} colours
 * @property {number} radius
 * @property {number} rim
 * @property {number} width  Of the pictures that they are for.
 * @property {number} reach  Pixels of a stamp to each side of the one that holds the dot's centre.
 * @property {Shape[]} shapes  By place within a pixel.
 * @property {(Uint32Array | undefined)[]} made  Their pixels by colour and place within a pixel.
 *
 * @typedef {object} Shape  The pixels that a dot covers.
 * @property {number} opaque  How many it covers fully; they come first.
 * @property {Int32Array} offsets  From the pixel of its centre to each in memory.
 * @property {number[]} down  The same as rows and columns.
 * @property {number[]} right
 * @property {Float64Array} fill  Part that is of the dot's colour; the rest is the rim's.
 * @property {Float64Array} alpha
 */

/** Places of a dot within a pixel along each axis: an eighth of a pixel off is not seen. */
const PHASES = 4;

/** A dark rim keeps a dot visible on a bright image. */
const RIM_ALPHA = 0.7;

/** Pixels that a dot covers less than this are left. */
const LEAST_ALPHA = 0.04;

/**
 * An empty picture.
 *
 * @param {number} width
 * @param {number} height
 * @returns {Raster}
 */
export function makeRaster(width, height) {
  const image = new ImageData(width, height);
  return { pixels: new Uint32Array(image.data.buffer), width, height, image };
}

/**
 * Stamps of dots of a radius, none of them coloured yet.
 *
 * @param {Uint32Array} colours
 * @param {number} radius  [px]
 * @param {number} rim  Width of the rim around the dot [px].
 * @param {number} width  Of the picture [px].
 * @returns {Stamps}
 */
export function makeStamps(colours, radius, rim, width) {
  const reach = Math.ceil(radius + rim + 0.5);
  const shapes = Array.from({ length: PHASES * PHASES }, (_, phase) =>
    shapeOf(phase, radius, rim, reach, width),
  );
  return { colours, radius, rim, width, reach, shapes, made: [] };
}

/**
 * @param {number} phase
 * @param {number} radius
 * @param {number} rim
 * @param {number} reach
 * @param {number} width
 * @returns {Shape}
 */
function shapeOf(phase, radius, rim, reach, width) {
  const [y, x] = [(Math.floor(phase / PHASES) + 0.5) / PHASES, ((phase % PHASES) + 0.5) / PHASES];
  const covered = [];
  for (let down = -reach; down <= reach; down++) {
    for (let right = -reach; right <= reach; right++) {
      const distance = Math.hypot(down + 0.5 - y, right + 0.5 - x);
      const fill = coverage(radius - distance);
      const alpha = fill + RIM_ALPHA * (coverage(radius + rim - distance) - fill);
      if (alpha >= LEAST_ALPHA) covered.push({ down, right, fill: fill / alpha, alpha });
    }
  }
  covered.sort((a, b) => b.alpha - a.alpha);
  return {
    opaque: covered.filter(({ alpha }) => alpha === 1).length,
    offsets: Int32Array.from(covered, ({ down, right }) => down * width + right),
    down: covered.map(({ down }) => down),
    right: covered.map(({ right }) => right),
    fill: Float64Array.from(covered, ({ fill }) => fill),
    alpha: Float64Array.from(covered, ({ alpha }) => alpha),
  };
}

/**
 * Draw a dot of one of the colours, centred at a position in pixels from the picture's corner.
 *
 * @param {Raster} raster
 * @param {Stamps} stamps
 * @param {number} y
 * @param {number} x
 * @param {number} colour  Its place among the stamps' colours.
 */
export function stamp(raster, stamps, y, x, colour) {
  const { width, height } = raster;
  const { reach } = stamps;
  const row = Math.floor(y);
  const column = Math.floor(x);
  const seen = row >= -reach && column >= -reach && row < height + reach && column < width + reach;
  if (!seen) return;
  const phase = Math.floor((y - row) * PHASES) * PHASES + Math.floor((x - column) * PHASES);
  const shape = stamps.shapes[phase];
  const key = colour * PHASES * PHASES + phase;
  const words = (stamps.made[key] ??= coloured(shape, stamps.colours[colour]));
  const whole = row >= reach && column >= reach && row < height - reach && column < width - reach;
  if (whole) stampWhole(raster.pixels, shape, words, row * width + column);
  else stampPart(raster, shape, words, row, column);
}

/**
 * @param {Uint32Array} pixels
 * @param {Shape} shape
 * @param {Uint32Array} words
 * @param {number} centre
 */
function stampWhole(pixels, { opaque, offsets }, words, centre) {
  for (let k = 0; k < opaque; k++) pixels[centre + offsets[k]] = words[k];
  for (let k = opaque; k < words.length; k++) lay(pixels, centre + offsets[k], words[k]);
}

/**
 * @param {Raster} raster
 * @param {Shape} shape
 * @param {Uint32Array} words
 * @param {number} row
 * @param {number} column
 */
function stampPart({ pixels, width, height }, { down, right }, words, row, column) {
  for (let k = 0; k < words.length; k++) {
    const i = row + down[k];
    const j = column + right[k];
    if (i >= 0 && j >= 0 && i < height && j < width) lay(pixels, i * width + j, words[k]);
  }
}

/**
 * Where dots overlap, the more opaque pixel stays: their rims do not cut into each other.
 *
 * @param {Uint32Array} pixels
 * @param {number} target
 * @param {number} word
 */
function lay(pixels, target, word) {
  if (word >>> 24 > pixels[target] >>> 24) pixels[target] = word;
}

/**
 * @param {Shape} shape
 * @param {number} colour
 * @returns {Uint32Array}
 */
function coloured({ fill, alpha }, colour) {
  const words = new Uint32Array(fill.length);
  for (let k = 0; k < words.length; k++) words[k] = shaded(colour, fill[k], alpha[k]);
  return words;
}

/**
 * @param {number} inside how far a pixel's centre lies inside an edge [px]
 * @returns {number} part of the pixel that is covered
 */
function coverage(inside) {
  return Math.min(1, Math.max(0, inside + 0.5));
}

/**
 * @param {number} colour
 * @param {number} part  Of the colour, the rest is black.
 * @param {number} alpha
 * @returns {number} The mixture as a word.
 */
function shaded(colour, part, alpha) {
  const blue = ((colour >>> 16) & 255) * part + 0.5;
  const green = ((colour >>> 8) & 255) * part + 0.5;
  const red = (colour & 255) * part + 0.5;
  return (((alpha * 255 + 0.5) << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * Draw a line one pixel wide, its edges smoothed.
 *
 * @param {Raster} raster
 * @param {number} y0
 * @param {number} x0
 * @param {number} y1
 * @param {number} x1
 * @param {number} colour as a word
 */
export function line(raster, y0, x0, y1, x1, colour) {
  const steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
  const [from, to] = steep ? [y0, y1] : [x0, x1];
  const [start, end] = steep ? [x0, x1] : [y0, y1];
  const slope = to === from ? 0 : (end - start) / (to - from);
  const length = steep ? raster.height : raster.width;
  const last = Math.min(Math.floor(Math.max(from, to)), length - 1);
  for (let along = Math.max(Math.floor(Math.min(from, to)), 0); along <= last; along++) {
    const across = start + slope * (along + 0.5 - from) - 0.5;
    const first = Math.floor(across);
    for (const each of [first, first + 1]) {
      const [i, j] = steep ? [along, each] : [each, along];
      blend(raster, i, j, colour, 1 - Math.abs(across - each));
    }
  }
}

/**
 * @param {Raster} raster
 * @param {number} i
 * @param {number} j
 * @param {number} colour
 * @param {number} alpha
 */
function blend({ pixels, width, height }, i, j, colour, alpha) {
  if (i < 0 || j < 0 || i >= height || j >= width) return;
  lay(pixels, i * width + j, ((Math.round(alpha * 255) << 24) | (colour & 0xffffff)) >>> 0);
}
