/**
 * Colour maps, computed in the perceptual space OKLCH so that equal steps of a value look like equal
 * steps. Sequential maps grow evenly lighter, the diverging one is lightest in its middle, the cyclic
 * one keeps one lightness, categories differ in hue.
 */

import { rgba } from "./render.js";

const LENGTH = 256; // colours of a map
const GOLDEN_ANGLE = 137.508; // degrees between the hues of one category and the next

/** Colours over which the most vivid that a screen can show is evened out, to either side. */
const EVENED = 28;

/**
 * @typedef {(along: number) => [number, number | null, number]} Path
 *   Lightness, chroma (null: as vivid as a screen can show without a kink), hue in degrees.
 */

/** @type {Record<string, {title: string, path: Path}>} */
const MAPS = {
  grey: { title: "Grey", path: (t) => [greyLightness(t), 0, 0] },
  "blue-yellow": { title: "Blue to yellow", path: (t) => [0.22 + 0.71 * t, null, 285 - 178 * t] },
  heat: { title: "Heat", path: (t) => [0.06 + 0.92 * t ** 0.9, null, 8 + 100 * t] },
  "blue-red": {
    title: "Blue to red",
    path: (t) => [0.97 - 0.5 * Math.abs(2 * t - 1) ** 1.1, 0.145 * Math.abs(2 * t - 1), t < 0.5 ? 258 : 27],
  },
  cyclic: { title: "Cyclic", path: (t) => [0.71, 0.115, 360 * t + 25] },
  categories: {
    title: "Categories",
    path: (t) => {
      const n = Math.round(t * (LENGTH - 1));
      return [0.62 + 0.12 * ((n % 3) - 1), 0.15, 255 + n * GOLDEN_ANGLE];
    },
  },
};

/** The names of the maps and what people call them. */
export const COLOUR_MAPS = Object.entries(MAPS).map(([name, { title }]) => ({ name, title }));

/** @type {Map<string, Uint32Array>} */
const computed = new Map();

/**
 * The colours of a map as RGBA words, from its low end to its high one.
 *
 * @param {string} name
 * @returns {Uint32Array}
 */
export function colourMap(name) {
  const known = computed.get(name);
  if (known) return known;
  const map = MAPS[name];
  if (!map) throw new RangeError(`There is no colour map "${name}"`);
  const path = Array.from({ length: LENGTH }, (_, i) => map.path(i / (LENGTH - 1)));
  const vivid = evenedOut(path.map(([lightness, , hue]) => mostChroma(lightness, hue)));
  const colours = Uint32Array.from(path, ([lightness, chroma, hue], i) =>
    shown(lightness, chroma === null ? vivid[i] : Math.min(chroma, mostChroma(lightness, hue)), hue),
  );
  computed.set(name, colours);
  return colours;
}

/**
 * A smooth curve that never rises above another: the mean, around each point, of the least around it.
 *
 * @param {number[]} values
 */
function evenedOut(values) {
  /** @param {number[]} of @param {number} i */
  const around = (of, i) => of.slice(Math.max(i - EVENED, 0), i + EVENED + 1);
  const least = values.map((_, i) => Math.min(...around(values, i)));
  return values.map((_, i) => around(least, i).reduce((sum, n) => sum + n, 0) / around(least, i).length);
}

/**
 * @param {number} word
 * @returns {string} As CSS writes it.
 */
export function cssColour(word) {
  return `rgb(${word & 255} ${(word >> 8) & 255} ${(word >> 16) & 255})`;
}

/**
 * A CSS gradient of a map, from left to right.
 *
 * @param {string} name
 */
export function gradient(name) {
  const colours = colourMap(name);
  const stops = Array.from({ length: 17 }, (_, i) => cssColour(colours[Math.round((i / 16) * (LENGTH - 1))]));
  return `linear-gradient(to right, ${stops.join(", ")})`;
}

/**
 * The lightness at which a grey has the byte value that the contrast gives it: grey is linear in
 * bytes, as everybody's is, so that a grey picture is the image.
 *
 * @param {number} along
 */
function greyLightness(along) {
  return Math.cbrt(toLinear(along));
}

/** @param {number} byte  From 0 to 1. */
function toLinear(byte) {
  return byte <= 0.04045 ? byte / 12.92 : ((byte + 0.055) / 1.055) ** 2.4;
}

/** @param {number} light  From 0 to 1. */
function toByte(light) {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
}

/**
 * The most chroma that a screen can show.
 *
 * @param {number} lightness
 * @param {number} hue
 */
function mostChroma(lightness, hue) {
  let [least, most] = [0, 0.4];
  for (let i = 0; i < 16; i++) {
    const tried = (least + most) / 2;
    const fits = linear(lightness, tried, hue).every((c) => c >= -1e-4 && c <= 1 + 1e-4);
    if (fits) least = tried;
    else most = tried;
  }
  return least;
}

/**
 * @param {number} lightness
 * @param {number} chroma
 * @param {number} hue
 */
function shown(lightness, chroma, hue) {
  const channels = linear(lightness, chroma, hue);
  const [red, green, blue] = channels.map((c) => Math.round(255 * toByte(Math.min(Math.max(c, 0), 1))));
  return rgba(red, green, blue);
}

/**
 * OKLCH to linear sRGB (B. Ottosson, 2020).
 *
 * @param {number} lightness
 * @param {number} chroma
 * @param {number} hue  Degrees.
 */
function linear(lightness, chroma, hue) {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}
