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
 * @property {number} side of a stamp [px]
 * @property {number} half pixels before the one that holds the dot's centre
 * @property {(Uint32Array | undefined)[]} made by colour and place within a pixel
 * @property {Uint32Array} colours
 * @property {number} radius
 */

/** Places of a dot within a pixel along each axis: an eighth of a pixel off is not seen. */
const PHASES = 4;

/** A dark rim keeps a dot visible on a bright image. */
const RIM_PX = 1;
const RIM_ALPHA = 0.7;

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
 * Stamps of dots of a radius, none of them made yet.
 *
 * @param {Uint32Array} colours
 * @param {number} radius [px]
 * @returns {Stamps}
 */
export function makeStamps(colours, radius) {
  const half = Math.ceil(radius + RIM_PX);
  return { colours, radius, half, side: 2 * half + 1, made: [] };
}

/**
 * Draw dots of the given colours, centred at positions in pixels from the picture's corner.
 *
 * @param {Raster} raster
 * @param {Stamps} stamps
 * @param {number} y
 * @param {number} x
 * @param {number} colour its place among the stamps' colours
 */
export function stamp(raster, stamps, y, x, colour) {
  const { side, half, made } = stamps;
  const { pixels, width, height } = raster;
  const top = Math.floor(y) - half;
  const left = Math.floor(x) - half;
  if (top <= -side || left <= -side || top >= height || left >= width) return;
  const phase =
    Math.floor((y - Math.floor(y)) * PHASES) * PHASES + Math.floor((x - Math.floor(x)) * PHASES);
  const key = colour * PHASES * PHASES + phase;
  const source = (made[key] ??= drawStamp(stamps, colour, phase));
  const last = Math.min(side, height - top);
  const to = Math.min(side, width - left);
  const from = Math.max(0, -left);
  for (let i = Math.max(0, -top); i < last; i++) {
    let target = (top + i) * width + left + from;
    for (let k = i * side + from; k < i * side + to; k++, target++) {
      // Where dots overlap, the more opaque pixel stays: their rims do not cut into each other.
      if (source[k] >>> 24 > pixels[target] >>> 24) pixels[target] = source[k];
    }
  }
}

/**
 * @param {Stamps} stamps
 * @param {number} colour
 * @param {number} phase
 * @returns {Uint32Array}
 */
function drawStamp({ side, half, radius, colours }, colour, phase) {
  const result = new Uint32Array(side * side);
  const y = half + (Math.floor(phase / PHASES) + 0.5) / PHASES;
  const x = half + ((phase % PHASES) + 0.5) / PHASES;
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const distance = Math.hypot(i + 0.5 - y, j + 0.5 - x);
      const fill = coverage(radius - distance);
      const rim = coverage(radius + RIM_PX - distance) - fill;
      const alpha = fill + RIM_ALPHA * rim;
      result[i * side + j] = alpha > 0 ? shaded(colours[colour], fill / alpha, alpha) : 0;
    }
  }
  return result;
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
 * @param {number} brightness
 * @param {number} alpha
 * @returns {number} the colour darkened, with an alpha
 */
function shaded(colour, brightness, alpha) {
  const part = (/** @type {number} */ shift) =>
    Math.round(((colour >>> shift) & 255) * brightness) << shift;
  return ((Math.round(alpha * 255) << 24) | part(16) | part(8) | part(0)) >>> 0;
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
  const word = ((Math.round(alpha * 255) << 24) | (colour & 0xffffff)) >>> 0;
  const target = i * width + j;
  if (word >>> 24 > pixels[target] >>> 24) pixels[target] = word;
}
