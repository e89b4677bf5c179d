/**
 * Colour maps, computed in the perceptual space OKLCH so that equal steps of a value look like equal
 * steps. Sequential maps grow evenly lighter, the diverging one is lightest in its middle, the cyclic
 * one keeps one lightness, categories differ in hue.
 */

import { rgba } from "./render.js";

const LENGTH = 256; // colours of a map
const GOLDEN_ANGLE = 137.508; // degrees between the hues of one category and the next

/** @typedef {(along: number) => [number, number, number]} Path  Lightness, chroma, hue in degrees. */

/** @type {Record<string, {title: string, path: Path}>} */
const MAPS = {
  grey: { title: "Grey", path: (t) => [greyLightness(t), 0, 0] },
  "blue-yellow": {
    title: "Blue to yellow",
    path: (t) => [0.22 + 0.7 * t, 0.1 + 0.07 * Math.sin(Math.PI * t) + 0.04 * t, 285 - 180 * t],
  },
  heat: {
    title: "Heat",
    path: (t) => [0.02 + 0.96 * t, 0.19 * Math.sin(Math.PI * Math.min(1, 0.04 + 0.96 * t)), 10 + 95 * t],
  },
  "blue-red": {
    title: "Blue to red",
    path: (t) => [0.97 - 0.5 * Math.abs(2 * t - 1) ** 1.1, 0.17 * Math.abs(2 * t - 1), t < 0.5 ? 255 : 27],
  },
  cyclic: { title: "Cyclic", path: (t) => [0.7, 0.125, 360 * t + 25] },
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
  const colours = Uint32Array.from({ length: LENGTH }, (_, i) => inGamut(...map.path(i / (LENGTH - 1))));
  computed.set(name, colours);
  return colours;
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
 * The nearest colour that a screen can show, with less chroma where it must.
 *
 * @param {number} lightness
 * @param {number} chroma
 * @param {number} hue
 */
function inGamut(lightness, chroma, hue) {
  let [least, most] = [0, chroma];
  let channels = linear(lightness, chroma, hue);
  if (!shown(channels)) {
    for (let i = 0; i < 20; i++) {
      const tried = (least + most) / 2;
      if (shown(linear(lightness, tried, hue))) least = tried;
      else most = tried;
    }
    channels = linear(lightness, least, hue);
  }
  const [red, green, blue] = channels.map((c) => Math.round(255 * toByte(Math.min(Math.max(c, 0), 1))));
  return rgba(red, green, blue);
}

/** @param {number[]} channels */
function shown(channels) {
  return channels.every((c) => c >= -1e-4 && c <= 1 + 1e-4);
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
