// The Colonnade viewer. Built from viewer/*.js by `npm run build` in frontend/; do not edit.
// SPDX-License-Identifier: GPL-3.0-or-later
// @ts-nocheck: its sources are checked

// viewer/render.js
var STEPS = 1024;
var CONSTANT_MARGIN = 1e-6;
var HATCH = new Uint32Array([rgba(128, 128, 128), rgba(168, 168, 168)]);
var HATCH_WIDTH = 4;
function rgba(red, green, blue) {
  return (255 << 24 | blue << 16 | green << 8 | red) >>> 0;
}
function limits({ low, high }) {
  if (high > low) return [low, high];
  const margin = Math.abs(low) * CONSTANT_MARGIN || CONSTANT_MARGIN;
  return [low - margin, low + margin];
}
var Palette = class {
  /** @type {Map<string, Uint32Array>} */
  #byType = /* @__PURE__ */ new Map();
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
    const key2 = data.constructor.name;
    let words = this.#byType.get(key2);
    if (!words) {
      words = new Uint32Array(2 ** (8 * data.BYTES_PER_ELEMENT));
      for (let i = 0; i < words.length; i++) words[i] = this.colour(i + first);
      this.#byType.set(key2, words);
    }
    return { words, first };
  }
};
function table({ gamma, invert }, colours) {
  const words = new Uint32Array(STEPS);
  for (let i = 0; i < STEPS; i++) {
    const bright = (i / (STEPS - 1)) ** gamma;
    const along = invert ? 1 - bright : bright;
    words[i] = colours[Math.round(along * (colours.length - 1))];
  }
  return words;
}
function step(position) {
  return position >= STEPS ? STEPS - 1 : position > 0 ? position | 0 : 0;
}
function lookups(length2, start, pace, size, factor) {
  const indices = new Int32Array(length2);
  for (let i = 0; i < length2; i++) {
    const position = start + (i + 0.5) * pace;
    indices[i] = position >= 0 && position < size ? Math.floor(position / factor) : -1;
  }
  return indices;
}
function mixture([from, to], position, corner, size) {
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
function run(indices, from, to, first, last) {
  let start = from;
  while (start < to && indices[start] < first) start++;
  let end = start;
  while (end < to && indices[end] >= first && indices[end] < last) end++;
  return [start, end];
}
function drawPart(part2) {
  const { words, width, rows, columns, rowOf, columnOf, tile, corner, palette, hatch } = part2;
  const listed = palette.listed(tile.data);
  let drawn = -1;
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
function drawListed(words, start, columns, columnOf, data, from, listed) {
  const colours = listed.words;
  const base = listed.first;
  for (let x = columns[0]; x < columns[1]; x++) {
    words[start + x] = colours[data[from + columnOf[x]] - base];
  }
}
function drawScaled(words, start, columns, columnOf, data, from, palette, y) {
  const { low, scale, table: colours } = palette;
  for (let x = columns[0]; x < columns[1]; x++) {
    const value = data[from + columnOf[x]];
    if (value === value) words[start + x] = colours[step((value - low) * scale)];
    else if (y >= 0) words[start + x] = HATCH[(x + y) / HATCH_WIDTH & 1];
  }
}
function drawSmoothPart({ words, width, rows, columns, down, right, tile, palette, hatch }) {
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
      else if (hatch) words[start + i] = HATCH[(columns[0] + i + y) / HATCH_WIDTH & 1];
    }
  }
}

// viewer/colourmaps.js
var LENGTH = 256;
var GOLDEN_ANGLE = 137.508;
var EVENED = 28;
var MAPS = {
  grey: { title: "Grey", path: (t) => [greyLightness(t), 0, 0] },
  "blue-yellow": { title: "Blue to yellow", path: (t) => [0.22 + 0.71 * t, null, 285 - 178 * t] },
  heat: { title: "Heat", path: (t) => [0.06 + 0.92 * t ** 0.9, null, 8 + 100 * t] },
  "blue-red": {
    title: "Blue to red",
    path: (t) => [0.97 - 0.5 * Math.abs(2 * t - 1) ** 1.1, 0.145 * Math.abs(2 * t - 1), t < 0.5 ? 258 : 27]
  },
  cyclic: { title: "Cyclic", path: (t) => [0.71, 0.115, 360 * t + 25] },
  categories: {
    title: "Categories",
    path: (t) => {
      const n = Math.round(t * (LENGTH - 1));
      return [0.62 + 0.12 * (n % 3 - 1), 0.15, 255 + n * GOLDEN_ANGLE];
    }
  }
};
var COLOUR_MAPS = Object.entries(MAPS).map(([name, { title }]) => ({ name, title }));
var computed = /* @__PURE__ */ new Map();
function colourMap(name) {
  const known = computed.get(name);
  if (known) return known;
  const map = MAPS[name];
  if (!map) throw new RangeError(`There is no colour map "${name}"`);
  const path = Array.from({ length: LENGTH }, (_, i) => map.path(i / (LENGTH - 1)));
  const vivid = evenedOut(path.map(([lightness, , hue]) => mostChroma(lightness, hue)));
  const colours = Uint32Array.from(
    path,
    ([lightness, chroma, hue], i) => shown(lightness, chroma === null ? vivid[i] : Math.min(chroma, mostChroma(lightness, hue)), hue)
  );
  computed.set(name, colours);
  return colours;
}
function evenedOut(values) {
  const around = (of, i) => of.slice(Math.max(i - EVENED, 0), i + EVENED + 1);
  const least = values.map((_, i) => Math.min(...around(values, i)));
  return values.map((_, i) => around(least, i).reduce((sum, n) => sum + n, 0) / around(least, i).length);
}
function cssColour(word) {
  return `rgb(${word & 255} ${word >> 8 & 255} ${word >> 16 & 255})`;
}
function gradient(name) {
  const colours = colourMap(name);
  const stops = Array.from({ length: 17 }, (_, i) => cssColour(colours[Math.round(i / 16 * (LENGTH - 1))]));
  return `linear-gradient(to right, ${stops.join(", ")})`;
}
function greyLightness(along) {
  return Math.cbrt(toLinear(along));
}
function toLinear(byte) {
  return byte <= 0.04045 ? byte / 12.92 : ((byte + 0.055) / 1.055) ** 2.4;
}
function toByte(light) {
  return light <= 31308e-7 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;
}
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
function shown(lightness, chroma, hue) {
  const channels = linear(lightness, chroma, hue);
  const [red, green, blue] = channels.map((c) => Math.round(255 * toByte(Math.min(Math.max(c, 0), 1))));
  return rgba(red, green, blue);
}
function linear(lightness, chroma, hue) {
  const a = chroma * Math.cos(hue * Math.PI / 180);
  const b = chroma * Math.sin(hue * Math.PI / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s
  ];
}

// viewer/dom.js
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}
function button({ name, icon, text, key: key2, press }) {
  const made = element("button", {
    type: "button",
    "aria-label": name,
    title: key2 ? `${name} (${key2})` : name
  });
  made.append(icon ? drawing(icon) : text ?? name);
  made.addEventListener("click", press);
  return made;
}
function setPressed(button2, pressed) {
  button2.setAttribute("aria-pressed", String(pressed));
}
function drawing(paths) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [
    ["viewBox", "0 0 16 16"],
    ["width", "16"],
    ["height", "16"],
    ["aria-hidden", "true"]
  ]) {
    svg.setAttribute(name, value);
  }
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", paths);
  svg.append(path);
  return svg;
}

// viewer/icons.js
var ICONS = {
  fit: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
  plus: "M3 8h10M8 3v10",
  minus: "M3 8h10",
  histogram: "M2 14h12M4 14v-4M7 14V4M10 14V7M13 14v-2",
  invert: "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12M8 2v12M10 3v10M12 4.6v6.8",
  layer: "M8 2l6 3.5L8 9 2 5.5zM2 9.5L8 13l6-3.5",
  swipe: "M8 1.5v13M5.5 5.5L3 8l2.5 2.5M10.5 5.5L13 8l-2.5 2.5",
  blink: "M1.5 8C4 3.5 12 3.5 14.5 8C12 12.5 4 12.5 1.5 8M8 6a2 2 0 1 1 0 4a2 2 0 1 1 0-4",
  save: "M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11",
  play: "M5 3l8 5-8 5z",
  back: "M10 3L5 8l5 5",
  on: "M6 3l5 5-5 5",
  close: "M4 4l8 8M12 4l-8 8"
};

// viewer/compare.js
var BLINK_MS = 700;
var STEPS2 = 1e3;
var Compare = class {
  /** @type {Pane | null} */
  pane = null;
  /** @type {Mode} */
  mode = "swipe";
  #split = 0.5;
  #other = false;
  // whether the other image is seen, in turns
  #timer = 0;
  #divider = element("input", {
    type: "range",
    class: "divider",
    "aria-label": "Divider between the images",
    min: 0,
    max: STEPS2,
    value: STEPS2 / 2,
    hidden: true
  });
  #left = element("span", { class: "badge left", hidden: true });
  #right = element("span", { class: "badge right", hidden: true });
  /**
   * @param {Surface} surface
   * @param {HTMLElement} group  Of the toolbar.
   * @param {(text: string) => void} announce
   */
  constructor(surface, group, announce) {
    this.surface = surface;
    this.group = group;
    this.announce = announce;
    this.swipe = button({ name: "Swipe", icon: ICONS.swipe, key: "w", press: () => this.set("swipe") });
    this.blink = button({ name: "Blink", icon: ICONS.blink, key: "b", press: () => this.turn() });
    group.append(this.swipe, this.blink);
    surface.element.append(this.#divider, this.#left, this.#right);
    this.#divider.addEventListener("input", () => {
      this.#split = this.#divider.valueAsNumber / STEPS2;
      this.update();
    });
    this.update();
  }
  /**
   * @param {Pane | null} pane
   * @param {Mode} mode
   * @param {[string, string]} titles
   */
  show(pane, mode, titles) {
    this.pane?.destroy();
    this.pane = pane;
    [this.#left.textContent, this.#right.textContent] = titles;
    this.set(mode);
  }
  /** @param {Mode} mode */
  set(mode) {
    this.mode = mode;
    clearInterval(this.#timer);
    if (this.pane && mode === "blink" && !calm()) {
      this.#timer = window.setInterval(() => this.#swap(), BLINK_MS);
    }
    this.update();
  }
  /** Blink: begins, or shows the other image and leaves it there. */
  turn() {
    if (!this.pane) return;
    const blinking = this.mode === "blink";
    if (!blinking) this.set("blink");
    if (blinking) clearInterval(this.#timer);
    this.#swap();
    this.announce(`${(this.#other ? this.#right : this.#left).textContent} is shown`);
  }
  /** Shows what is set now. */
  update() {
    const { pane, mode } = this;
    const swiping = pane !== null && mode === "swipe";
    this.group.hidden = !pane;
    this.#divider.hidden = !swiping;
    this.#left.hidden = !pane || mode === "blink" && this.#other;
    this.#right.hidden = !pane || mode === "blink" && !this.#other;
    setPressed(this.swipe, swiping);
    setPressed(this.blink, pane !== null && mode === "blink");
    const split = mode === "swipe" ? this.#split : Number(!this.#other);
    this.surface.beside = pane && { pane, split };
    this.surface.redraw();
  }
  destroy() {
    clearInterval(this.#timer);
  }
  #swap() {
    this.#other = !this.#other;
    this.update();
  }
};
function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// viewer/format.js
var SIGNIFICANT = 5;
var UNITS = [
  [1e6, "mm"],
  [1e3, "µm"],
  [1, "nm"],
  [1e-3, "pm"]
];
function greyLevel(value) {
  if (value === null) return "";
  if (Number.isNaN(value)) return "no value";
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return signed(String(value));
  const size = Math.abs(value);
  const plain = size >= 1e-3 && size < 1e7;
  return signed(plain ? String(Number(value.toPrecision(SIGNIFICANT))) : exponent(value));
}
function length(nanometres) {
  const [size, unit] = unitFor(nanometres);
  return `${signed(String(Number((nanometres / size).toPrecision(4))))} ${unit}`;
}
function unitFor(nanometres) {
  const size = Math.abs(nanometres) * (1 + 1e-9);
  return UNITS.find(([unit]) => size >= unit) ?? UNITS[UNITS.length - 1];
}
function fixed(value, decimals) {
  return signed(value.toFixed(decimals));
}
function exponent(value) {
  return value.toExponential(SIGNIFICANT - 1).replace(/\.?0+e/, "e").replace("e+", "e");
}
function signed(text) {
  return text.replaceAll("-", "−");
}

// viewer/contrast.js
var STEPS3 = 1e3;
var GAMMA_STEPS = 100;
var GAMMA_OCTAVES = 3;
var WIDTH = 256;
var HEIGHT = 72;
function percentile({ first, last, counts }, fraction) {
  const wanted = fraction * counts.reduce((sum, n) => sum + n, 0);
  let below = 0;
  for (const [bin, count] of counts.entries()) {
    if (below + count >= wanted && count) {
      return first + (last - first) * (bin + (wanted - below) / count) / counts.length;
    }
    below += count;
  }
  return last;
}
var ContrastPanel = class {
  /** @type {Manifest | null} */
  #manifest = null;
  #low = range("Black", 0, STEPS3);
  #high = range("White", 0, STEPS3);
  #gamma = range("Gamma", -GAMMA_STEPS, GAMMA_STEPS);
  #lowBox = number("Black level");
  #highBox = number("White level");
  #gammaText = element("output");
  #plot = element("canvas", { width: WIDTH, height: HEIGHT, "aria-hidden": "true" });
  /** @type {Contrast} */
  #contrast = { low: 0, high: 1, gamma: 1, invert: false };
  /**
   * @param {HTMLElement} panel
   * @param {(contrast: Partial<Contrast>) => void} change
   */
  constructor(panel, change) {
    this.change = change;
    this.panel = panel;
    const handles = element("div", { class: "handles" }, this.#plot, this.#low, this.#high);
    const boxes = element("div", { class: "pair" }, label("Black", this.#lowBox), label("White", this.#highBox));
    const gamma = element("label", { class: "row" }, "Gamma", this.#gamma, this.#gammaText);
    panel.append(handles, boxes, gamma, this.#presets());
    this.#low.addEventListener("input", () => this.#slide(this.#low, "low"));
    this.#high.addEventListener("input", () => this.#slide(this.#high, "high"));
    this.#gamma.addEventListener("input", () => {
      change({ gamma: 2 ** (GAMMA_OCTAVES * this.#gamma.valueAsNumber / GAMMA_STEPS) });
    });
    this.#lowBox.addEventListener("change", () => this.#type(this.#lowBox, "low"));
    this.#highBox.addEventListener("change", () => this.#type(this.#highBox, "high"));
  }
  /**
   * @param {Manifest} manifest
   * @param {Contrast} contrast
   */
  show(manifest, contrast) {
    this.#manifest = manifest;
    this.#contrast = contrast;
    if (this.panel.hidden) return;
    for (
      const [slider, level] of
      /** @type {const} */
      [
        [this.#low, contrast.low],
        [this.#high, contrast.high]
      ]
    ) {
      slider.value = String(this.#position(level));
      slider.setAttribute("aria-valuetext", greyLevel(level));
    }
    this.#lowBox.value = String(Number(contrast.low.toPrecision(6)));
    this.#highBox.value = String(Number(contrast.high.toPrecision(6)));
    this.#gamma.value = String(Math.log2(contrast.gamma) / GAMMA_OCTAVES * GAMMA_STEPS);
    this.#gammaText.textContent = contrast.gamma.toFixed(2);
    this.#draw();
  }
  #presets() {
    const row = element("div", { class: "row presets", role: "group", "aria-label": "Limits" });
    const add2 = (name, limits2) => {
      const press = () => {
        if (!this.#manifest) return;
        const [low, high] = limits2(this.#manifest);
        this.change({ low, high, gamma: 1 });
      };
      row.append(button({ name, press }));
    };
    add2("All levels", ({ minimum, maximum, low, high }) => [minimum ?? low, maximum ?? high]);
    add2("99 %", ({ low, high }) => [low, high]);
    add2("90 %", ({ histogram }) => [percentile(histogram, 0.05), percentile(histogram, 0.95)]);
    return row;
  }
  /** The ends of the plot: those of the histogram. */
  #ends() {
    const { first, last } = (
      /** @type {Manifest} */
      this.#manifest.histogram
    );
    return { first, span: last - first || 1 };
  }
  /** @param {number} level */
  #position(level) {
    const { first, span } = this.#ends();
    return Math.round(STEPS3 * (level - first) / span);
  }
  /**
   * @param {HTMLInputElement} slider
   * @param {"low" | "high"} end
   */
  #slide(slider, end) {
    const { first, span } = this.#ends();
    const step3 = span / STEPS3;
    const level = first + slider.valueAsNumber * step3;
    const { low, high } = this.#contrast;
    if (end === "low") this.change({ low: Math.min(level, high - step3) });
    else this.change({ high: Math.max(level, low + step3) });
  }
  /**
   * @param {HTMLInputElement} box
   * @param {"low" | "high"} end
   */
  #type(box, end) {
    if (Number.isFinite(box.valueAsNumber)) this.change({ [end]: box.valueAsNumber });
  }
  #draw() {
    const { histogram } = (
      /** @type {Manifest} */
      this.#manifest
    );
    const context = (
      /** @type {CanvasRenderingContext2D} */
      this.#plot.getContext("2d")
    );
    const style = getComputedStyle(this.panel);
    const tallest = Math.log1p(Math.max(...histogram.counts)) || 1;
    const bar2 = WIDTH / histogram.counts.length;
    context.clearRect(0, 0, WIDTH, HEIGHT);
    context.fillStyle = style.getPropertyValue("color");
    context.globalAlpha = 0.45;
    for (const [bin, count] of histogram.counts.entries()) {
      const height = HEIGHT * Math.log1p(count) / tallest;
      context.fillRect(bin * bar2, HEIGHT - height, bar2, height);
    }
    context.globalAlpha = 1;
    this.#drawCurve(context, style.getPropertyValue("--accent-drawn") || "#0b6bcb");
  }
  /**
   * How bright each level is.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {string} colour
   */
  #drawCurve(context, colour) {
    const { low, high, gamma, invert } = this.#contrast;
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.beginPath();
    const [left, right] = [low, high].map((level) => this.#position(level) / STEPS3 * WIDTH);
    const dark = invert ? 1 : HEIGHT - 1;
    const bright = HEIGHT - dark;
    context.moveTo(0, dark);
    for (let i = 0; i <= 32; i++) {
      context.lineTo(left + (right - left) * i / 32, dark + (bright - dark) * (i / 32) ** gamma);
    }
    context.lineTo(WIDTH, bright);
    context.stroke();
  }
};
function range(name, min, max) {
  return element("input", { type: "range", "aria-label": name, min, max, step: 1 });
}
function number(name) {
  return element("input", { type: "number", "aria-label": name, step: "any" });
}
function label(text, control) {
  return element("label", { class: "field" }, text, control);
}

// viewer/upper.js
var SEQUENTIAL = "blue-yellow";
var DIVERGING = "blue-red";
var ColourBar = class {
  #title = element("span", { class: "title" });
  #band = element("span", { class: "band" });
  #ends = [element("span"), element("span")];
  constructor() {
    const ends2 = element("span", { class: "ends" }, ...this.#ends);
    this.element = element("div", { class: "colourbar", hidden: true }, this.#title, this.#band, ends2);
  }
  /**
   * @param {{title: string, unit: string, map: string, low: number, high: number}} what
   */
  show({ title, unit, map, low, high }) {
    this.element.hidden = false;
    this.#title.textContent = unit ? `${title} (${unit})` : title;
    this.#band.style.background = gradient(map);
    this.#ends.forEach((end, i) => end.textContent = greyLevel(Number([low, high][i].toPrecision(4))));
  }
  hide() {
    this.element.hidden = true;
  }
};
var Upper = class {
  /** @type {Pane[]} The layer's planes, on every surface that has them. */
  #panes = [];
  #shown = true;
  #bar = new ColourBar();
  #options = { opacity: 0.6, colourMap: SEQUENTIAL, title: "Layer", unit: "" };
  #opacity = element("input", { type: "range", "aria-label": "Opacity", min: 0, max: 100 });
  #map = mapChooser("Colours of the layer");
  #low = element("input", { type: "number", step: "any", "aria-label": "Lowest level of the layer" });
  #high = element("input", { type: "number", step: "any", "aria-label": "Highest level of the layer" });
  /**
   * @param {Surface[]} surfaces  The main one first.
   * @param {HTMLElement} group  Of the toolbar.
   * @param {HTMLElement} panel
   * @param {() => void} open  Shows or hides the panel.
   */
  constructor(surfaces, group, panel, open) {
    this.surfaces = surfaces;
    this.group = group;
    this.panel = panel;
    this.toggle = button({ name: "Layer on or off", icon: ICONS.layer, key: "o", press: () => this.turn() });
    this.settings = button({ name: "Layer settings", text: "Layer…", press: open });
    group.append(this.toggle, this.settings);
    surfaces[0].element.append(this.#bar.element);
    panel.append(
      element("label", { class: "row" }, "Opacity", this.#opacity),
      element("label", { class: "row" }, "Colours", this.#map),
      element("div", { class: "pair" }, field("From", this.#low), field("To", this.#high))
    );
    this.#opacity.addEventListener("input", () => this.set({ opacity: this.#opacity.valueAsNumber / 100 }));
    this.#map.addEventListener("change", () => this.set({ colourMap: this.#map.value }));
    for (const box of [this.#low, this.#high]) box.addEventListener("change", () => this.#type());
    this.#update();
  }
  /** Whether there is a layer. */
  get present() {
    return this.#panes.length > 0;
  }
  /**
   * @param {(Pane | null)[]} panes  One a surface.
   * @param {UpperOptions} options
   */
  show(panes, options) {
    for (const pane of this.#panes) pane.destroy();
    this.#panes = panes.filter((pane) => pane !== null);
    this.surfaces.forEach((surface, i) => surface.upper = panes[i] ?? null);
    this.#shown = options.shown ?? true;
    if (!this.present) this.panel.hidden = true;
    if (options.colourMap === DIVERGING) this.#centre();
    this.set({ title: "Layer", unit: "", colourMap: SEQUENTIAL, ...options });
  }
  /** @param {UpperOptions} options */
  set({ low, high, ...options }) {
    Object.assign(this.#options, options);
    for (const pane of this.#panes) {
      pane.hatch = false;
      pane.setColours(this.#options.colourMap);
      pane.setContrast({ low: low ?? pane.low, high: high ?? pane.high });
    }
    this.#update();
  }
  /** Shows the layer or the image below it alone. */
  turn() {
    this.#shown = !this.#shown;
    this.#update();
  }
  /** Puts zero into the middle of the colours. */
  #centre() {
    for (const pane of this.#panes) {
      const largest = Math.max(Math.abs(pane.low), Math.abs(pane.high));
      pane.setContrast({ low: -largest, high: largest });
    }
  }
  #type() {
    const [low, high] = [this.#low.valueAsNumber, this.#high.valueAsNumber];
    if (Number.isFinite(low) && Number.isFinite(high)) this.set({ low, high });
  }
  #update() {
    const [pane] = this.#panes;
    const { opacity, colourMap: map, title, unit } = this.#options;
    this.group.hidden = !pane;
    setPressed(this.toggle, this.#shown);
    for (const surface of this.surfaces) {
      surface.setUpperOpacity(this.#shown ? opacity : 0);
      surface.redraw();
    }
    if (!pane || !this.#shown) this.#bar.hide();
    else this.#bar.show({ title, unit, map, low: pane.low, high: pane.high });
    if (!pane) return;
    this.#opacity.value = String(100 * opacity);
    this.#map.value = map;
    this.#low.value = String(Number(pane.low.toPrecision(6)));
    this.#high.value = String(Number(pane.high.toPrecision(6)));
  }
};
function mapChooser(name) {
  const chooser = element("select", { "aria-label": name, title: name });
  for (const { name: value, title } of COLOUR_MAPS) {
    chooser.append(element("option", { value }, title));
  }
  return chooser;
}
function field(text, control) {
  return element("label", { class: "field" }, text, control);
}

// viewer/controls.js
var PAN_STEP = 60;
var ZOOM_STEP = Math.SQRT2;
var Controls = class {
  /** @param {Viewer} viewer */
  constructor(viewer) {
    this.viewer = viewer;
    this.#look();
    const panel = viewer.host.panel("Brightness");
    this.contrast = new ContrastPanel(panel, (contrast) => viewer.setContrast(contrast));
    this.levels = button({
      name: "Brightness",
      icon: ICONS.histogram,
      key: "c",
      press: () => {
        viewer.layout.togglePanel(panel, this.levels);
        this.update();
      }
    });
    this.invert = button({ name: "Invert", icon: ICONS.invert, key: "i", press: () => this.#invert() });
    this.map = mapChooser("Colours");
    this.map.addEventListener("change", () => viewer.setColourMap(this.map.value));
    viewer.host.toolbarGroup("Brightness").append(this.levels, this.invert, this.map);
  }
  /** Shows what is set. */
  update() {
    const { base } = this.viewer.surface;
    if (!base) return;
    this.contrast.show(base.source.manifest, base.contrast);
    setPressed(this.invert, base.invert);
    this.map.value = base.colours;
  }
  /**
   * @param {KeyboardEvent} event
   * @param {Surface} surface  The one that has the focus.
   * @returns {boolean} Whether the key means something.
   */
  key(event, surface) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const action = this.#moves(surface)[event.key] ?? this.#actions(surface)[event.key];
    if (!action) return false;
    action();
    return true;
  }
  #look() {
    const { viewer } = this;
    const press = (pick) => () => pick(this.#moves(viewer.surface))();
    viewer.host.toolbarGroup("Zoom").append(
      button({ name: "Whole image", icon: ICONS.fit, key: "f", press: press((moves) => moves.f) }),
      button({ name: "1:1 pixels", text: "1:1", key: "1", press: press((moves) => moves[1]) }),
      button({ name: "Zoom out", icon: ICONS.minus, key: "−", press: press((moves) => moves["-"]) }),
      button({ name: "Zoom in", icon: ICONS.plus, key: "+", press: press((moves) => moves["+"]) })
    );
  }
  #invert() {
    const { base } = this.viewer.surface;
    if (base) this.viewer.setContrast({ invert: !base.invert });
  }
  /**
   * What keys do to the view of a surface.
   *
   * @param {Surface} surface
   * @returns {Record<string, () => void>}
   */
  #moves(surface) {
    const { view } = surface;
    const moved = (move2) => () => {
      move2();
      this.viewer.moved(surface);
    };
    const nearer = moved(() => view.zoomTo(view.zoom * ZOOM_STEP));
    return {
      ArrowLeft: moved(() => view.pan(0, PAN_STEP)),
      ArrowRight: moved(() => view.pan(0, -PAN_STEP)),
      ArrowUp: moved(() => view.pan(PAN_STEP, 0)),
      ArrowDown: moved(() => view.pan(-PAN_STEP, 0)),
      "+": nearer,
      "=": nearer,
      "-": moved(() => view.zoomTo(view.zoom / ZOOM_STEP)),
      f: moved(() => view.fit()),
      1: moved(() => view.zoomTo(1 / view.ratio))
    };
  }
  /**
   * What keys do to everything else.
   *
   * @param {Surface} surface
   * @returns {Record<string, () => void>}
   */
  #actions(surface) {
    const { viewer } = this;
    const back = () => viewer.stepPlane(surface, -1);
    const on = () => viewer.stepPlane(surface, 1);
    return {
      "[": back,
      PageUp: back,
      "]": on,
      PageDown: on,
      " ": () => viewer.film.turn(),
      c: () => this.levels.click(),
      i: () => this.#invert(),
      o: () => viewer.upper.turn(),
      w: () => viewer.comparison.set("swipe"),
      b: () => viewer.comparison.turn(),
      g: () => void viewer.tellMiddle(surface),
      k: () => void viewer.savePicture(),
      "?": () => viewer.help.open(),
      Escape: () => viewer.layout.closePanels()
    };
  }
};

// viewer/events.js
var Events = class {
  /** @type {Map<string, Set<(detail: any) => void>>} */
  #listeners = /* @__PURE__ */ new Map();
  /**
   * @param {string} type
   * @param {(detail: any) => void} listener
   * @returns {() => void} Ends it.
   */
  on(type, listener) {
    const listeners = this.#listeners.get(type) ?? /* @__PURE__ */ new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => void listeners.delete(listener);
  }
  /**
   * @param {string} type
   * @param {object | null} detail
   */
  emit(type, detail) {
    for (const listener of [...this.#listeners.get(type) ?? []]) listener(detail);
  }
  clear() {
    this.#listeners.clear();
  }
};

// viewer/film.js
var FRAME_MS = 100;
var Film = class {
  #slider = element("input", { type: "range", min: 0, step: 1 });
  #text = element("output");
  #plane = 0;
  #planes = 1;
  #timer = 0;
  /** @type {number[] | null} */
  #tilts = null;
  #noun = "Frame";
  /**
   * @param {object} on
   * @param {(plane: number) => void} on.choose
   * @param {() => boolean} on.drawn  Whether the plane that was chosen last is on screen.
   */
  constructor(on) {
    this.on = on;
    this.play = button({ name: "Play", icon: ICONS.play, key: "space", press: () => this.turn() });
    const back = button({ name: "Previous", icon: ICONS.back, key: "[", press: () => this.step(-1) });
    const forth = button({ name: "Next", icon: ICONS.on, key: "]", press: () => this.step(1) });
    this.element = element("div", { class: "film" }, this.play, back, this.#slider, forth, this.#text);
    this.#slider.addEventListener("input", () => on.choose(this.#slider.valueAsNumber));
  }
  /**
   * @param {object} what
   * @param {string} what.noun  What a plane is called.
   * @param {number} what.planes
   * @param {number[] | null} what.tilts  Degrees, one a plane, of a tilt series.
   */
  open({ noun, planes, tilts }) {
    this.stop();
    this.#noun = noun;
    this.#planes = planes;
    this.#tilts = tilts;
    this.#slider.max = String(planes - 1);
    this.#slider.setAttribute("aria-label", noun);
    this.element.hidden = planes < 2;
    this.show(0);
  }
  /** @param {number} plane */
  show(plane) {
    this.#plane = plane;
    this.#slider.value = String(plane);
    const tilt = this.#tilts ? `, ${fixed(this.#tilts[plane], 1)}°` : "";
    const text = `${this.#noun} ${plane + 1} of ${this.#planes}${tilt}`;
    this.#text.textContent = text;
    this.#slider.setAttribute("aria-valuetext", text);
  }
  /** @param {number} by */
  step(by) {
    if (this.element.hidden) return;
    this.on.choose(Math.min(Math.max(this.#plane + by, 0), this.#planes - 1));
  }
  /** Plays, from the first frame again after the last, or stops. */
  turn() {
    if (this.element.hidden) return;
    if (this.#timer) {
      this.stop();
      return;
    }
    setPressed(this.play, true);
    this.#timer = window.setInterval(() => {
      if (this.on.drawn()) this.on.choose((this.#plane + 1) % this.#planes);
    }, FRAME_MS);
  }
  stop() {
    clearInterval(this.#timer);
    this.#timer = 0;
    setPressed(this.play, false);
  }
};

// viewer/help.js
var KEYS = [
  ["arrows", "Move the image"],
  ["+  −", "Zoom"],
  ["f", "Whole image"],
  ["1", "One image pixel on one of the screen"],
  ["c", "Brightness"],
  ["i", "Invert"],
  ["[  ]", "Previous or next frame or slice"],
  ["space", "Play or stop"],
  ["o", "Layer on or off"],
  ["w", "Swipe between two images"],
  ["b", "Blink; again: the other image"],
  ["click", "In a volume: bring the slices there"],
  ["g", "Say position and grey level in the middle"],
  ["k", "Save a picture"],
  ["Esc", "Close"]
];
var POINTER = "Drag to move, turn the wheel or pinch to zoom.";
var Help = class {
  #dialog = element("dialog", { class: "help", "aria-label": "Keys" });
  /**
   * @param {HTMLElement} parent
   * @param {() => [string, string][]} more  Keys of the layers.
   */
  constructor(parent, more) {
    this.more = more;
    parent.append(this.#dialog);
  }
  open() {
    const rows = [...KEYS, ...this.more()].map(
      ([key2, what]) => element("tr", {}, element("th", { scope: "row" }, element("kbd", {}, key2)), element("td", {}, what))
    );
    const close = button({ name: "Close", icon: ICONS.close, press: () => this.#dialog.close() });
    const head = element("div", { class: "head" }, element("h2", {}, "Keys"), close);
    const table3 = element("table", {}, element("tbody", {}, ...rows));
    this.#dialog.replaceChildren(head, element("p", {}, POINTER), table3);
    this.#dialog.showModal();
  }
};

// viewer/style.js
var CSS = `
:host {
  display: block;
  min-height: 0;
  color-scheme: light dark;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.viewer {
  --accent: var(--colonnade-accent, light-dark(#0b6bcb, #6cb2ff));
  --paper: var(--colonnade-paper, light-dark(#ffffff, #1b1d21));
  --stage: var(--colonnade-stage, light-dark(#e9ebee, #101114));
  --ink: var(--colonnade-ink, light-dark(#1d2126, #e6e8eb));
  --quiet: var(--colonnade-quiet, light-dark(#59616b, #a3abb5));
  --line: var(--colonnade-line, light-dark(#d5d9de, #363b42));
  display: flex;
  flex-direction: column;
  height: 100%;
  min-height: 160px;
  overflow: hidden;
  background: var(--paper);
  color: var(--ink);
  font: 13px/1.4 var(--colonnade-font, system-ui, sans-serif);
}
.tools {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 10px;
  padding: 4px 6px;
  border-bottom: 1px solid var(--line);
}
.group { display: flex; align-items: center; gap: 2px; }
button, select, input { font: inherit; color: inherit; }
button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-width: 28px;
  height: 28px;
  padding: 0 6px;
  border: 1px solid transparent;
  border-radius: 5px;
  background: none;
  cursor: pointer;
}
button:hover { background: light-dark(#00000010, #ffffff18); }
button[aria-pressed="true"], button[aria-expanded="true"] {
  border-color: var(--accent);
  color: var(--accent);
}
button:disabled { opacity: 0.4; cursor: default; }
button svg { fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.stage:focus-visible { outline-offset: -2px; }
.planes {
  position: relative;
  display: grid;
  flex: 1;
  grid-template: minmax(0, 1fr) / minmax(0, 1fr);
  min-height: 0;
  gap: 1px;
  background: var(--line);
}
.planes.volume { grid-template: repeat(2, minmax(0, 1fr)) / minmax(0, 2fr) minmax(0, 1fr); }
.planes.volume > .stage:first-child { grid-row: span 2; }
.stage {
  position: relative;
  min-width: 0;
  min-height: 0;
  overflow: hidden;
  background: var(--stage);
  cursor: crosshair;
  touch-action: none;
  user-select: none;
}
.stage canvas { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
.last { margin-left: auto; }
select, input[type="number"] {
  height: 26px;
  min-width: 0;
  padding: 0 4px;
  border: 1px solid var(--line);
  border-radius: 5px;
  background: var(--paper);
}
input[type="range"] { min-width: 0; accent-color: var(--accent); }
.panels {
  position: absolute;
  z-index: 2;
  top: 8px;
  right: 8px;
  display: flex;
  flex-direction: column;
  gap: 8px;
  max-height: calc(100% - 16px);
  overflow-y: auto;
  pointer-events: none;
}
.panel {
  display: flex;
  flex-direction: column;
  gap: 8px;
  width: 280px;
  padding: 8px 12px 12px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--paper);
  box-shadow: 0 2px 12px #0003;
  pointer-events: auto;
}
.head { display: flex; align-items: center; justify-content: space-between; }
h2 { margin: 0; font-size: 13px; font-weight: 600; }
.row { display: flex; align-items: center; gap: 8px; }
.row > input[type="range"], .row > select { flex: 1; }
.row > output { min-width: 2.5em; text-align: right; font-variant-numeric: tabular-nums; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; }
.field { display: flex; flex-direction: column; gap: 2px; color: var(--quiet); }
.field > input { color: var(--ink); }
.presets button { flex: 1; border-color: var(--line); }
.handles { position: relative; height: 88px; }
.handles canvas { width: 100%; height: 72px; border-bottom: 1px solid var(--line); color: var(--quiet); }
.handles input, .divider {
  position: absolute;
  margin: 0;
  background: none;
  appearance: none;
  pointer-events: none;
}
.handles input { inset: 64px -7px auto -7px; width: calc(100% + 14px); height: 16px; }
.handles input::-webkit-slider-thumb {
  width: 14px; height: 14px; border: 2px solid var(--paper); border-radius: 50%;
  background: var(--accent); appearance: none; cursor: ew-resize; pointer-events: auto;
}
.handles input::-moz-range-thumb {
  width: 10px; height: 10px; border: 2px solid var(--paper); border-radius: 50%;
  background: var(--accent); cursor: ew-resize; pointer-events: auto;
}
.divider { inset: 0 -10px; z-index: 1; width: calc(100% + 20px); height: 100%; }
.divider::-webkit-slider-runnable-track { height: 100%; }
.divider::-webkit-slider-thumb {
  width: 20px; height: 100%; appearance: none; cursor: ew-resize; pointer-events: auto;
  background: linear-gradient(to right, #0000 8px, #0009 8px 9px, #fff 9px 11px, #0009 11px 12px, #0000 12px);
}
.divider::-moz-range-thumb {
  width: 20px; height: 100%; border: 0; border-radius: 0; cursor: ew-resize; pointer-events: auto;
  background: linear-gradient(to right, #0000 8px, #0009 8px 9px, #fff 9px 11px, #0009 11px 12px, #0000 12px);
}
.badge {
  position: absolute;
  top: 10px;
  padding: 1px 8px;
  border-radius: 5px;
  background: #0009;
  color: #fff;
  font-size: 12px;
  pointer-events: none;
}
.badge.left { left: 10px; }
.badge.right { right: 10px; }
.slice {
  position: absolute;
  inset: auto 10px 14px calc(33.4% + 40px); /* beside the widest scale bar */
  display: flex;
  align-items: center;
  gap: 6px;
  padding: 1px 8px;
  border-radius: 5px;
  background: #0009;
  color: #fff;
  font-size: 12px;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}
.slice input { flex: 1; }
.colourbar {
  position: absolute;
  right: 14px;
  bottom: 14px;
  display: flex;
  flex-direction: column;
  gap: 3px;
  width: 180px;
  padding: 6px 8px;
  border-radius: 5px;
  background: #000a;
  color: #fff;
  font-size: 12px;
  pointer-events: none;
}
.colourbar .band { height: 10px; }
.colourbar .ends { display: flex; justify-content: space-between; color: #fff; font-variant-numeric: tabular-nums; }
.wedge {
  position: absolute;
  top: 8px;
  right: 8px;
  border-radius: 5px;
  background: #0009;
  pointer-events: none;
}
.wedge .unseen { fill: #fff2; stroke: #fff8; stroke-width: 0.6; }
.wedge .seen { fill: none; stroke: #ffb000; stroke-width: 0.8; }
.wedge text { fill: #fff; font-size: 9px; }
.film {
  display: flex;
  align-items: center;
  gap: 4px;
  padding: 2px 6px;
  border-top: 1px solid var(--line);
}
.film input { flex: 1; }
.film output { min-width: 11em; padding-left: 6px; font-variant-numeric: tabular-nums; }
.problem { margin: 0; padding: 6px 10px; border-top: 1px solid var(--line); color: light-dark(#b3261e, #ff8a80); }
.help {
  max-height: 90vh;
  padding: 12px 16px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--paper);
  color: var(--ink);
}
.help::backdrop { background: #0006; }
.help table { border-spacing: 0 4px; }
.help th { padding-right: 20px; text-align: left; font-weight: normal; }
kbd { font: 12px ui-monospace, monospace; }
.status {
  display: flex;
  gap: 16px;
  padding: 3px 8px;
  border-top: 1px solid var(--line);
  color: var(--quiet);
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
  overflow: hidden;
}
.space { flex: 1; }
.value { color: var(--ink); }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;
function dress(root) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
}

// viewer/layout.js
var Layout = class {
  #tools = element("div", { class: "tools" });
  #panels = element("div", { class: "panels" });
  #problem = element("p", { class: "problem", role: "alert", hidden: true });
  #spoken = element("div", { class: "spoken", role: "status" });
  /** What holds the stages. */
  planes = element("div", { class: "planes" });
  /** What is put into a page; a notebook is asked to keep its own keys out of it. */
  element = element("div", { "data-lm-suppress-shortcuts": "true" });
  /**
   * @param {HTMLElement[]} stages  The main one first.
   * @param {HTMLElement[]} below  What stands under them.
   */
  constructor(stages, below) {
    this.main = stages[0];
    this.root = this.element.attachShadow({ mode: "open" });
    this.element.style.height = "100%";
    dress(this.root);
    this.planes.append(...stages, this.#panels);
    const parts = [this.#tools, this.planes, ...below, this.#problem, this.#spoken];
    this.root.append(element("div", { class: "viewer" }, ...parts));
    this.#panels.addEventListener("keydown", ({ key: key2 }) => key2 === "Escape" && this.closePanels());
  }
  /** @param {string} label */
  toolbarGroup(label2) {
    const group = element("div", { class: "group", role: "group", "aria-label": label2 });
    this.#tools.append(group);
    return group;
  }
  /**
   * A panel that is hidden, with its title and a way to close it.
   *
   * @param {string} title
   */
  panel(title) {
    const close = button({ name: `Close ${title}`, icon: ICONS.close, press: () => this.closePanels() });
    const head = element("div", { class: "head" }, element("h2", {}, title), close);
    const panel = element("section", { class: "panel", "aria-label": title, hidden: true }, head);
    this.#panels.append(panel);
    return panel;
  }
  /**
   * @param {HTMLElement} panel
   * @param {HTMLElement} opener  The button that shows and hides it.
   */
  togglePanel(panel, opener) {
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
  }
  closePanels() {
    for (const opener of this.#tools.querySelectorAll("[aria-expanded=true]")) {
      opener.setAttribute("aria-expanded", "false");
    }
    for (const panel of this.#panels.children) panel.toggleAttribute("hidden", true);
    this.main.focus();
  }
  /** @param {string} text  For a screen reader. */
  announce(text) {
    this.#spoken.textContent = text;
  }
  /** @param {string | null} text  What is wrong; null: nothing. */
  showProblem(text) {
    this.#problem.textContent = text;
    this.#problem.hidden = text === null;
  }
};

// viewer/chart.js
var NAMESPACE = "http://www.w3.org/2000/svg";
var WIDTH_PX = 216;
var HEIGHT_PX = 96;
function drawChart(traces, unit) {
  const values = traces.flatMap((trace) => [...trace.value].filter(Number.isFinite));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!values.length) return element("p", { class: "quiet" }, "The line lies outside the image.");
  const length2 = Math.max(...traces.map((trace) => trace.distance[trace.distance.length - 1]));
  const words = `Grey levels from ${greyLevel(low)} to ${greyLevel(high)} along ${brief(length2)} ${unit}`;
  const svg = svgElement("svg", { viewBox: `0 0 ${WIDTH_PX} ${HEIGHT_PX}`, role: "img", "aria-label": words });
  for (const [i, trace] of traces.entries()) {
    svg.append(svgElement("path", { class: `trace trace-${i}`, d: pathOf(trace, length2, low, high) }));
  }
  const names = traces.length > 1 ? traces.map((trace, i) => key(trace.name, i)) : [];
  const ends2 = element("div", { class: "ends" }, element("span", {}, "0"), ...names);
  ends2.append(element("span", {}, `${brief(length2)} ${unit}`));
  const levels2 = element("div", { class: "ends" }, `${greyLevel(low)} to ${greyLevel(high)}`);
  return element("figure", { class: "chart" }, levels2, svg, ends2);
}
function key(name, place3) {
  return element("span", { class: `key key-${place3}` }, name);
}
function pathOf({ distance, value }, length2, low, high) {
  const height = high > low ? (HEIGHT_PX - 2) / (high - low) : 0;
  let path = "";
  let drawing2 = false;
  for (let i = 0; i < value.length; i++) {
    const known = Number.isFinite(value[i]);
    const x = distance[i] / length2 * WIDTH_PX;
    const y = HEIGHT_PX - 1 - (value[i] - low) * height;
    if (known) path += `${drawing2 ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`;
    drawing2 = known;
  }
  return path;
}
function brief(value) {
  return String(Number(value.toPrecision(3)));
}
function svgElement(tag, attributes) {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// viewer/table.js
var HEADER_LENGTH_BYTES = 4;
function decodeTable(buffer) {
  const length2 = new DataView(buffer).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(buffer, HEADER_LENGTH_BYTES, length2));
  const header = JSON.parse(text);
  const bytes2 = header.rows * Float64Array.BYTES_PER_ELEMENT;
  const start = HEADER_LENGTH_BYTES + length2;
  const columns = header.columns.map((name, i) => [
    name,
    new Float64Array(buffer, start + i * bytes2, header.rows)
  ]);
  return { rows: header.rows, columns: Object.fromEntries(columns), words: header.words ?? {} };
}
function wordOf(table3, name, value) {
  return table3.words?.[name]?.[value];
}
function column(table3, name) {
  const values = table3.columns[name];
  if (!values) throw new Error(`the table has no column ${name}`);
  return values;
}

// viewer/numbers.js
var ERROR_PREFIX = "sigma_";
var ERROR_DIGITS = 2;
var HAND_DECIMALS = 2;
function numbersOf(points, point) {
  const { table: table3, fields } = points;
  const { y, x } = points.position(point);
  const byHand = [
    [fields.y, y.toFixed(HAND_DECIMALS)],
    [fields.x, x.toFixed(HAND_DECIMALS)]
  ];
  if (point >= table3.rows) return [...byHand, ["", "added by hand: no standard error"]];
  const moved = points.outcome.moved.has(point);
  const { columns } = table3;
  const shown2 = Object.keys(columns).filter(
    (name) => !isErrorOf(name, columns) && Number.isFinite(columns[name][point])
  );
  const value = (name) => wordOf(table3, name, columns[name][point]) ?? withError(columns, name, point);
  if (!moved) return shown2.map((name) => [name, value(name)]);
  const others = shown2.filter((name) => !isPosition(name));
  const rest = others.map((name) => (
    /** @type {[string, string]} */
    [name, value(name)]
  ));
  return [...byHand, ["", "moved by hand: no standard error"], ...rest];
}
function isErrorOf(name, columns) {
  return name.startsWith(ERROR_PREFIX) && name.slice(ERROR_PREFIX.length) in columns;
}
function isPosition(name) {
  return /^[yx]_(px|nm)$/.test(name);
}
function withError(columns, name, row) {
  const value = columns[name][row];
  const error = columns[ERROR_PREFIX + name]?.[row];
  if (!(error > 0)) return greyLevel(value);
  const decimals = Math.min(Math.max(ERROR_DIGITS - 1 - Math.floor(Math.log10(error)), 0), 12);
  return `${value.toFixed(decimals)} ± ${error.toFixed(decimals)}`.replace("-", "−");
}

// viewer/profile.js
var MOST_SAMPLES = 4096;
var SAMPLES_PER_PX = 2;
async function readPatch(source, { axis, plane }, box, signal) {
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
      wanted.push(tile.then((pixels2) => copyTile(patch, pixels2, row * side, col * side)));
    }
  }
  await Promise.all(wanted);
  return patch;
}
function copyTile({ y0, x0, height, width, values }, { data, shape }, top, left) {
  const from = Math.max(x0, left);
  const to = Math.min(x0 + width, left + shape[1]);
  for (let y = Math.max(y0, top); y < Math.min(y0 + height, top + shape[0]); y++) {
    const source = (y - top) * shape[1] - left;
    values.set(data.subarray(source + from, source + to), (y - y0) * width + from - x0);
  }
}
function interpolated({ y0, x0, height, width, values }, y, x) {
  const [i, j] = [Math.floor(y) - y0, Math.floor(x) - x0];
  const [v, u] = [y - Math.floor(y), x - Math.floor(x)];
  const at = (row, column2) => row >= 0 && column2 >= 0 && row < height && column2 < width ? values[row * width + column2] : NaN;
  const along = (row) => u === 0 ? at(row, j) : (1 - u) * at(row, j) + u * at(row, j + 1);
  return v === 0 ? along(i) : (1 - v) * along(i) + v * along(i + 1);
}
function boxAround(from, to) {
  return {
    y0: Math.min(from.y, to.y),
    y1: Math.max(from.y, to.y),
    x0: Math.min(from.x, to.x),
    x1: Math.max(from.x, to.x)
  };
}
function profileAlong(patch, from, to, pixelSize2) {
  const [dy, dx] = [to.y - from.y, to.x - from.x];
  const steps = Math.ceil(Math.hypot(dy, dx) * SAMPLES_PER_PX);
  const count = Math.min(Math.max(steps, 1), MOST_SAMPLES);
  const [sizeY, sizeX] = pixelSize2 ?? [1, 1];
  const length2 = Math.hypot(dy * sizeY, dx * sizeX);
  const distance = new Float64Array(count + 1);
  const value = new Float64Array(count + 1);
  for (let i = 0; i <= count; i++) {
    const part2 = i / count;
    distance[i] = part2 * length2;
    value[i] = interpolated(patch, from.y + part2 * dy, from.x + part2 * dx);
  }
  return { distance, value, unit: pixelSize2 ? "nm" : "px" };
}

// viewer/cards.js
var HALF_LENGTH = 1.5;
var MOST_HALF_LENGTH_PX = 64;
var Cards = class {
  #numbers = element("dl", { class: "numbers" });
  #through = element("div", {});
  #along = element("div", {});
  #reading = { through: new AbortController(), along: new AbortController() };
  /** @param {import("./types.js").Host} host */
  constructor(host) {
    this.host = host;
    this.selected = host.panel("Selected");
    this.selected.append(this.#numbers, this.#through);
    this.profile = host.panel("Profile");
    this.profile.append(this.#along);
  }
  /**
   * @param {import("./pointset.js").PointSet | null} points
   * @param {number | null} point
   * @param {string} title
   */
  showPoint(points, point, title) {
    this.#reading.through.abort();
    this.selected.hidden = !points || point === null;
    if (!points || point === null) return;
    const rows = numbersOf(points, point);
    this.selected.querySelector("h2").textContent = title;
    this.#numbers.replaceChildren(
      ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)])
    );
    const half = Math.max(1, Math.min(HALF_LENGTH * points.spacing, MOST_HALF_LENGTH_PX));
    const { y, x } = points.position(point);
    this.#reading.through = this.#read(this.#through, [
      { name: "along x", from: { y, x: x - half }, to: { y, x: x + half } },
      { name: "along y", from: { y: y - half, x }, to: { y: y + half, x } }
    ]);
  }
  /** @param {{from: Position, to: Position} | null} line */
  showProfile(line3) {
    this.#reading.along.abort();
    this.profile.hidden = !line3;
    if (line3) this.#reading.along = this.#read(this.#along, [{ name: "", ...line3 }]);
  }
  destroy() {
    for (const reading of Object.values(this.#reading)) reading.abort();
  }
  /**
   * Draw profiles when their pixels are here.
   *
   * @param {HTMLElement} place
   * @param {{name: string, from: Position, to: Position}[]} lines
   * @returns {AbortController} Ends it.
   */
  #read(place3, lines) {
    const reading = new AbortController();
    this.#traces(lines, reading.signal).then(
      (chart) => reading.signal.aborted || place3.replaceChildren(chart),
      () => reading.signal.aborted || place3.replaceChildren("The pixels could not be read.")
    );
    return reading;
  }
  /**
   * @param {{name: string, from: Position, to: Position}[]} lines
   * @param {AbortSignal} signal
   */
  async #traces(lines, signal) {
    const source = this.host.source();
    if (!source) return "";
    const where = this.host.where();
    const size = source.manifest.axes[where.axis].pixel_size;
    const profiles = lines.map(async ({ name, from, to }) => {
      const patch = await readPatch(source, where, boxAround(from, to), signal);
      return { name, ...profileAlong(patch, from, to, size) };
    });
    const traces = await Promise.all(profiles);
    return drawChart(traces, traces[0].unit);
  }
};

// viewer/edits.js
function begin(edits = []) {
  return { present: edits, past: [], future: [] };
}
function step2(history, edits) {
  return { present: edits, past: [...history.past, history.present], future: [] };
}
function add(history, at) {
  return step2(history, [...history.present, { op: "add", ...at }]);
}
function remove(history, rows, chosen) {
  const gone = new Set(chosen);
  if (!gone.size) return history;
  let place3 = rows;
  const kept = history.present.filter((edit) => !gone.has(edit.op === "add" ? place3++ : edit.row));
  const deletes = [...gone].filter((row) => row < rows).map((row) => ({ op: "delete", row }));
  return step2(history, [...kept, ...deletes]);
}
function move(history, rows, row, to) {
  const { y, x } = to;
  if (row < rows) {
    const others = history.present.filter((edit) => edit.op === "add" || edit.row !== row);
    return step2(history, [...others, { op: "move", row, y, x }]);
  }
  let place3 = rows;
  return step2(
    history,
    history.present.map(
      (edit) => edit.op === "add" && place3++ === row ? { ...edit, y, x } : edit
    )
  );
}
function joined({ past, ...history }) {
  return { ...history, past: past.slice(0, -1) };
}
function undo({ past, present, future }) {
  if (!past.length) return { past, present, future };
  const last = past[past.length - 1];
  return { past: past.slice(0, -1), present: last, future: [present, ...future] };
}
function redo({ past, present, future }) {
  if (!future.length) return { past, present, future };
  const [next, ...rest] = future;
  return { past: [...past, present], present: next, future: rest };
}
function outcome(edits) {
  const result = { deleted: /* @__PURE__ */ new Set(), moved: /* @__PURE__ */ new Map(), added: [] };
  for (const edit of edits) {
    if (edit.op === "add") {
      const { op, ...at } = edit;
      result.added.push(at);
    } else if (edit.op === "delete") result.deleted.add(edit.row);
    else result.moved.set(edit.row, { y: edit.y, x: edit.x });
  }
  return result;
}

// viewer/pick.js
var POINTS_PER_CELL = 8;
var SPACING_OF_ONE_PX = 20;
function buildIndex(y, x) {
  const { box, count } = extent(y, x);
  const [tall, wide] = [box.y1 - box.y0, box.x1 - box.x0];
  const longest = Math.max(tall, wide, 1e-9);
  const cell = Math.max(
    Math.sqrt(tall * wide * POINTS_PER_CELL / Math.max(count, 1)),
    longest * POINTS_PER_CELL / Math.max(count, POINTS_PER_CELL)
  );
  const down = Math.floor(tall / cell) + 1;
  const across = Math.floor(wide / cell) + 1;
  const grid = { y, x, top: box.y0, left: box.x0, cell, down, across };
  return { ...grid, ...sortIntoCells(grid) };
}
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
function spans(index, box) {
  const { top, left, cell, down, across, starts } = index;
  const first = Math.max(0, Math.floor((box.y0 - top) / cell));
  const last = Math.min(down - 1, Math.floor((box.y1 - top) / cell));
  const from = Math.max(0, Math.floor((box.x0 - left) / cell));
  const to = Math.min(across - 1, Math.floor((box.x1 - left) / cell));
  const found = [];
  if (from > to) return found;
  for (let i = first; i <= last; i++) {
    found.push([starts[i * across + from], starts[i * across + to + 1]]);
  }
  return found;
}
function rowsIn(index, box, accept = () => true) {
  const { y, x, order } = index;
  const found = [];
  for (const [from, to] of spans(index, box)) {
    for (let k = from; k < to; k++) {
      const row = order[k];
      const inside = y[row] >= box.y0 && y[row] <= box.y1 && x[row] >= box.x0 && x[row] <= box.x1;
      if (inside && accept(row)) found.push(row);
    }
  }
  return found;
}
function nearest(index, at, reach, accept = () => true) {
  const box = { y0: at.y - reach.y, y1: at.y + reach.y, x0: at.x - reach.x, x1: at.x + reach.x };
  const { y, x, order } = index;
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
function usualSpacing(index) {
  const { y, x } = index;
  const { box, count } = extent(y, x);
  const [tall, wide] = [box.y1 - box.y0, box.x1 - box.x0];
  if (count < 2 || tall + wide === 0) return SPACING_OF_ONE_PX;
  const sum = tall + wide;
  return (sum + Math.sqrt(sum ** 2 + 4 * (count - 1) * tall * wide)) / (2 * (count - 1));
}

// viewer/raster.js
var PHASES = 4;
var RIM_ALPHA = 0.7;
var LEAST_ALPHA = 0.04;
function makeRaster(width, height) {
  const image = new ImageData(width, height);
  return { pixels: new Uint32Array(image.data.buffer), width, height, image };
}
function makeStamps(colours, radius, rim, width) {
  const reach = Math.ceil(radius + rim + 0.5);
  const shapes = Array.from(
    { length: PHASES * PHASES },
    (_, phase) => shapeOf(phase, radius, rim, reach, width)
  );
  return { colours, radius, rim, width, reach, shapes, made: [] };
}
function shapeOf(phase, radius, rim, reach, width) {
  const [y, x] = [(Math.floor(phase / PHASES) + 0.5) / PHASES, (phase % PHASES + 0.5) / PHASES];
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
    alpha: Float64Array.from(covered, ({ alpha }) => alpha)
  };
}
function stamp(raster, stamps, y, x, colour) {
  const { width, height } = raster;
  const { reach } = stamps;
  const row = Math.floor(y);
  const column2 = Math.floor(x);
  const seen = row >= -reach && column2 >= -reach && row < height + reach && column2 < width + reach;
  if (!seen) return;
  const phase = Math.floor((y - row) * PHASES) * PHASES + Math.floor((x - column2) * PHASES);
  const shape = stamps.shapes[phase];
  const key2 = colour * PHASES * PHASES + phase;
  const words = stamps.made[key2] ??= coloured(shape, stamps.colours[colour]);
  const whole = row >= reach && column2 >= reach && row < height - reach && column2 < width - reach;
  if (whole) stampWhole(raster.pixels, shape, words, row * width + column2);
  else stampPart(raster, shape, words, row, column2);
}
function stampWhole(pixels2, { opaque, offsets }, words, centre) {
  for (let k = 0; k < opaque; k++) pixels2[centre + offsets[k]] = words[k];
  for (let k = opaque; k < words.length; k++) lay(pixels2, centre + offsets[k], words[k]);
}
function stampPart({ pixels: pixels2, width, height }, { down, right }, words, row, column2) {
  for (let k = 0; k < words.length; k++) {
    const i = row + down[k];
    const j = column2 + right[k];
    if (i >= 0 && j >= 0 && i < height && j < width) lay(pixels2, i * width + j, words[k]);
  }
}
function lay(pixels2, target, word) {
  if (word >>> 24 > pixels2[target] >>> 24) pixels2[target] = word;
}
function coloured({ fill, alpha }, colour) {
  const words = new Uint32Array(fill.length);
  for (let k = 0; k < words.length; k++) words[k] = shaded(colour, fill[k], alpha[k]);
  return words;
}
function coverage(inside) {
  return Math.min(1, Math.max(0, inside + 0.5));
}
function shaded(colour, part2, alpha) {
  const blue = (colour >>> 16 & 255) * part2 + 0.5;
  const green = (colour >>> 8 & 255) * part2 + 0.5;
  const red = (colour & 255) * part2 + 0.5;
  return (alpha * 255 + 0.5 << 24 | blue << 16 | green << 8 | red) >>> 0;
}
function line(raster, y0, x0, y1, x1, colour) {
  const steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
  const [from, to] = steep ? [y0, y1] : [x0, x1];
  const [start, end] = steep ? [x0, x1] : [y0, y1];
  const slope = to === from ? 0 : (end - start) / (to - from);
  const length2 = steep ? raster.height : raster.width;
  const last = Math.min(Math.floor(Math.max(from, to)), length2 - 1);
  for (let along = Math.max(Math.floor(Math.min(from, to)), 0); along <= last; along++) {
    const across = start + slope * (along + 0.5 - from) - 0.5;
    const first = Math.floor(across);
    for (const each of [first, first + 1]) {
      const [i, j] = steep ? [along, each] : [each, along];
      blend(raster, i, j, colour, 1 - Math.abs(across - each));
    }
  }
}
function blend({ pixels: pixels2, width, height }, i, j, colour, alpha) {
  if (i < 0 || j < 0 || i >= height || j >= width) return;
  lay(pixels2, i * width + j, (Math.round(alpha * 255) << 24 | colour & 16777215) >>> 0);
}

// viewer/points.js
var RADIUS_OF_SPACING = 0.16;
var LEAST_RADIUS_PX = 0.8;
var MOST_RADIUS_PX = 4;
var RIM_FROM_PX = 4;
var WHOLE_RIM_FROM_PX = 10;
var RIM_PX = 1;
var LEAST_RING_SPACING_PX = 24;
var LEAST_RING_GAP_PX = 2.5;
var FAINT = 0.35;
var KEPT_STAMPS = 8;
var HEAD_PART = 0.35;
var MOST_HEAD_PX = 6;
var HEAD_ANGLE = 0.45;
var EDIT_COLOUR = "#ff4fa3";
var EDIT_HALO = "rgb(0 0 0 / 0.65)";
var EDIT_SIZE_PX = 5;
var PointsPainter = class {
  /** @type {import("./raster.js").Raster | null} */
  #raster = null;
  /** @type {import("./raster.js").Stamps[]} The last used first. */
  #stamps = [];
  /**
   * @param {CanvasRenderingContext2D} context  Of an empty canvas; its unit is the CSS pixel.
   * @param {import("./view.js").View} view
   * @param {import("./pointset.js").PointSet} points
   * @param {Look} look
   */
  draw(context, view, points, look) {
    const raster = this.#blank(context.canvas.width, context.canvas.height);
    const stretches = spans(points.index, margined(view));
    if (look.vectors) drawArrows(raster, view, points, look, look.vectors, stretches);
    drawDots(raster, view, points, look, stretches, this.#stampsOf(view, points, look));
    context.putImageData(raster.image, 0, 0);
    if (points.spacing * view.zoom >= LEAST_RING_SPACING_PX) {
      drawRings(context, view, points, look, stretches);
    }
    drawEdits(context, view, points);
  }
  /**
   * @param {number} width
   * @param {number} height
   */
  #blank(width, height) {
    if (this.#raster?.width !== width || this.#raster.height !== height) {
      this.#raster = makeRaster(width, height);
      this.#stamps = [];
    } else {
      this.#raster.pixels.fill(0);
    }
    return this.#raster;
  }
  /**
   * @param {import("./view.js").View} view
   * @param {import("./pointset.js").PointSet} points
   * @param {Look} look
   */
  #stampsOf(view, points, { palette }) {
    const radius = dotRadius(points, view) * view.ratio;
    const rim = rimWidth(points, view) * view.ratio;
    const { width } = (
      /** @type {import("./raster.js").Raster} */
      this.#raster
    );
    const stamps = this.#stamps.find((each) => each.radius === radius && each.rim === rim && each.colours === palette) ?? makeStamps(palette, radius, rim, width);
    this.#stamps = [stamps, ...this.#stamps.filter((each) => each !== stamps)].slice(0, KEPT_STAMPS);
    return stamps;
  }
};
function dotRadius(points, view) {
  const radius = RADIUS_OF_SPACING * points.spacing * view.zoom;
  return Math.round(Math.min(Math.max(radius, LEAST_RADIUS_PX), MOST_RADIUS_PX) * 5) / 5;
}
function rimWidth(points, view) {
  const part2 = (points.spacing * view.zoom - RIM_FROM_PX) / (WHOLE_RIM_FROM_PX - RIM_FROM_PX);
  return RIM_PX * Math.round(Math.min(Math.max(part2, 0), 1) * 4) / 4;
}
function margined(view) {
  const { y0, x0, y1, x1 } = view.bounds();
  const [y, x] = [MOST_RADIUS_PX / view.zoomY, MOST_RADIUS_PX / view.zoomX];
  return { y0: y0 - y, x0: x0 - x, y1: y1 + y, x1: x1 + x };
}
function drawDots(raster, view, points, { places: places2 }, stretches, stamps) {
  const { y, x, index, isPlain } = points;
  const [scaleY, scaleX] = [view.zoomY * view.ratio, view.zoomX * view.ratio];
  const [offsetY, offsetX] = [view.offsetY * view.ratio, view.offsetX * view.ratio];
  for (const [from, to] of stretches) {
    for (let k = from; k < to; k++) {
      const row = index.order[k];
      if (!isPlain(row)) continue;
      const colour = places2 ? places2[row] : 0;
      stamp(raster, stamps, y[row] * scaleY + offsetY, x[row] * scaleX + offsetX, colour);
    }
  }
}
function drawArrows(raster, view, points, { places: places2, palette }, vectors, stretches) {
  for (const [from, to] of stretches) {
    for (let k = from; k < to; k++) {
      const row = points.index.order[k];
      if (!points.isPlain(row)) continue;
      const [y, x] = view.toScreen(points.y[row], points.x[row]);
      const dy = vectors.y[row] * vectors.scale * view.zoomY;
      const dx = vectors.x[row] * vectors.scale * view.zoomX;
      if (!Number.isFinite(dy) || !Number.isFinite(dx)) continue;
      drawArrow(raster, view.ratio, { y, x, dy, dx }, palette[places2 ? places2[row] : 0]);
    }
  }
}
function drawArrow(raster, ratio, { y, x, dy, dx }, colour) {
  const [tipY, tipX] = [(y + dy) * ratio, (x + dx) * ratio];
  line(raster, y * ratio, x * ratio, tipY, tipX, colour);
  const side = Math.min(HEAD_PART * Math.hypot(dy, dx), MOST_HEAD_PX) * ratio;
  const direction = Math.atan2(dy, dx);
  for (const angle of [direction + Math.PI - HEAD_ANGLE, direction + Math.PI + HEAD_ANGLE]) {
    line(raster, tipY, tipX, tipY + side * Math.sin(angle), tipX + side * Math.cos(angle), colour);
  }
}
function drawRings(context, view, points, { places: places2, palette }, stretches) {
  const { sigmaY, sigmaX, index, isPlain } = points;
  if (!sigmaY || !sigmaX) return;
  const least = dotRadius(points, view) + LEAST_RING_GAP_PX;
  context.save();
  context.lineWidth = 1.25;
  for (const [from, to] of stretches) {
    for (let k = from; k < to; k++) {
      const row = index.order[k];
      const [tall, wide] = [sigmaY[row] * view.zoomY, sigmaX[row] * view.zoomX];
      if (!isPlain(row) || !Number.isFinite(tall) || !Number.isFinite(wide)) continue;
      const [y, x] = view.toScreen(points.y[row], points.x[row]);
      context.globalAlpha = Math.max(tall, wide) < least ? FAINT : 1;
      context.strokeStyle = cssColour(palette[places2 ? places2[row] : 0]);
      context.beginPath();
      context.ellipse(x, y, Math.max(wide, least), Math.max(tall, least), 0, 0, 2 * Math.PI);
      context.stroke();
    }
  }
  context.restore();
}
function drawEdits(context, view, points) {
  const { rows } = points.table;
  const path = new Path2D();
  const size = EDIT_SIZE_PX;
  const table3 = (row) => view.toScreen(points.y[row], points.x[row]);
  for (const row of points.outcome.deleted) {
    if (!points.isInFrame(row)) continue;
    const [y, x] = table3(row);
    path.moveTo(x - size, y - size);
    path.lineTo(x + size, y + size);
    path.moveTo(x + size, y - size);
    path.lineTo(x - size, y + size);
  }
  for (const [point, at] of points.edited()) {
    const [y, x] = view.toScreen(at.y, at.x);
    if (point < rows) {
      const [fromY, fromX] = table3(point);
      path.moveTo(fromX, fromY);
      path.lineTo(x, y);
      path.rect(x - size, y - size, 2 * size, 2 * size);
    } else {
      path.moveTo(x + size, y);
      path.arc(x, y, size, 0, 2 * Math.PI);
      path.moveTo(x - size, y);
      path.lineTo(x + size, y);
      path.moveTo(x, y - size);
      path.lineTo(x, y + size);
    }
  }
  strokeTwice(context, path, EDIT_COLOUR);
}
function strokeTwice(context, path, colour) {
  context.save();
  for (
    const [width, style] of
    /** @type {[number, string][]} */
    [
      [3.5, EDIT_HALO],
      [1.5, colour]
    ]
  ) {
    context.lineWidth = width;
    context.strokeStyle = style;
    context.stroke(path);
  }
  context.restore();
}

// viewer/regions.js
function regionBetween(from, to, shape) {
  const inside = (value, length2) => Math.min(Math.max(value, -0.5), length2 - 0.5);
  const [fromY, toY] = [inside(from.y, shape[0]), inside(to.y, shape[0])];
  const [fromX, toX] = [inside(from.x, shape[1]), inside(to.x, shape[1])];
  return {
    y0: Math.min(fromY, toY),
    x0: Math.min(fromX, toX),
    y1: Math.max(fromY, toY),
    x1: Math.max(fromX, toX)
  };
}
function regionAt(regions, { y, x }) {
  const found = regions.findLastIndex(
    (box) => y >= box.y0 && y <= box.y1 && x >= box.x0 && x <= box.x1
  );
  return found < 0 ? null : found;
}
function chosenBy(regions, points) {
  return [...new Set(regions.flatMap((box) => points.within(box)))].sort((a, b) => a - b);
}
function regionWords(box, count, noun, pixelSize2) {
  const [tall, wide] = [box.y1 - box.y0, box.x1 - box.x0];
  const size = pixelSize2 ? `${brief2(wide * pixelSize2[1])} × ${brief2(tall * pixelSize2[0])} nm` : `${brief2(wide)} × ${brief2(tall)} px`;
  if (count === null) return size;
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}, ${size}`;
}
function brief2(value) {
  return value >= 1e3 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

// viewer/tools.js
var REACH_PX = 10;
var STEP_PX = 1;
var FINE_STEP_PX = 0.1;
var HELD_SIZE_PX = 6;
var DRAWN_COLOUR = "#7cc4ff";
var ARROWS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1]
};
var place = ({ at: [y, x] }) => ({ y, x });
function pointAt({ points }, pointer, view) {
  const reach = { y: REACH_PX / view.zoomY, x: REACH_PX / view.zoomX };
  return points?.nearest(place(pointer), reach) ?? null;
}
function editable({ points, options }) {
  return points && options.editable !== false ? points : null;
}
var Look = class {
  help = "Press a column for its numbers and profile";
  /** @param {Overlay} overlay */
  constructor(overlay) {
    this.overlay = overlay;
  }
  /**
   * @param {Pointer} pointer
   * @param {View} view
   */
  pointer(pointer, view) {
    if (pointer.type !== "click") return false;
    const point = pointAt(this.overlay, pointer, view);
    this.overlay.select(point);
    return false;
  }
  key() {
    return false;
  }
  draw() {
  }
  leave() {
  }
};
var Remove = class {
  help = "Press a column to delete it";
  /** @param {Overlay} overlay */
  constructor(overlay) {
    this.overlay = overlay;
  }
  /**
   * @param {Pointer} pointer
   * @param {View} view
   */
  pointer(pointer, view) {
    if (pointer.type !== "click") return false;
    const point = pointAt(this.overlay, pointer, view);
    if (point !== null) this.overlay.remove([point]);
    return false;
  }
  key() {
    return false;
  }
  draw() {
  }
  leave() {
  }
};
var Move = class {
  help = "Drag a column, or move the selected one with the arrow keys; Shift makes the step a tenth";
  /** @type {{point: number, to: Position, grip: Position} | null} */
  #held = null;
  /** @type {import("./edits.js").History | null} What the last key left: a key that repeats goes on there. */
  #keyed = null;
  /** @param {Overlay} overlay */
  constructor(overlay) {
    this.overlay = overlay;
  }
  /**
   * @param {Pointer} pointer
   * @param {View} view
   */
  pointer(pointer, view) {
    if (pointer.type === "down") return this.#take(pointer, view);
    if (!this.#held) return false;
    const { point, grip } = this.#held;
    const { y, x } = place(pointer);
    this.#held.to = { y: y + grip.y, x: x + grip.x };
    if (pointer.type === "up" && pointer.dragged) this.#put(point, this.#held.to);
    if (pointer.type === "up" || pointer.type === "cancel") this.#held = null;
    this.overlay.host.redraw();
    return true;
  }
  /**
   * @param {Pointer} pointer
   * @param {View} view
   */
  #take(pointer, view) {
    const points = editable(this.overlay);
    const point = pointAt(this.overlay, pointer, view);
    if (!points || point === null) return false;
    const at = points.position(point);
    const { y, x } = place(pointer);
    this.#held = { point, to: at, grip: { y: at.y - y, x: at.x - x } };
    this.overlay.select(point);
    return true;
  }
  /** @param {KeyboardEvent} event */
  key(event) {
    const arrow = ARROWS[event.key];
    const { selected } = this.overlay;
    const points = editable(this.overlay);
    if (!arrow || selected === null || !points) return false;
    const step3 = event.shiftKey ? FINE_STEP_PX : STEP_PX;
    const { y, x } = points.position(selected);
    const goesOn = event.repeat && points.history === this.#keyed;
    this.#put(selected, { y: y + step3 * arrow[0], x: x + step3 * arrow[1] }, goesOn);
    this.#keyed = points.history;
    return true;
  }
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  draw(context, view) {
    if (!this.#held || !this.overlay.points) return;
    const from = this.overlay.points.position(this.#held.point);
    const path = new Path2D();
    const [y0, x0] = view.toScreen(from.y, from.x);
    const [y, x] = view.toScreen(this.#held.to.y, this.#held.to.x);
    path.moveTo(x0, y0);
    path.lineTo(x, y);
    path.moveTo(x + HELD_SIZE_PX, y);
    path.arc(x, y, HELD_SIZE_PX, 0, 2 * Math.PI);
    strokeTwice(context, path, DRAWN_COLOUR);
  }
  leave() {
    this.#held = null;
  }
  /**
   * @param {number} point
   * @param {Position} to
   * @param {boolean} [goesOn]  Whether it is one step with the last.
   */
  #put(point, to, goesOn = false) {
    const { points } = this.overlay;
    if (!points) return;
    const inside = within(to, this.overlay.host.view.shape);
    const where = `${inside.y.toFixed(1)}, ${inside.x.toFixed(1)}`;
    const moved = move(points.history, points.table.rows, point, inside);
    this.overlay.edit(goesOn ? joined(moved) : moved, `Column moved to ${where}`);
  }
};
function within({ y, x }, [rows, columns]) {
  return {
    y: Math.min(Math.max(y, -0.5), rows - 0.5),
    x: Math.min(Math.max(x, -0.5), columns - 0.5)
  };
}

// viewer/drawing.js
var CROSSHAIR_STEP_PX = 8;
var CROSSHAIR_SIZE_PX = 12;
var Crosshair = class {
  /** @type {Position | null} */
  at = null;
  /**
   * @param {KeyboardEvent} event
   * @param {View} view
   */
  key(event, view) {
    const arrow = ARROWS[event.key];
    if (!arrow) return false;
    const { y, x } = this.here(view);
    const step3 = event.shiftKey ? FINE_STEP_PX : Math.max(STEP_PX, Math.round(CROSSHAIR_STEP_PX / view.zoom));
    this.at = within({ y: y + step3 * arrow[0], x: x + step3 * arrow[1] }, view.shape);
    return true;
  }
  /**
   * @param {View} view
   * @returns {Position} Where it is; in the middle to begin with.
   */
  here(view) {
    const { y0, x0, y1, x1 } = view.bounds();
    const { at } = this;
    if (at && at.y >= y0 && at.y <= y1 && at.x >= x0 && at.x <= x1) return at;
    return { y: Math.round(view.centre[0]), x: Math.round(view.centre[1]) };
  }
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  draw(context, view) {
    if (!this.at) return;
    const [y, x] = view.toScreen(this.at.y, this.at.x);
    const path = new Path2D();
    path.moveTo(x - CROSSHAIR_SIZE_PX, y);
    path.lineTo(x + CROSSHAIR_SIZE_PX, y);
    path.moveTo(x, y - CROSSHAIR_SIZE_PX);
    path.lineTo(x, y + CROSSHAIR_SIZE_PX);
    strokeTwice(context, path, DRAWN_COLOUR);
  }
};
var Add = class {
  help = "Press where a column is missing; with keys, move the crosshair and press Enter";
  #crosshair = new Crosshair();
  /** @param {Overlay} overlay */
  constructor(overlay) {
    this.overlay = overlay;
  }
  /** @param {Pointer} pointer */
  pointer(pointer) {
    if (pointer.type !== "click") return false;
    this.#add(place(pointer));
    return false;
  }
  /**
   * @param {KeyboardEvent} event
   * @param {View} view
   */
  key(event, view) {
    if (event.key === "Enter") this.#add(this.#crosshair.here(view));
    else if (!this.#crosshair.key(event, view)) return false;
    this.overlay.host.redraw();
    return true;
  }
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  draw(context, view) {
    this.#crosshair.draw(context, view);
  }
  leave() {
    this.#crosshair.at = null;
  }
  /** @param {Position} at */
  #add(at) {
    const points = editable(this.overlay);
    if (!points) return;
    const { y, x } = within(at, this.overlay.host.view.shape);
    const frame = points.frames && points.frame !== null ? { frame: points.frame } : {};
    this.overlay.edit(add(points.history, { y, x, ...frame }), `Column added at ${y.toFixed(1)}, ${x.toFixed(1)}`);
    this.overlay.select(points.table.rows + points.outcome.added.length - 1);
  }
};
var TwoEnds = class {
  help = "";
  #crosshair = new Crosshair();
  /** @type {{from: Position, to: Position} | null} */
  #ends = null;
  /** @param {Overlay} overlay */
  constructor(overlay) {
    this.overlay = overlay;
  }
  /**
   * @param {Pointer} pointer
   * @param {View} view
   */
  pointer(pointer, view) {
    const at = place(pointer);
    if (pointer.type === "down") this.#ends = { from: at, to: at };
    else if (!this.#ends) return false;
    else if (pointer.type === "move") this.#ends.to = at;
    else if (pointer.type === "up") {
      const { from } = this.#ends;
      this.#ends = null;
      if (pointer.dragged) this.finish(from, at, pointer.shift);
      else this.press(at, view);
    } else this.#ends = null;
    this.overlay.host.redraw();
    return true;
  }
  /**
   * @param {KeyboardEvent} event
   * @param {View} view
   */
  key(event, view) {
    const at = this.#crosshair.here(view);
    if (event.key === "Enter" && this.#ends) {
      this.finish(this.#ends.from, at, event.shiftKey);
      this.#ends = null;
    } else if (event.key === "Enter") {
      this.#crosshair.at = at;
      this.#ends = { from: at, to: at };
      this.overlay.host.announce("One end is set; move to the other and press Enter");
    } else if (event.key === "Escape" && this.#ends) {
      this.#ends = null;
    } else if (this.#crosshair.key(event, view)) {
      if (this.#ends) this.#ends.to = this.#crosshair.here(view);
    } else return false;
    this.overlay.host.redraw();
    return true;
  }
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  draw(context, view) {
    this.#crosshair.draw(context, view);
    if (this.#ends) this.sketch(context, view, this.#ends.from, this.#ends.to);
  }
  leave() {
    this.#ends = null;
    this.#crosshair.at = null;
  }
  /**
   * @param {Position} _from
   * @param {Position} _to
   * @param {boolean} _more  Whether what was there before stays.
   */
  finish(_from, _to, _more) {
  }
  /**
   * A press in place.
   *
   * @param {Position} _at
   * @param {View} _view
   */
  press(_at, _view) {
  }
  /**
   * @param {CanvasRenderingContext2D} _context
   * @param {View} _view
   * @param {Position} _from
   * @param {Position} _to
   */
  sketch(_context, _view, _from, _to) {
  }
};
var Region = class extends TwoEnds {
  help = "Drag a rectangle to count its columns; Shift keeps the others, a press in one drops it, Delete deletes its columns";
  /**
   * @param {Position} from
   * @param {Position} to
   * @param {boolean} more
   */
  finish(from, to, more) {
    const drawn = regionBetween(from, to, this.overlay.host.view.shape);
    this.overlay.setRegions(more ? [...this.overlay.regions, drawn] : [drawn]);
  }
  /**
   * Drops the region that is pressed; beside them, all.
   *
   * @param {Position} at
   */
  press(at) {
    const { regions } = this.overlay;
    const pressed = regionAt(regions, at);
    this.overlay.setRegions(pressed === null ? [] : regions.filter((_, i) => i !== pressed));
  }
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Position} from
   * @param {Position} to
   */
  sketch(context, view, from, to) {
    const path = new Path2D();
    const [y0, x0] = view.toScreen(from.y, from.x);
    const [y1, x1] = view.toScreen(to.y, to.x);
    path.rect(x0, y0, x1 - x0, y1 - y0);
    strokeTwice(context, path, DRAWN_COLOUR);
  }
};
var Profile = class extends TwoEnds {
  help = "Drag a line for the grey levels along it";
  /**
   * @param {Position} from
   * @param {Position} to
   */
  finish(from, to) {
    this.overlay.setLine({ from, to });
  }
  press() {
    this.overlay.setLine(null);
  }
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Position} from
   * @param {Position} to
   */
  sketch(context, view, from, to) {
    const path = new Path2D();
    const [y0, x0] = view.toScreen(from.y, from.x);
    const [y1, x1] = view.toScreen(to.y, to.x);
    path.moveTo(x0, y0);
    path.lineTo(x1, y1);
    strokeTwice(context, path, DRAWN_COLOUR);
  }
};

// viewer/quantities.js
var UNKNOWN = 256;
var MOST_CATEGORIES = 40;
var LEAST_SIDE = 0.1;
var NONE = -1;
var OUTLIERS = 0.01;
function describe(values) {
  const known = values.filter(Number.isFinite).sort();
  const categories = wholeNumbers(known);
  if (categories) {
    const range2 = (
      /** @type {[number, number]} */
      [categories[0], categories.at(-1)]
    );
    return { kind: "categories", range: range2, categories };
  }
  const [low, high] = [quantile(known, OUTLIERS), quantile(known, 1 - OUTLIERS)];
  const [least, most] = [Math.min(-low, high), Math.max(-low, high)];
  if (least > 0 && least >= LEAST_SIDE * most) {
    return { kind: "signed", range: [-most, most], categories: [] };
  }
  return { kind: "sequence", range: [low, high], categories: [] };
}
function wholeNumbers(sorted) {
  const found = [];
  for (let i = 0; i < sorted.length; i++) {
    if (!Number.isInteger(sorted[i])) return null;
    if (sorted[i] !== NONE && sorted[i] !== found.at(-1)) found.push(sorted[i]);
    if (found.length > MOST_CATEGORIES) return null;
  }
  return found.length ? found : null;
}
function quantile(sorted, part2) {
  return sorted.length ? sorted[Math.round(part2 * (sorted.length - 1))] : 0;
}
function places(values, quantity) {
  const result = new Uint16Array(values.length);
  if (quantity.kind === "categories") {
    const place3 = new Map(quantity.categories.map((category, i) => [category, i]));
    return result.map((_, row) => place3.get(values[row]) ?? UNKNOWN);
  }
  const [low, high] = quantity.range;
  const scale = high === low ? 0 : 255 / (high - low);
  for (let row = 0; row < values.length; row++) {
    const place3 = (values[row] - low) * scale;
    result[row] = place3 >= 0 ? Math.min(Math.round(place3), 255) : place3 < 0 ? 0 : UNKNOWN;
  }
  return result;
}

// viewer/legend.js
var END_DIGITS = 3;
var MOST_SWATCHES = 12;
function drawLegend(legend, table3) {
  const { title, quantity } = legend;
  const body = quantity.kind === "categories" ? swatches(legend, table3) : bar(legend);
  return element("figure", { class: "legend" }, element("figcaption", {}, title), ...body);
}
function bar({ palette, quantity: { range: range2 } }) {
  const colours = element("div", { class: "bar" });
  const stops = [...palette.subarray(0, UNKNOWN)].map(cssColour);
  colours.style.backgroundImage = `linear-gradient(to right, ${stops.join(", ")})`;
  const ends2 = element("div", { class: "ends" });
  ends2.append(...range2.map((value) => element("span", {}, greyLevel(Number(value.toPrecision(END_DIGITS))))));
  return [colours, ends2];
}
function swatches({ title, palette, quantity: { categories } }, table3) {
  const list = element("ul", {});
  for (const [place3, category] of categories.slice(0, MOST_SWATCHES).entries()) {
    const swatch = element("span", { class: "swatch" });
    swatch.style.backgroundColor = cssColour(palette[place3]);
    list.append(element("li", {}, swatch, wordOf(table3, title, category) ?? greyLevel(category)));
  }
  const more = categories.length - MOST_SWATCHES;
  if (more > 0) list.append(element("li", {}, `and ${more} more`));
  return [list];
}

// viewer/look.js
var PLAIN = rgba(255, 176, 0);
var UNKNOWN_COLOUR = rgba(140, 140, 140);
var MAP_OF_KIND = { categories: "categories", signed: "blue-red", sequence: "blue-yellow" };
var RISING = ["grey", "blue-yellow", "heat"];
var LEFT_OUT = 0.3;
var SHORT_ARROWS = 0.95;
var described = /* @__PURE__ */ new WeakMap();
var palettes = /* @__PURE__ */ new Map();
function lookOf(table3, options, spacing) {
  const vectors = options.vectors ? vectorsOf(table3, options.vectors, spacing) : null;
  if (!options.colourBy) {
    return { look: { places: null, palette: plainPalette(), vectors }, legend: null };
  }
  const values = column(table3, options.colourBy);
  const quantity = quantityOf(values, options);
  const map = options.colourMap ?? MAP_OF_KIND[quantity.kind];
  const palette = paletteOf(map);
  const look = { places: places(values, quantity), palette, vectors };
  return { look, legend: { title: options.colourBy, quantity, palette } };
}
function quantityOf(values, { colourMap: map, range: range2 }) {
  const found = described.get(values) ?? describe(values);
  described.set(values, found);
  const ordered = range2 || map && map !== "categories";
  if (found.kind === "categories" && ordered) {
    return { kind: "sequence", range: range2 ?? found.range, categories: [] };
  }
  return range2 ? { ...found, range: range2 } : found;
}
function plainPalette() {
  const known = palettes.get("") ?? new Uint32Array(257).fill(PLAIN);
  palettes.set("", known);
  return known;
}
function paletteOf(map) {
  const known = palettes.get(map);
  if (known) return known;
  const colours = colourMap(map);
  const last = colours.length - 1;
  const first = RISING.includes(map) ? Math.round(LEFT_OUT * last) : 0;
  const palette = Uint32Array.from(colours, (_, i) => colours[first + Math.round(i / last * (last - first))]);
  palettes.set(map, Uint32Array.of(...palette, UNKNOWN_COLOUR));
  return paletteOf(map);
}
function vectorsOf(table3, names, spacing) {
  const [y, x] = [column(table3, names.y), column(table3, names.x)];
  if (names.scale !== void 0) return { y, x, scale: names.scale };
  const lengths = y.map((value, row) => Math.hypot(value, x[row])).filter(Number.isFinite).sort();
  const usual = lengths[Math.floor(SHORT_ARROWS * (lengths.length - 1))];
  return { y, x, scale: usual > 0 ? spacing / usual : 1 };
}

// viewer/pointset.js
var FRAME = "frame";
var PointSet = class {
  /** @type {Uint8Array | null} Rows that count are not zero; it belongs to who set it. */
  visible = null;
  /** @type {number | null} The frame of a film whose points are there; those of all without. */
  frame = null;
  #history = begin();
  #outcome = outcome([]);
  /** @type {Uint8Array} Rows that are no longer where the table says. */
  #changed;
  /**
   * @param {import("./table.js").Table} table
   * @param {Fields} fields
   */
  constructor(table3, fields) {
    this.table = table3;
    this.fields = fields;
    this.y = column(table3, fields.y);
    this.x = column(table3, fields.x);
    this.sigmaY = fields.sigmaY === null ? null : column(table3, fields.sigmaY);
    this.sigmaX = fields.sigmaX === null ? null : column(table3, fields.sigmaX);
    this.frames = table3.columns[FRAME] ?? null;
    this.index = buildIndex(this.y, this.x);
    this.spacing = usualSpacing(this.index);
    this.#changed = new Uint8Array(table3.rows);
  }
  get history() {
    return this.#history;
  }
  set history(history) {
    const { rows } = this.table;
    this.#history = history;
    this.#outcome = outcome(history.present);
    this.#changed.fill(0);
    for (const row of this.#outcome.deleted) this.#changed[row] = 1;
    for (const row of this.#outcome.moved.keys()) if (row < rows) this.#changed[row] = 1;
  }
  /** What the edits come to. */
  get outcome() {
    return this.#outcome;
  }
  /** Whether a row counts and is where the table says. */
  isPlain = (row) => this.#changed[row] === 0 && (this.visible === null || this.visible[row] !== 0) && (this.frame === null || this.frames === null || this.frames[row] === this.frame);
  /** Whether a point is there at all. A moved one is, whatever its score. */
  isThere = (point) => this.isPlain(point) || this.isInFrame(point) && (this.#outcome.moved.has(point) || point >= this.table.rows && point < this.table.rows + this.#outcome.added.length);
  /** Whether a point, deleted or not, is one of the frame shown. */
  isInFrame = (point) => {
    if (this.frame === null || this.frames === null) return true;
    const { rows } = this.table;
    const frame = point < rows ? this.frames[point] : this.#outcome.added[point - rows]?.frame;
    return frame === this.frame;
  };
  /**
   * @param {number} point
   * @returns {Position}
   */
  position(point) {
    const { rows } = this.table;
    if (point >= rows) return this.#outcome.added[point - rows];
    return this.#outcome.moved.get(point) ?? { y: this.y[point], x: this.x[point] };
  }
  /** @returns {Generator<[number, Position]>} Points that were moved or added. */
  *edited() {
    for (const [row, at] of this.#outcome.moved) if (this.isInFrame(row)) yield [row, at];
    for (const [i, at] of this.#outcome.added.entries()) {
      if (this.isInFrame(this.table.rows + i)) yield [this.table.rows + i, at];
    }
  }
  /**
   * @param {Position} at
   * @param {Position} reach  Along each axis [px].
   * @returns {number | null} The nearest point within reach.
   */
  nearest(at, reach) {
    const distance = ({ y, x }) => ((y - at.y) / reach.y) ** 2 + ((x - at.x) / reach.x) ** 2;
    let best = nearest(this.index, at, reach, this.isPlain);
    let least = best === null ? 1 : distance(this.position(best));
    for (const [point, position] of this.edited()) {
      if (distance(position) <= least) [best, least] = [point, distance(position)];
    }
    return best;
  }
  /**
   * @param {import("./pick.js").Box} box
   * @returns {number[]} Points in it.
   */
  within(box) {
    const inside = ({ y, x }) => y >= box.y0 && y <= box.y1 && x >= box.x0 && x <= box.x1;
    const edited = [...this.edited()].filter(([, at]) => inside(at)).map(([point]) => point);
    return [...rowsIn(this.index, box, this.isPlain), ...edited];
  }
  /**
   * The next point in the order of the table, those that were added last.
   *
   * @param {number | null} point  None to begin.
   * @param {1 | -1} direction
   * @returns {number | null} None behind the last.
   */
  next(point, direction) {
    const count = this.table.rows + this.#outcome.added.length;
    let candidate = point === null ? direction > 0 ? 0 : count - 1 : point + direction;
    while (candidate >= 0 && candidate < count && !this.isThere(candidate)) candidate += direction;
    return candidate >= 0 && candidate < count ? candidate : null;
  }
  /** How many points are there. */
  count() {
    let count = [...this.edited()].length;
    for (let row = 0; row < this.table.rows; row++) if (this.isPlain(row)) count++;
    return count;
  }
};

// viewer/overlaystyle.js
var OVERLAY_CSS = `
.numbers {
  display: grid;
  grid-template-columns: auto 1fr;
  gap: 1px 10px;
  margin: 0;
  font-variant-numeric: tabular-nums;
}
.numbers dt { color: var(--quiet); }
.numbers dd { margin: 0; text-align: right; }
.numbers dt:empty + dd { grid-column: 1 / -1; text-align: left; color: var(--quiet); }
.numbers dt:empty { display: none; }
.quiet { color: var(--quiet); margin: 4px 0; }
.chart, .legend { margin: 0; }
.chart svg { display: block; width: 100%; height: auto; border-block: 1px solid var(--line); }
.trace { fill: none; stroke: var(--accent); stroke-width: 1.5; }
.trace-1 { stroke: var(--quiet); stroke-dasharray: 4 2; }
.key::before {
  content: "";
  display: inline-block;
  width: 14px;
  margin-right: 4px;
  border-top: 2px solid var(--accent);
  vertical-align: middle;
}
.key-1::before { border-top: 2px dashed var(--quiet); }
.ends {
  display: flex;
  justify-content: space-between;
  gap: 6px;
  color: var(--quiet);
  font-size: 12px;
  font-variant-numeric: tabular-nums;
}
.legends { position: absolute; left: 14px; bottom: 58px; pointer-events: none; }
.legend {
  width: 180px;
  padding: 6px 8px;
  border-radius: 5px;
  background: #000a;
  color: #fff;
  font-size: 12px;
}
.legend .ends { color: inherit; }
.legend .bar { height: 10px; margin: 3px 0; }
.legend ul { display: flex; flex-wrap: wrap; gap: 0 10px; margin: 2px 0 0; padding: 0; list-style: none; }
.swatch { display: inline-block; width: 10px; height: 10px; margin-right: 4px; border-radius: 50%; }
`;

// viewer/toolbar.js
var TOOLS = [
  { name: "look", label: "Select", key: "v", icon: "M3 2l10 5-4.5 1.5L6.5 13z", edits: false },
  {
    name: "add",
    label: "Add",
    key: "a",
    icon: "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12M8 5v6M5 8h6",
    edits: true
  },
  {
    name: "delete",
    label: "Delete",
    key: "d",
    icon: "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12M5.5 5.5l5 5M10.5 5.5l-5 5",
    edits: true
  },
  {
    name: "move",
    label: "Move",
    key: "m",
    icon: "M8 2v12M2 8h12M6 4l2-2 2 2M6 12l2 2 2-2M4 6L2 8l2 2M12 6l2 2-2 2",
    edits: true
  },
  {
    name: "region",
    label: "Count in a region",
    key: "r",
    icon: "M2.5 6V3.5H5M11 3.5h2.5V6M13.5 10v2.5H11M5 12.5H2.5V10M8 8h0",
    edits: false
  },
  {
    name: "profile",
    label: "Profile along a line",
    key: "p",
    icon: "M1.5 12h3l2-8 3 8h5",
    edits: false
  }
];
var TOOL_KEYS = TOOLS.map(({ key: key2, label: label2 }) => (
  /** @type {[string, string]} */
  [key2, label2]
));
var Toolbar = class {
  /**
   * @param {HTMLElement} group
   * @param {{take: (name: ToolName) => void, undo: () => void, redo: () => void}} on
   */
  constructor(group, on) {
    this.on = on;
    this.buttons = TOOLS.map((tool) => ({
      ...tool,
      button: button({ name: tool.label, key: tool.key, icon: tool.icon, press: () => on.take(tool.name) })
    }));
    this.undo = button({
      name: "Undo",
      key: "Ctrl Z",
      icon: "M5 2.5L2 5.5l3 3M2 5.5h7a4 4 0 0 1 0 8H6",
      press: on.undo
    });
    this.redo = button({
      name: "Redo",
      key: "Ctrl Y",
      icon: "M11 2.5l3 3-3 3M14 5.5H7a4 4 0 0 0 0 8h3",
      press: on.redo
    });
    group.append(...this.buttons.map(({ button: button2 }) => button2), this.undo, this.redo);
  }
  /**
   * @param {ToolName} taken  The tool in hand.
   * @param {import("./edits.js").History | null} history  None where nothing can be changed.
   */
  show(taken, history) {
    for (const { name, button: button2, edits } of this.buttons) {
      setPressed(button2, name === taken);
      button2.hidden = edits && !history;
    }
    this.undo.hidden = this.redo.hidden = !history;
    this.undo.disabled = !history?.past.length;
    this.redo.disabled = !history?.future.length;
  }
  /**
   * @param {ToolName} name
   * @returns {boolean} Whether the tool changes what a table says.
   */
  edits(name) {
    return this.buttons.some((each) => each.name === name && each.edits);
  }
  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} Whether it is the key of a tool that can be taken up.
   */
  key({ key: key2 }) {
    const tool = this.buttons.find((each) => each.key === key2 && !each.button.hidden);
    if (tool) this.on.take(tool.name);
    return tool !== void 0;
  }
};

// viewer/overlay.js
var FIELDS = { y: "y_px", x: "x_px", sigmaY: "sigma_y_px", sigmaX: "sigma_x_px" };
var SELECTED_GAP_PX = 5;
var SELECTED_COLOUR = "#ffffff";
var LABEL_FONT = "12px system-ui, sans-serif";
var Overlay = class {
  /** @type {PointSet | null} */
  points = null;
  /** @type {PointOptions} */
  options = {};
  /** @type {number | null} */
  selected = null;
  /** @type {readonly Box[]} */
  regions = [];
  /** @type {string[]} What the regions hold: counted once, drawn in every frame. */
  #labels = [];
  /** @type {{from: Position, to: Position} | null} */
  #line = null;
  /** @type {ToolName} */
  #tool = "look";
  /** @type {import("./points.js").Look | null} */
  #look = null;
  #painter = new PointsPainter();
  #legend = element("div", { class: "legends" });
  /** @type {[string, string][]} */
  keys = [
    ...TOOL_KEYS,
    ["n, Shift N", "Next and previous column; once one is selected also Tab, Shift Tab"],
    ["Arrows", "Move the selected column by a pixel, with Shift by a tenth; or the crosshair"],
    ["Enter", "Add a column, or set an end of a region or a profile"],
    ["Delete", "Delete the selected column, or those of the regions"],
    ["Ctrl Z, Ctrl Y", "Undo, redo"],
    ["Escape", "Let go of the selected column, the line, the last region, the tool"]
  ];
  /** @param {import("./types.js").Host} host */
  constructor(host) {
    this.host = host;
    this.tools = {
      look: new Look(this),
      add: new Add(this),
      delete: new Remove(this),
      move: new Move(this),
      region: new Region(this),
      profile: new Profile(this)
    };
    this.cards = new Cards(host);
    this.toolbar = new Toolbar(host.toolbarGroup("Tools"), {
      take: (name) => this.take(name),
      undo: () => this.#undo(),
      redo: () => this.#redo()
    });
    this.#dress();
    this.#refresh();
  }
  /**
   * Show the points of a table; the same table again keeps what was done by hand.
   *
   * @param {Table | null} table
   * @param {PointOptions} [options]
   */
  setPoints(table3, options = {}) {
    const before = this.points;
    this.options = options;
    if (!table3) this.points = null;
    else {
      const fields = fieldsOf(table3, options);
      const same2 = before?.table === table3 && before.fields.y === fields.y && before.fields.x === fields.x;
      if (!same2) this.points = new PointSet(table3, fields);
    }
    if (this.points !== before) this.select(null);
    if (this.points) this.points.visible = options.visible ?? null;
    if (!this.#history && this.toolbar.edits(this.#tool)) this.#tool = "look";
    this.#recolour();
    this.#refresh();
  }
  /** @returns {import("./edits.js").Edit[]} What was done by hand. */
  edits() {
    return [...this.points?.history.present ?? []];
  }
  /** @param {import("./edits.js").Edit[]} edits */
  setEdits(edits) {
    if (!this.points) return;
    this.#set(begin(edits));
  }
  /** @returns {number[]} Points in the regions. */
  chosen() {
    return this.points ? chosenBy(this.regions, this.points) : [];
  }
  /** Forget what belongs to the image before. */
  clear() {
    this.setPoints(null);
    this.setRegions([]);
    this.setLine(null);
  }
  /**
   * A new step of the edits.
   *
   * @param {import("./edits.js").History} history
   * @param {string} words  What was done.
   */
  edit(history, words) {
    const { points } = this;
    if (!points || history === points.history) return;
    this.#set(history);
    this.host.emit("edits", { edits: this.edits() });
    this.host.announce(words);
  }
  /** @param {number[]} chosen  Points to be deleted. */
  remove(chosen) {
    const { points } = this;
    if (!points || this.options.editable === false || !chosen.length) return;
    if (chosen.some((point) => point >= points.table.rows)) this.select(null);
    const words = chosen.length === 1 ? `${this.#capital()} deleted` : `${chosen.length} ${this.#noun()}s deleted`;
    this.edit(remove(points.history, points.table.rows, chosen), words);
  }
  /** @param {number | null} point */
  select(point) {
    const { points } = this;
    if (point === this.selected && point === null) return;
    this.selected = point;
    this.cards.showPoint(points, point, this.#title(point));
    this.host.redraw();
    if (!points || point === null) {
      this.host.emit("pick", { row: null });
      return;
    }
    const { y, x } = points.position(point);
    this.host.reveal(y, x);
    this.host.emit("pick", { row: point, y, x });
    const words = numbersOf(points, point).map((pair) => pair.join(" "));
    this.host.announce(`${this.#title(point)}: ${words.join(", ")}`);
  }
  /** @param {readonly Box[]} regions */
  setRegions(regions) {
    if (!regions.length && !this.regions.length) return;
    this.regions = regions;
    this.#refresh();
    const last = regions.at(-1);
    this.host.emit("region", last ? { ...last, regions } : null);
    if (last) this.host.announce(`Region: ${this.#labels.at(-1)}`);
  }
  /** @param {{from: Position, to: Position} | null} line */
  setLine(line3) {
    this.#line = line3;
    this.cards.showProfile(line3);
    this.host.redraw();
  }
  /** @param {ToolName} name */
  take(name) {
    this.tools[this.#tool].leave();
    this.#tool = name;
    this.host.announce(this.tools[name].help);
    this.#refresh();
  }
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  draw(context, view) {
    this.#followFrame();
    if (this.points && this.#look) this.#painter.draw(context, view, this.points, this.#look);
    this.#drawSelected(context, view);
    for (const [i, region] of this.regions.entries()) this.#drawRegion(context, view, region, this.#labels[i]);
    const { profile } = this.tools;
    if (this.#line) profile.sketch(context, view, this.#line.from, this.#line.to);
    this.tools[this.#tool].draw(context, view);
  }
  /**
   * @param {Pointer} pointer
   * @param {View} view
   */
  pointer(pointer, view) {
    return this.tools[this.#tool].pointer(pointer, view);
  }
  /**
   * @param {KeyboardEvent} event
   * @param {View} view
   */
  key(event, view) {
    if (event.ctrlKey || event.metaKey) return this.#undoKey(event);
    if (event.altKey) return false;
    return this.tools[this.#tool].key(event, view) || this.#selectionKey(event) || this.toolbar.key(event);
  }
  destroy() {
    this.cards.destroy();
    this.#legend.remove();
  }
  /** @param {KeyboardEvent} event */
  #undoKey(event) {
    const key2 = event.key.toLowerCase();
    if (key2 === "z" && !event.shiftKey) this.#undo();
    else if (key2 === "y" || key2 === "z") this.#redo();
    else return false;
    return true;
  }
  /** @param {KeyboardEvent} event */
  #selectionKey(event) {
    if (event.key.toLowerCase() === "n" || event.key === "Tab" && this.selected !== null) {
      return this.#next(event.shiftKey ? -1 : 1);
    }
    if (event.key === "Delete" || event.key === "Backspace") {
      if (this.selected === null) this.remove(this.chosen());
      else this.remove([this.selected]);
      return true;
    }
    if (event.key !== "Escape") return false;
    if (this.selected !== null) this.select(null);
    else if (this.#line) this.setLine(null);
    else if (this.regions.length) this.setRegions(this.regions.slice(0, -1));
    else if (this.#tool !== "look") this.take("look");
    else return false;
    return true;
  }
  /**
   * Select the next column and show it; behind the last one the focus goes on as ever.
   *
   * @param {1 | -1} direction
   */
  #next(direction) {
    const point = this.points?.next(this.selected, direction) ?? null;
    this.select(point);
    return point !== null;
  }
  /** What a point is called. */
  #noun() {
    return this.options.noun ?? "column";
  }
  #capital() {
    const noun = this.#noun();
    return noun[0].toUpperCase() + noun.slice(1);
  }
  /** @param {number | null} point */
  #title(point) {
    return `${this.#capital()} ${(point ?? 0) + 1}`;
  }
  #undo() {
    if (this.points) this.edit(undo(this.points.history), "Undone");
  }
  #redo() {
    if (this.points) this.edit(redo(this.points.history), "Done again");
  }
  #recolour() {
    const { points, options } = this;
    this.#look = null;
    this.#legend.replaceChildren();
    if (!points) return;
    const { look, legend } = lookOf(points.table, options, points.spacing);
    this.#look = look;
    if (legend) this.#legend.append(drawLegend(legend, points.table));
  }
  #dress() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(OVERLAY_CSS);
    this.host.stage.getRootNode().adoptedStyleSheets.push(sheet);
    this.host.stage.append(this.#legend);
  }
  /** Show the points of the frame that is shown, where an image has frames. */
  #followFrame() {
    const { axis, plane } = this.host.where();
    const planes = this.host.source()?.manifest.axes[axis].planes ?? 1;
    const frame = planes > 1 ? plane : null;
    if (!this.points || this.points.frame === frame) return;
    this.points.frame = frame;
    if (this.selected !== null && !this.points.isThere(this.selected)) this.select(null);
    this.#labels = this.regions.map((region) => this.#words(region));
  }
  /** None where nothing may be changed. */
  get #history() {
    return this.options.editable === false ? null : this.points?.history ?? null;
  }
  /** @param {import("./edits.js").History} history */
  #set(history) {
    const { points, selected } = this;
    if (!points) return;
    points.history = history;
    if (selected !== null && !points.isThere(selected)) this.select(null);
    else this.cards.showPoint(points, selected, this.#title(selected));
    this.#refresh();
  }
  #refresh() {
    this.#labels = this.regions.map((region) => this.#words(region));
    this.toolbar.show(this.#tool, this.#history);
    this.host.redraw();
  }
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   */
  #drawSelected(context, view) {
    if (this.selected === null || !this.points) return;
    const { y, x } = this.points.position(this.selected);
    const [screenY, screenX] = view.toScreen(y, x);
    const path = new Path2D();
    path.arc(screenX, screenY, dotRadius(this.points, view) + SELECTED_GAP_PX, 0, 2 * Math.PI);
    strokeTwice(context, path, SELECTED_COLOUR);
  }
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {View} view
   * @param {Box} region
   * @param {string} words
   */
  #drawRegion(context, view, region, words) {
    const [from, to] = [{ y: region.y0, x: region.x0 }, { y: region.y1, x: region.x1 }];
    this.tools.region.sketch(context, view, from, to);
    const [y, x] = view.toScreen(region.y0, region.x0);
    context.font = LABEL_FONT;
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = "rgb(0 0 0 / 0.75)";
    context.fillStyle = DRAWN_COLOUR;
    context.strokeText(words, x + 4, y + 15);
    context.fillText(words, x + 4, y + 15);
  }
  /** @param {Box} region */
  #words(region) {
    const size = this.host.source()?.manifest.axes[this.host.where().axis].pixel_size ?? null;
    return regionWords(region, this.points?.within(region).length ?? null, this.#noun(), size);
  }
};
function fieldsOf(table3, options) {
  const known = (name) => name in table3.columns ? name : null;
  return {
    y: options.y ?? FIELDS.y,
    x: options.x ?? FIELDS.x,
    sigmaY: options.sigmaY === void 0 ? known(FIELDS.sigmaY) : options.sigmaY,
    sigmaX: options.sigmaX === void 0 ? known(FIELDS.sigmaX) : options.sigmaX
  };
}

// viewer/tiles.js
var KEPT_BYTES = 192 * 2 ** 20;
var AT_ONCE = 6;
var RETRY_MS = 3e3;
function keyOf({ axis, plane, level, row, col }) {
  return `${axis}/${plane}/${level}/${row}/${col}`;
}
var Tiles = class {
  /** @type {Map<string, Tile>} Least recently used first. */
  #here = /* @__PURE__ */ new Map();
  #bytes = 0;
  /** @type {Map<string, AbortController>} */
  #underWay = /* @__PURE__ */ new Map();
  /** @type {Map<string, number>} When it failed. */
  #failed = /* @__PURE__ */ new Map();
  #retry = 0;
  /** @type {Address[]} */
  #wanted = [];
  #closed = false;
  /**
   * @param {Source} source
   * @param {() => void} arrived  Called when a tile that was wanted is here, or may be asked for again.
   * @param {(error: unknown) => void} failed
   */
  constructor(source, arrived, failed) {
    this.source = source;
    this.arrived = arrived;
    this.failed = failed;
  }
  /**
   * @param {Address} address
   * @returns {Tile | undefined}
   */
  get(address) {
    const key2 = keyOf(address);
    const tile = this.#here.get(key2);
    if (tile) {
      this.#here.delete(key2);
      this.#here.set(key2, tile);
    }
    return tile;
  }
  /** @param {Address} address */
  has(address) {
    return this.#here.has(keyOf(address));
  }
  /**
   * Asks for tiles in this order, and for no others any more.
   *
   * @param {Address[]} addresses
   */
  want(addresses) {
    const keys = new Set(addresses.map(keyOf));
    for (const [key2, controller] of this.#underWay) if (!keys.has(key2)) controller.abort();
    this.#wanted = addresses;
    this.#ask();
  }
  /**
   * @param {Address} address
   * @returns {Promise<Tile>}
   */
  async load(address) {
    const here = this.get(address);
    return here ?? this.#fetch(address, new AbortController());
  }
  destroy() {
    this.#closed = true;
    clearTimeout(this.#retry);
    for (const controller of this.#underWay.values()) controller.abort();
    this.#here.clear();
    this.#wanted = [];
  }
  #ask() {
    const now = Date.now();
    for (const address of this.#wanted) {
      if (this.#underWay.size >= AT_ONCE) return;
      const key2 = keyOf(address);
      if (this.#here.has(key2) || this.#underWay.has(key2)) continue;
      if (now - (this.#failed.get(key2) ?? -Infinity) < RETRY_MS) continue;
      const controller = new AbortController();
      this.#underWay.set(key2, controller);
      this.#answer(address, key2, controller);
    }
  }
  /**
   * @param {Address} address
   * @param {string} key
   * @param {AbortController} controller
   */
  async #answer(address, key2, controller) {
    let arrived = false;
    try {
      await this.#fetch(address, controller);
      this.#failed.delete(key2);
      arrived = true;
    } catch (error) {
      if (!controller.signal.aborted) {
        this.#failed.set(key2, Date.now());
        clearTimeout(this.#retry);
        this.#retry = setTimeout(this.arrived, RETRY_MS);
        this.failed(error);
      }
    } finally {
      this.#underWay.delete(key2);
    }
    if (this.#closed) return;
    this.#ask();
    if (arrived) this.arrived();
  }
  /**
   * @param {Address} address
   * @param {AbortController} controller
   */
  async #fetch(address, controller) {
    const { axis, plane, level, row, col } = address;
    const tile = await this.source.tile(axis, plane, level, row, col, controller.signal);
    if (!this.#closed) this.#keep(keyOf(address), tile);
    return tile;
  }
  /**
   * @param {string} key
   * @param {Tile} tile
   */
  #keep(key2, tile) {
    this.#bytes += tile.data.byteLength - (this.#here.get(key2)?.data.byteLength ?? 0);
    this.#here.set(key2, tile);
    for (const [oldest, { data }] of this.#here) {
      if (this.#bytes <= KEPT_BYTES || this.#here.size === 1) return;
      this.#here.delete(oldest);
      this.#bytes -= data.byteLength;
    }
  }
};

// viewer/pane.js
var SAME_PACE = 0.01;
var IN_PLACE = { scale: [1, 1], origin: [0, 0] };
var Pane = class {
  /** What it is called where it is not the image itself. */
  title = "";
  axis = "z";
  plane = 0;
  gamma = 1;
  invert = false;
  colours = "grey";
  /** Whether pixels without a value are hatched, or left transparent. */
  hatch = true;
  /** @type {Placement} */
  placement = IN_PLACE;
  /** Whether everything that is in view was drawn as sharp as it is. */
  complete = false;
  /** Whether it would look smoother if pixels were mixed, for which there is time at rest. */
  rough = false;
  /** The plane drawn last: it stays until something of the next is here. */
  #drawn = 0;
  /** @type {Palette | null} */
  #palette = null;
  /**
   * @param {Source} source
   * @param {() => void} changed  Called when more of it can be drawn.
   * @param {(error: unknown) => void} failed
   */
  constructor(source, changed, failed) {
    this.source = source;
    this.low = source.manifest.low;
    this.high = source.manifest.high;
    this.tiles = new Tiles(source, changed, failed);
    if (!(this.axis in source.manifest.axes)) this.axis = Object.keys(source.manifest.axes)[0];
  }
  get extent() {
    return this.source.manifest.axes[this.axis];
  }
  /** @returns {Contrast} */
  get contrast() {
    return { low: this.low, high: this.high, gamma: this.gamma, invert: this.invert };
  }
  /** @param {Partial<Contrast>} contrast */
  setContrast(contrast) {
    Object.assign(this, contrast);
    this.#palette = null;
  }
  /** @param {string} name */
  setColours(name) {
    colourMap(name);
    this.colours = name;
    this.#palette = null;
  }
  /**
   * @param {string} axis
   * @param {number} plane
   */
  setPlane(axis, plane) {
    const extent2 = this.source.manifest.axes[axis];
    if (!extent2) throw new RangeError(`The image has no planes along ${axis}`);
    if (axis !== this.axis) this.#drawn = -1;
    this.axis = axis;
    this.plane = Math.min(Math.max(Math.round(plane), 0), extent2.planes - 1);
  }
  /** Asks for what every first picture needs, before there is a frame to draw it in. */
  begin() {
    this.tiles.want([this.#coarsest]);
  }
  /**
   * Draws what is here of the part in view and asks for what is not.
   *
   * @param {Target} target
   * @param {View} view
   * @param {boolean} smooth  Whether pixels may be mixed where those of the screen are larger.
   * @returns {boolean} Whether anything was drawn.
   */
  draw(target, view, smooth) {
    this.#palette ??= new Palette(this.contrast, colourMap(this.colours));
    const level = this.#level(view);
    this.rough = this.#uneven(view, level);
    const grid = this.#grid(target, view, level);
    const shown2 = this.#plane(grid);
    const wanted = [this.#coarsest];
    let drawn = false;
    for (const [row, col] of grid.tiles) {
      const address = this.#address(level, row, col);
      if (!this.tiles.get(address)) wanted.push(address);
      if (this.#drawTile({ ...address, plane: shown2 }, grid, target, view, smooth)) drawn = true;
    }
    if (smooth) this.rough = false;
    this.complete = shown2 === this.plane && wanted.length === 1;
    this.tiles.want(wanted.filter((address) => !this.tiles.get(address)));
    return drawn;
  }
  /**
   * The pixel of the original at a position, and the tile that holds it; null outside the image.
   *
   * @param {number} y  Position in the image shown.
   * @param {number} x
   */
  #original(y, x) {
    const { scale, origin } = this.placement;
    const row = Math.floor((y + 0.5 - origin[0]) * scale[0]);
    const column2 = Math.floor((x + 0.5 - origin[1]) * scale[1]);
    const [rows, columns] = this.extent.shape;
    if (!(row >= 0 && row < rows && column2 >= 0 && column2 < columns)) return null;
    const size = this.source.manifest.tile;
    const address = this.#address(0, Math.floor(row / size), Math.floor(column2 / size));
    return { address, row: row % size, column: column2 % size };
  }
  /**
   * Whether the grey level at a position can be told without asking for it.
   *
   * @param {number} y
   * @param {number} x
   */
  knows(y, x) {
    const pixel = this.#original(y, x);
    return !pixel || this.tiles.has(pixel.address);
  }
  /**
   * The grey level of a pixel of the original, null outside the image.
   *
   * @param {number} y  Position in the image shown.
   * @param {number} x
   * @returns {Promise<number | null>}
   */
  async value(y, x) {
    const pixel = this.#original(y, x);
    if (!pixel) return null;
    const tile = await this.tiles.load(pixel.address);
    return tile.data[pixel.row * tile.shape[1] + pixel.column];
  }
  destroy() {
    this.tiles.destroy();
  }
  /**
   * @param {number} level
   * @param {number} row
   * @param {number} col
   * @returns {Address}
   */
  #address(level, row, col) {
    return { axis: this.axis, plane: this.plane, level, row, col };
  }
  get #coarsest() {
    return this.#address(this.extent.levels.length - 1, 0, 0);
  }
  /**
   * The level whose pixels are nearest in size to those of the screen.
   *
   * @param {View} view
   */
  #level(view) {
    const pace = Math.max(this.#pace(view, 0), this.#pace(view, 1));
    const { levels: levels2 } = this.extent;
    let best = 0;
    while (best + 1 < levels2.length && Math.sqrt(levels2[best].factor * levels2[best + 1].factor) <= pace) {
      best++;
    }
    return best;
  }
  /**
   * Whether the screen shows the image smaller than it is, and not at the pace of a level.
   *
   * @param {View} view
   * @param {number} level
   */
  #uneven(view, level) {
    const paces = [this.#pace(view, 0), this.#pace(view, 1)];
    const { factor } = this.extent.levels[level];
    return Math.max(...paces) > 1 + SAME_PACE && paces.some((pace) => Math.abs(pace / factor - 1) > SAME_PACE);
  }
  /**
   * Pixels of this image in a device pixel.
   *
   * @param {View} view
   * @param {0 | 1} along  y or x
   */
  #pace(view, along) {
    return this.placement.scale[along] / ((along ? view.zoomX : view.zoomY) * view.ratio);
  }
  /**
   * Which rows and columns of a level lie under those of the canvas, and the tiles that hold them.
   *
   * @param {Target} target
   * @param {View} view
   * @param {number} level
   */
  #grid(target, view, level) {
    const [rowOf, columnOf] = this.#lookups(target, view, level);
    const size = this.source.manifest.tile;
    const [firstRow, lastRow] = ends(rowOf, 0, target.height, size);
    const [firstCol, lastCol] = ends(columnOf, ...target.columns, size);
    const tiles = [];
    for (let row = firstRow; row <= lastRow; row++) {
      for (let col = firstCol; col <= lastCol; col++) tiles.push([row, col]);
    }
    return { level, rowOf, columnOf, tiles };
  }
  /**
   * @param {Target} target
   * @param {View} view
   * @param {number} level
   * @returns {[Int32Array, Int32Array]}
   */
  #lookups(target, view, level) {
    const { factor } = this.extent.levels[level];
    const { shape } = this.extent;
    const along = (along2) => {
      const length2 = along2 ? target.width : target.height;
      return lookups(length2, this.#edge(view, along2), this.#pace(view, along2), shape[along2], factor);
    };
    return [along(0), along(1)];
  }
  /**
   * Where the edge of the screen lies, in pixels of this image from its outer edge.
   *
   * @param {View} view
   * @param {0 | 1} along
   */
  #edge(view, along) {
    const { scale, origin } = this.placement;
    return (view.toImage(0, 0)[along] + 0.5 - origin[along]) * scale[along];
  }
  /**
   * The plane to draw: the one that is set as soon as anything of it is here.
   *
   * @param {{level: number, tiles: [number, number][]}} grid
   */
  #plane({ level, tiles }) {
    const here = this.tiles.get(this.#coarsest) || tiles.length && tiles.every(([row, col]) => this.tiles.get(this.#address(level, row, col)));
    if (here) this.#drawn = this.plane;
    return this.#drawn;
  }
  /**
   * Draws where a tile lies: it, or what coarser levels have of the place.
   *
   * @param {Address} address
   * @param {{rowOf: Int32Array, columnOf: Int32Array}} grid
   * @param {Target} target
   * @param {View} view
   * @param {boolean} smooth
   */
  #drawTile(address, grid, target, view, smooth) {
    const found = this.#best(address);
    if (!found) return false;
    const size = this.source.manifest.tile;
    const rows = run(grid.rowOf, 0, target.height, address.row * size, (address.row + 1) * size);
    const columns = run(grid.columnOf, ...target.columns, address.col * size, (address.col + 1) * size);
    const { tile, level } = found;
    const corner = (
      /** @type {[number, number]} */
      [found.row * size, found.col * size]
    );
    const palette = (
      /** @type {Palette} */
      this.#palette
    );
    const part2 = { words: target.words, width: target.width, rows, columns, tile, palette, hatch: this.hatch };
    if (smooth && this.rough) {
      const [down, right] = this.#mixtures(view, level, rows, columns, corner, tile.shape);
      drawSmoothPart({ ...part2, down, right });
      return true;
    }
    const here = level === address.level;
    const [rowOf, columnOf] = here ? [grid.rowOf, grid.columnOf] : this.#lookups(target, view, level);
    drawPart({ ...part2, rowOf, columnOf, corner });
    return true;
  }
  /**
   * How a part of the canvas is mixed from a tile, down and to the right.
   *
   * @param {View} view
   * @param {number} level
   * @param {[number, number]} rows
   * @param {[number, number]} columns
   * @param {[number, number]} corner
   * @param {[number, number]} shape
   */
  #mixtures(view, level, rows, columns, corner, shape) {
    const { factor } = this.extent.levels[level];
    return (
      /** @type {const} */
      [0, 1].map((along) => {
        const [edge, pace] = [this.#edge(view, along), this.#pace(view, along)];
        const position = (i) => (edge + (i + 0.5) * pace) / factor - 0.5;
        return mixture(along ? columns : rows, position, corner[along], shape[along]);
      })
    );
  }
  /**
   * The sharpest tile here that covers the place of one.
   *
   * @param {Address} address
   */
  #best(address) {
    const { levels: levels2 } = this.extent;
    for (let level = address.level; level < levels2.length; level++) {
      const coarser = levels2[level].factor / levels2[address.level].factor;
      const row = Math.floor(address.row / coarser);
      const col = Math.floor(address.col / coarser);
      const tile = this.tiles.get({ ...address, level, row, col });
      if (tile) return { tile, level, row, col };
    }
    return null;
  }
};
function ends(indices, from, to, size) {
  while (from < to && indices[from] < 0) from++;
  while (to > from && indices[to - 1] < 0) to--;
  if (from === to) return [0, -1];
  return [Math.floor(indices[from] / size), Math.floor(indices[to - 1] / size)];
}

// viewer/picture.js
var WRITTEN = ".colourbar, .legend, .badge";
var BANDS = ".band, .bar";
function picture(whole, surfaces) {
  const ratio = window.devicePixelRatio || 1;
  const { left, top, width, height } = whole.getBoundingClientRect();
  const canvas = element("canvas");
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const context = (
    /** @type {CanvasRenderingContext2D} */
    canvas.getContext("2d")
  );
  context.fillStyle = getComputedStyle(whole).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const surface of surfaces) {
    if (surface.element.hidden) continue;
    const box = surface.element.getBoundingClientRect();
    const [x, y] = [Math.round((box.left - left) * ratio), Math.round((box.top - top) * ratio)];
    context.fillStyle = getComputedStyle(surface.element).backgroundColor;
    context.fillRect(x, y, Math.round(box.width * ratio), Math.round(box.height * ratio));
    surface.copyTo(context, x, y);
  }
  context.setTransform(ratio, 0, 0, ratio, -left * ratio, -top * ratio);
  for (const written of whole.querySelectorAll(WRITTEN)) if (isSeen(written)) write(context, written);
  return canvas;
}
function isSeen(part2) {
  const { width, height } = part2.getBoundingClientRect();
  return width > 0 && height > 0;
}
function write(context, part2) {
  const { left, top, width, height } = part2.getBoundingClientRect();
  const style = getComputedStyle(part2);
  context.fillStyle = part2.matches(BANDS) ? gradient2(context, style, left, width) : style.backgroundColor;
  context.beginPath();
  context.roundRect(left, top, width, height, Math.min(parseFloat(style.borderRadius) || 0, height / 2));
  context.fill();
  for (const child of part2.childNodes) {
    if (child instanceof Element) write(context, child);
    else writeText(context, child, style);
  }
}
function writeText(context, text, style) {
  const range2 = document.createRange();
  range2.selectNodeContents(text);
  const { left, top, height } = range2.getBoundingClientRect();
  context.font = style.font;
  context.fillStyle = style.color;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text.textContent ?? "", left, top + height / 2);
}
function gradient2(context, { backgroundImage }, left, width) {
  const made = context.createLinearGradient(left, 0, left + width, 0);
  const colours = backgroundImage.match(/rgba?\([^)]*\)/g) ?? [];
  colours.forEach((colour, i) => made.addColorStop(colours.length > 1 ? i / (colours.length - 1) : 0, colour));
  return made;
}

// viewer/pointers.js
var STILL = 4;
var WHEEL_LINE = 16;
var WHEEL_PACE = 16e-4;
var PINCH_PACE = 0.01;
var Pointers = class {
  /** @type {Map<number, {x: number, y: number}>} Fingers and buttons that are down. */
  #down = /* @__PURE__ */ new Map();
  /** @type {Layer | null} The layer that took what goes on. */
  #taken = null;
  /** @type {{x: number, y: number}} */
  #start = { x: 0, y: 0 };
  #dragged = false;
  #stop = new AbortController();
  /**
   * @param {Surface} surface
   * @param {object} on
   * @param {() => void} on.moved  The view has changed.
   * @param {(pointer: Pointer) => void} on.hover  The pointer is over a position, or gone.
   * @param {() => void} on.press  A button or finger goes down.
   * @param {() => boolean} on.wheel  Whether the wheel zooms now.
   */
  constructor(surface, on) {
    this.surface = surface;
    this.on = on;
    const options = { signal: this.#stop.signal };
    const stage = surface.element;
    stage.addEventListener("pointerdown", (event) => this.#press(event), options);
    stage.addEventListener("pointermove", (event) => this.#move(event), options);
    stage.addEventListener("pointerup", (event) => this.#release(event, "up"), options);
    stage.addEventListener("pointercancel", (event) => this.#release(event, "cancel"), options);
    stage.addEventListener("pointerleave", (event) => this.#tell("leave", event), options);
    stage.addEventListener("dblclick", (event) => this.#tell("double", event), options);
    stage.addEventListener("wheel", (event) => this.#wheel(event), { ...options, passive: false });
  }
  destroy() {
    this.#stop.abort();
  }
  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0 || event.target !== this.surface.element) return;
    const { x, y } = this.#place(event);
    this.surface.element.setPointerCapture(event.pointerId);
    this.on.press();
    this.#down.set(event.pointerId, { x, y });
    if (this.#down.size > 1) {
      this.#dragged = true;
      return;
    }
    this.#start = { x, y };
    this.#dragged = false;
    this.#taken = this.#offer(this.#pointer("down", event));
  }
  /** @param {PointerEvent} event */
  #move(event) {
    const before = this.#down.get(event.pointerId);
    if (!before) {
      this.#tell("hover", event);
      return;
    }
    const { x, y } = this.#place(event);
    if (Math.hypot(x - this.#start.x, y - this.#start.y) > STILL) this.#dragged = true;
    if (this.#taken) this.#taken.pointer?.(this.#pointer("move", event), this.surface.view);
    else if (this.#down.size > 1) this.#pinch(event.pointerId, before, { x, y });
    else if (this.#dragged) this.#pan(before, { x, y });
    else return;
    this.#down.set(event.pointerId, { x, y });
  }
  /**
   * @param {PointerEvent} event
   * @param {"up" | "cancel"} type
   */
  #release(event, type) {
    if (!this.#down.delete(event.pointerId) || this.#down.size) return;
    const taken = this.#taken;
    this.#taken = null;
    if (taken) taken.pointer?.(this.#pointer(type, event), this.surface.view);
    else if (type === "up" && !this.#dragged) this.#tell("click", event);
  }
  /**
   * @param {{x: number, y: number}} from
   * @param {{x: number, y: number}} to
   */
  #pan(from, to) {
    this.surface.view.pan(to.y - from.y, to.x - from.x);
    this.on.moved();
  }
  /**
   * @param {number} finger
   * @param {{x: number, y: number}} from
   * @param {{x: number, y: number}} to
   */
  #pinch(finger, from, to) {
    const [, other] = [...this.#down].find(([id]) => id !== finger) ?? [];
    if (!other) return;
    const { view } = this.surface;
    const before = Math.max(Math.hypot(from.x - other.x, from.y - other.y), 1);
    const after = Math.max(Math.hypot(to.x - other.x, to.y - other.y), 1);
    view.zoomTo(view.zoom * after / before, other.y, other.x);
    this.on.moved();
  }
  /** @param {WheelEvent} event */
  #wheel(event) {
    if (!event.ctrlKey && !this.on.wheel()) return;
    event.preventDefault();
    const { view } = this.surface;
    const { x, y } = this.#place(event);
    const delta = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? WHEEL_LINE : 1);
    view.zoomTo(view.zoom * 2 ** (-delta * (event.ctrlKey ? PINCH_PACE : WHEEL_PACE)), y, x);
    this.on.moved();
  }
  /**
   * @param {"hover" | "leave" | "click" | "double"} type
   * @param {MouseEvent} event
   */
  #tell(type, event) {
    const pointer = this.#pointer(type, event);
    if (type === "hover" || type === "leave") this.on.hover(pointer);
    this.#offer(pointer);
  }
  /**
   * @param {Pointer} pointer
   * @returns {Layer | null} The layer that took it, the uppermost first.
   */
  #offer(pointer) {
    const { layers, view } = this.surface;
    return layers.findLast((layer) => layer.pointer?.(pointer, view)) ?? null;
  }
  /** @param {MouseEvent} event */
  #place(event) {
    const { left, top } = this.surface.element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }
  /**
   * @param {Pointer["type"]} type
   * @param {MouseEvent} event
   * @returns {Pointer}
   */
  #pointer(type, event) {
    const { x, y } = this.#place(event);
    return {
      type,
      x,
      y,
      at: this.surface.view.toImage(y, x),
      dragged: this.#dragged,
      shift: event.shiftKey,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey
    };
  }
};

// viewer/view.js
var LARGEST_PIXEL = 256;
var SMALLEST_IMAGE = 16;
var View = class {
  constructor() {
    this.width = 1;
    this.height = 1;
    this.ratio = 1;
    this.shape = [1, 1];
    this.aspect = 1;
    this.centre = [0, 0];
    this.zoom = 1;
  }
  get zoomX() {
    return this.zoom;
  }
  get zoomY() {
    return this.zoom * this.aspect;
  }
  get offsetX() {
    return this.width / 2 - this.centre[1] * this.zoomX;
  }
  get offsetY() {
    return this.height / 2 - this.centre[0] * this.zoomY;
  }
  /**
   * @param {number} y
   * @param {number} x
   * @returns {[number, number]} (y, x) on screen.
   */
  toScreen(y, x) {
    return [y * this.zoomY + this.offsetY, x * this.zoomX + this.offsetX];
  }
  /**
   * @param {number} y  On screen.
   * @param {number} x  On screen.
   * @returns {[number, number]} (y, x) in the image.
   */
  toImage(y, x) {
    return [(y - this.offsetY) / this.zoomY, (x - this.offsetX) / this.zoomX];
  }
  /** @returns {{y0: number, x0: number, y1: number, x1: number}} What is in view, in the image. */
  bounds() {
    const [y0, x0] = this.toImage(0, 0);
    const [y1, x1] = this.toImage(this.height, this.width);
    return { y0, x0, y1, x1 };
  }
  /** The zoom at which the whole image is just in view. */
  get fitting() {
    return Math.min(this.width / this.shape[1], this.height / (this.shape[0] * this.aspect));
  }
  /** Whether the whole image is in view as `fit` puts it. */
  get fits() {
    const middle = this.#middle();
    return Math.abs(this.zoom / this.fitting - 1) < 1e-9 && this.centre[0] === middle[0] && this.centre[1] === middle[1];
  }
  fit() {
    this.centre = this.#middle();
    this.zoom = this.fitting;
  }
  /**
   * @param {number} dy  CSS pixels that the image moves down.
   * @param {number} dx
   */
  pan(dy, dx) {
    this.moveTo(this.centre[0] - dy / this.zoomY, this.centre[1] - dx / this.zoomX);
  }
  /**
   * Puts an image position in the middle, or the nearest that is still within the image.
   *
   * @param {number} y
   * @param {number} x
   */
  moveTo(y, x) {
    this.centre = [within2(y, -0.5, this.shape[0] - 0.5), within2(x, -0.5, this.shape[1] - 0.5)];
  }
  /**
   * Zooms so that the image position under a point of the screen stays there.
   *
   * @param {number} zoom
   * @param {number} [y]  On screen, the middle unless given.
   * @param {number} [x]
   */
  zoomTo(zoom, y = this.height / 2, x = this.width / 2) {
    const [imageY, imageX] = this.toImage(y, x);
    this.zoom = within2(zoom, this.#smallestZoom(), LARGEST_PIXEL);
    this.moveTo(
      imageY - (y - this.height / 2) / this.zoomY,
      imageX - (x - this.width / 2) / this.zoomX
    );
  }
  /**
   * @param {number} width  CSS pixels.
   * @param {number} height
   * @param {number} ratio  Device pixels per CSS pixel.
   */
  resize(width, height, ratio) {
    const fitted = this.fits;
    Object.assign(this, { width: Math.max(width, 1), height: Math.max(height, 1), ratio });
    if (fitted) this.fit();
  }
  /**
   * @param {[number, number]} shape
   * @param {number} aspect
   */
  setImage(shape, aspect) {
    this.shape = shape;
    this.aspect = aspect;
    this.fit();
  }
  /** @returns {[number, number]} */
  #middle() {
    return [(this.shape[0] - 1) / 2, (this.shape[1] - 1) / 2];
  }
  #smallestZoom() {
    const longest = Math.max(this.shape[1], this.shape[0] * this.aspect);
    return Math.min(this.fitting, SMALLEST_IMAGE / longest);
  }
};
function within2(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

// viewer/surface.js
var REST_MS = 120;
var Sheet = class {
  /** @type {ImageData | null} */
  #image = null;
  #words = new Uint32Array(0);
  /** @param {string} name */
  constructor(name) {
    this.canvas = element("canvas", { class: name, "aria-hidden": "true" });
    this.context = /** @type {CanvasRenderingContext2D} */
    this.canvas.getContext("2d");
  }
  /**
   * @param {number} width  Device pixels.
   * @param {number} height
   */
  resize(width, height) {
    Object.assign(this.canvas, { width, height });
    this.#image = null;
  }
  /**
   * Draws by writing RGBA words, none of which stand from before.
   *
   * @param {(target: import("./pane.js").Target) => void} draw
   */
  paint(draw) {
    const { width, height } = this.canvas;
    if (!this.#image) {
      this.#image = this.context.createImageData(width, height);
      this.#words = new Uint32Array(this.#image.data.buffer);
    }
    this.#words.fill(0);
    draw({ words: this.#words, width, height, columns: [0, width] });
    this.context.putImageData(this.#image, 0, 0);
  }
  clear() {
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
};
var Surface = class {
  view = new View();
  /** @type {Pane | null} The image. */
  base = null;
  /** @type {Pane | null} The image laid over it. */
  upper = null;
  /** @type {{pane: Pane, split: number} | null} Another image from a fraction of the width on. */
  beside = null;
  /** @type {Layer[]} */
  layers = [];
  #image = new Sheet("image");
  #upper = new Sheet("upper");
  #over = new Sheet("over");
  #stale = { image: true, layers: true };
  #resting = 0;
  #smooth = false;
  /**
   * @param {string} label  For who cannot see it.
   * @param {() => void} changed  Called when there is something to draw.
   */
  constructor(label2, changed) {
    this.changed = changed;
    this.element = element(
      "div",
      { class: "stage", tabindex: 0, role: "application", "aria-label": label2 },
      this.#image.canvas,
      this.#upper.canvas,
      this.#over.canvas
    );
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.element);
  }
  /** The image and the others here, in the order in which their grey levels are told. */
  get panes() {
    return [this.base, this.beside?.pane, this.upper].filter((pane) => !!pane);
  }
  /** @param {number} opacity */
  setUpperOpacity(opacity) {
    this.#upper.canvas.style.opacity = String(opacity);
  }
  resize() {
    const { clientWidth: width, clientHeight: height } = this.element;
    const ratio = window.devicePixelRatio || 1;
    this.view.resize(width, height, ratio);
    for (const sheet of [this.#image, this.#upper, this.#over]) {
      sheet.resize(Math.max(Math.round(width * ratio), 1), Math.max(Math.round(height * ratio), 1));
    }
    this.redraw();
  }
  /** Draw everything again in the next frame. */
  redraw() {
    this.#stale = { image: true, layers: true };
    this.#smooth = false;
    this.changed();
  }
  /** Draw the layers again in the next frame. */
  redrawLayers() {
    this.#stale.layers = true;
    this.changed();
  }
  /** @returns {boolean} Whether the image itself was drawn and something of it is here. */
  draw() {
    let shown2 = false;
    if (this.#stale.image) {
      this.#stale.image = false;
      shown2 = this.#drawImages(this.#smooth);
      this.#rest();
    }
    if (this.#stale.layers) {
      this.#stale.layers = false;
      this.#drawLayers();
    }
    return shown2;
  }
  /**
   * Draws what is seen on another canvas.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {number} x  Device pixels.
   * @param {number} y
   */
  copyTo(context, x, y) {
    this.#stale = { image: true, layers: true };
    this.#smooth = true;
    this.draw();
    context.drawImage(this.#image.canvas, x, y);
    context.globalAlpha = Number(this.#upper.canvas.style.opacity || 1);
    context.drawImage(this.#upper.canvas, x, y);
    context.globalAlpha = 1;
    context.drawImage(this.#over.canvas, x, y);
  }
  destroy() {
    clearTimeout(this.#resting);
    this.observer.disconnect();
    for (const pane of this.panes) pane.destroy();
    for (const layer of this.layers) layer.destroy();
    this.element.remove();
  }
  /** Draws smoothly when nothing has changed for a while. */
  #rest() {
    clearTimeout(this.#resting);
    if (!this.panes.some((pane) => pane.rough)) return;
    this.#resting = window.setTimeout(() => {
      this.#stale.image = this.#smooth = true;
      this.changed();
    }, REST_MS);
  }
  /** @param {boolean} smooth */
  #drawImages(smooth) {
    let shown2 = false;
    const { base, beside, upper, view } = this;
    this.#image.paint((target) => {
      const split = Math.round((beside?.split ?? 1) * target.width);
      if (base) shown2 = base.draw({ ...target, columns: [0, split] }, view, smooth);
      beside?.pane.draw({ ...target, columns: [split, target.width] }, view, smooth);
    });
    if (upper) this.#upper.paint((target) => upper.draw(target, view, smooth));
    else this.#upper.clear();
    return shown2;
  }
  #drawLayers() {
    this.#over.clear();
    const { context } = this.#over;
    for (const layer of this.layers) {
      context.setTransform(this.view.ratio, 0, 0, this.view.ratio, 0, 0);
      context.save();
      layer.draw(context, this.view);
      context.restore();
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
  }
};

// viewer/volume.js
var ACROSS = { z: ["y", "x"], y: ["z", "x"], x: ["z", "y"] };
var GAP = 6;
var COLOURS = { z: "#ffb000", y: "#3fbf7f", x: "#5aa9ff" };
function createCrosshair(axis, place3, move2) {
  return {
    draw(context, view) {
      const at = place3();
      if (!at) return;
      const [down, right] = ACROSS[axis];
      const [y, x] = view.toScreen(at[down], at[right]);
      context.lineWidth = 1;
      line2(context, COLOURS[down], [0, y, x - GAP, y], [x + GAP, y, view.width, y]);
      line2(context, COLOURS[right], [x, 0, x, y - GAP], [x, y + GAP, x, view.height]);
    },
    pointer({ type, at: [y, x] }) {
      if (type !== "click" || !place3()) return false;
      const [down, right] = ACROSS[axis];
      move2({ [down]: y, [right]: x });
      return false;
    },
    destroy() {
    }
  };
}
function line2(context, colour, ...pieces) {
  context.strokeStyle = colour;
  context.beginPath();
  for (const [x0, y0, x1, y1] of pieces) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
}
var Stages = class {
  /**
   * @param {() => void} changed  Called when there is something to draw.
   * @param {(axis: string, plane: number) => void} choose  Called for another slice.
   */
  constructor(changed, choose) {
    this.main = new Surface("Image", changed);
    this.along = { z: this.main, y: sideSurface("y", changed), x: sideSurface("x", changed) };
    this.all = Object.values(this.along);
    this.sliders = {};
    for (const axis of ["y", "x"]) {
      this.sliders[axis] = new Slider(axis, (plane) => choose(axis, plane));
      this.along[axis].element.append(this.sliders[axis].element);
    }
  }
  /** Every stage with the axis along which its planes lie. */
  get entries() {
    return Object.entries(this.along);
  }
  /** @returns {Record<string, number> | null} Where the slices are; null: there is no volume. */
  get crossing() {
    if (!this.along.y.base) return null;
    return Object.fromEntries(this.entries.map(([axis, { base }]) => [axis, base?.plane ?? 0]));
  }
  /** @param {string} axis  Along which there is another slice now. */
  show(axis) {
    const { base } = this.along[axis];
    if (base) this.sliders[axis]?.show(base.plane, base.extent.planes);
  }
  redraw() {
    for (const surface of this.all) surface.redraw();
  }
};
var Slider = class {
  #range = element("input", { type: "range", min: 0, step: 1 });
  #text = element("output");
  /**
   * @param {string} axis
   * @param {(plane: number) => void} choose
   */
  constructor(axis, choose) {
    this.axis = axis;
    this.#range.setAttribute("aria-label", `Slice along ${axis}`);
    this.#range.title = `Slice along ${axis} (PageUp, PageDown on its image)`;
    this.#range.addEventListener("input", () => choose(this.#range.valueAsNumber));
    this.element = element("div", { class: "slice" }, this.#range, this.#text);
  }
  /**
   * @param {number} plane
   * @param {number} planes
   */
  show(plane, planes) {
    this.#range.max = String(planes - 1);
    this.#range.value = String(plane);
    this.#text.textContent = `${this.axis} ${plane + 1}`;
    this.#range.setAttribute("aria-valuetext", `${this.axis} ${plane + 1} of ${planes}`);
  }
};
function sideSurface(axis, changed) {
  const [down, right] = ACROSS[axis];
  const surface = new Surface(`Slice along ${axis}`, changed);
  surface.element.classList.add("side");
  surface.element.append(element("span", { class: "badge left" }, `${right} → , ${down} ↓`));
  return surface;
}

// viewer/status.js
var Status = class {
  #position = element("span", { class: "position" });
  #value = element("span", { class: "value" });
  #image = element("span", { class: "about" });
  #zoom = element("output", { "aria-label": "Zoom" });
  constructor() {
    this.element = element("div", { class: "status" }, this.#position, this.#value);
    this.element.append(element("span", { class: "space" }), this.#image, this.#zoom);
  }
  /**
   * @param {Axis} extent
   * @param {string} axis
   * @param {number} y
   * @param {number} x
   * @param {string} levels  What is there.
   */
  show(extent2, axis, y, x, levels2) {
    this.#position.textContent = place2(extent2, axis, y, x);
    this.#value.textContent = levels2;
  }
  clear() {
    this.#position.textContent = this.#value.textContent = "";
  }
  /**
   * @param {import("./types.js").Manifest | undefined} manifest
   * @param {Axis | undefined} extent
   * @param {number} zoom  Device pixels per image pixel.
   */
  about(manifest, extent2, zoom) {
    if (!manifest || !extent2) {
      this.#image.textContent = this.#zoom.textContent = "";
      return;
    }
    const [rows, columns] = extent2.shape;
    const size = extent2.pixel_size ? ` · ${pixelSize(extent2.pixel_size)}` : "";
    this.#image.textContent = `${columns} px wide, ${rows} high · ${manifest.dtype}${size}`;
    this.#zoom.textContent = `${Number((100 * zoom).toPrecision(3))} %`;
  }
};
function place2({ pixel_size: size, shape }, axis, y, x) {
  const [first, second] = ACROSS[axis];
  const pixels2 = `${second} ${fixed(x, 1)}  ${first} ${fixed(y, 1)} px`;
  if (!size) return pixels2;
  const [unit, name] = unitFor(Math.max(shape[0] * size[0], shape[1] * size[1]) / 10);
  const decimals = Math.min(Math.max(Math.ceil(-Math.log10(Math.min(...size) / unit)) + 1, 0), 6);
  const [inY, inX] = [y * size[0], x * size[1]].map((n) => fixed(n / unit, decimals));
  return `${pixels2}  ·  ${second} ${inX}  ${first} ${inY} ${name}`;
}
function pixelSize([height, width]) {
  return height === width ? `${length(width)} per pixel` : `${length(width)} × ${length(height)} per pixel`;
}

// viewer/readout.js
var REST_MS2 = 60;
var Readout = class {
  status = new Status();
  /** Counts the questions, so that a late answer is not shown. */
  #asked = 0;
  /**
   * @param {(surface: Surface, at: {y: number, x: number, value: number | null}) => void} told
   */
  constructor(told) {
    this.told = told;
  }
  /**
   * @param {Surface} surface
   * @param {Pointer} pointer
   */
  async hover(surface, { type, at: [y, x] }) {
    const { base, panes } = surface;
    const asked = ++this.#asked;
    if (type === "leave" || !base) {
      this.status.clear();
      return;
    }
    if (!panes.every((pane) => pane.knows(y, x))) await new Promise((resolve) => setTimeout(resolve, REST_MS2));
    if (asked !== this.#asked) return;
    const [value, ...others] = await levels(panes, y, x);
    if (asked !== this.#asked) return;
    if (value === null) this.status.clear();
    else this.status.show(base.extent, base.axis, y, x, inWords(panes, [value, ...others]));
    this.told(surface, { y, x, value });
  }
  /**
   * Shows and gives in words where the middle of the view is and what is there.
   *
   * @param {Surface} surface
   */
  async middle({ base, panes, view }) {
    if (!base) return "";
    const [y, x] = view.centre;
    const words = inWords(panes, await levels(panes, y, x));
    this.status.show(base.extent, base.axis, y, x, words);
    return `${place2(base.extent, base.axis, y, x)}, grey level ${words}`;
  }
};
function levels(panes, y, x) {
  return Promise.all(panes.map((pane) => pane.value(y, x).catch(() => null)));
}
function inWords(panes, values) {
  const words = panes.map(({ title }, i) => `${title} ${greyLevel(values[i])}`.trim());
  return words.filter((_, i) => values[i] !== null).join("  ·  ");
}

// viewer/scalebar.js
var WIDEST = 160;
var MARGIN = 14;
var PADDING = 8;
var BAR = 4;
var FONT = "600 12px system-ui, sans-serif";
function round(longest) {
  const power = 10 ** Math.floor(Math.log10(longest));
  const times = [5, 2, 1].find((n) => n * power <= longest * (1 + 1e-9)) ?? 1;
  return times * power;
}
function createScaleBar(extent2) {
  return {
    draw(context, view) {
      const shown2 = extent2();
      if (!shown2) return;
      const size = shown2.pixel_size?.[1];
      const pixels2 = Math.min(WIDEST, view.width / 3) / view.zoomX;
      if (!size && pixels2 < 1) return;
      const whole = round(size ? pixels2 * size : pixels2);
      const width = (size ? whole / size : whole) * view.zoomX;
      drawBar(context, view.height, width, size ? length(whole) : `${whole} px`);
    },
    destroy() {
    }
  };
}
function drawBar(context, height, width, text) {
  context.font = FONT;
  const box = Math.max(width, context.measureText(text).width) + 2 * PADDING;
  const [left, top] = [MARGIN, height - MARGIN - 34];
  context.fillStyle = "rgb(0 0 0 / 60%)";
  context.beginPath();
  context.roundRect(left, top, box, 34, 5);
  context.fill();
  context.fillStyle = "#fff";
  context.textAlign = "center";
  context.fillText(text, left + box / 2, top + 17);
  context.fillRect(left + (box - width) / 2, top + 23, width, BAR);
}

// viewer/wedge.js
var SIZE = 92;
var SVG = "http://www.w3.org/2000/svg";
var Wedge = class {
  constructor() {
    this.element = document.createElementNS(SVG, "svg");
    for (const [name, value] of Object.entries({ class: "wedge", role: "img", viewBox: "-50 -50 100 100" })) {
      this.element.setAttribute(name, value);
    }
    for (const side of ["width", "height"]) this.element.setAttribute(side, String(SIZE));
    this.show(null);
  }
  /** @param {number[] | null | undefined} tilts  Degrees. */
  show(tilts) {
    this.element.replaceChildren();
    this.element.toggleAttribute("hidden", !tilts?.length);
    if (!tilts?.length) return;
    this.element.setAttribute("aria-label", describe2(tilts));
    this.element.append(
      part("title", {}, describe2(tilts)),
      part("circle", { class: "unseen", r: "42" }),
      ...tilts.map((tilt) => part("path", { class: "seen", d: spoke(tilt) })),
      part("text", { x: "45", y: "-3", "text-anchor": "end" }, "kx"),
      part("text", { x: "3", y: "-40" }, "kz")
    );
  }
};
function describe2(tilts) {
  const [least, most] = [Math.min(...tilts), Math.max(...tilts)];
  const missing = Math.max(180 - (most - least), 0);
  const range2 = `${degrees(least)} to ${degrees(most)}`;
  return `Fourier space: ${tilts.length} views from ${range2}; ${degrees(missing)} are missing`;
}
function degrees(angle) {
  return `${Number(angle.toFixed(1))}°`.replace("-", "−");
}
function spoke(tilt) {
  const x = 42 * Math.cos(tilt * Math.PI / 180);
  const y = -42 * Math.sin(tilt * Math.PI / 180);
  return `M${-x} ${-y}L${x} ${y}`;
}
function part(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.append(text);
  return made;
}

// viewer/main.js
var WIDE_RANGE = 0.5;
function mount(element2, options) {
  return new Viewer(element2, options);
}
var Viewer = class {
  #events = new Events();
  #frame = 0;
  #ready = false;
  #wedge = new Wedge();
  /** @type {Pointers[]} */
  #pointers = [];
  /**
   * @param {HTMLElement} parent
   * @param {Options} [options]
   */
  constructor(parent, { wheel = "always" } = {}) {
    this.stages = new Stages(
      () => this.#schedule(),
      (axis, plane) => this.setPlane(axis, plane)
    );
    this.surface = this.stages.main;
    this.film = new Film({
      choose: (plane) => this.setPlane("z", plane),
      drawn: () => this.surface.base?.complete ?? false
    });
    this.readout = new Readout((surface, at) => surface === this.surface && this.#events.emit("cursor", at));
    this.layout = new Layout(
      this.stages.all.map((surface) => surface.element),
      [this.film.element, this.readout.status.element]
    );
    parent.append(this.layout.element);
    this.host = this.#host();
    this.controls = new Controls(this);
    this.comparison = new Compare(this.surface, this.layout.toolbarGroup("Compare"), this.host.announce);
    this.upper = this.#upper();
    this.overlay = new Overlay(this.host);
    this.help = new Help(this.layout.planes, () => this.overlay.keys);
    this.#addLayers();
    this.#addLast();
    this.#listen(wheel);
    this.setImage(null);
  }
  /** What was put into the page. */
  get element() {
    return this.layout.element;
  }
  /** @param {Source | null} source */
  setImage(source) {
    const axes = source?.manifest.axes ?? {};
    for (const [axis, surface] of this.stages.entries) {
      surface.base?.destroy();
      surface.base = source && axis in axes ? this.#pane(source, axis) : null;
      if (surface.base) surface.view.setImage(...shapeOf2(surface.base));
      surface.element.hidden = axis !== "z" && !surface.base;
    }
    this.setLayer(null);
    this.compare(null);
    this.overlay.clear();
    this.#ready = false;
    this.layout.showProblem(null);
    this.#describe(source);
    for (const { base } of this.stages.all) base?.begin();
    this.moved(this.surface);
    this.#updated();
  }
  /**
   * @param {string} axis
   * @param {number} plane
   */
  setPlane(axis, plane) {
    const surface = this.stages.along[axis];
    if (!surface?.base) return;
    surface.base.setPlane(axis, plane);
    for (const pane of [surface.upper, surface === this.surface ? this.comparison.pane : null]) {
      if (pane && axis in pane.source.manifest.axes) pane.setPlane(axis, plane);
    }
    for (const each of this.stages.all) each.redrawLayers();
    surface.redraw();
    if (axis === "z") this.film.show(surface.base.plane);
    this.stages.show(axis);
    this.#events.emit("plane", { axis, plane: surface.base.plane });
  }
  /** @param {{centre?: [number, number], zoom?: number}} view  Zoom: CSS pixels per image pixel. */
  setView({ centre, zoom }) {
    const { view } = this.surface;
    if (zoom !== void 0) view.zoomTo(zoom);
    if (centre) view.moveTo(...centre);
    this.moved(this.surface);
  }
  /** @param {Partial<Contrast>} contrast */
  setContrast(contrast) {
    for (const { base } of this.stages.all) base?.setContrast(contrast);
    if (this.comparison.pane && this.#alike(this.comparison.pane)) {
      this.comparison.pane.setContrast(contrast);
    }
    this.#updated();
  }
  /** @param {string} name */
  setColourMap(name) {
    for (const { base } of this.stages.all) base?.setColours(name);
    this.comparison.pane?.setColours(name);
    this.#updated();
  }
  /**
   * Lays another image over this one.
   *
   * @param {Source | null} source
   * @param {import("./upper.js").UpperOptions & Place} [options]
   */
  setLayer(source, options = {}) {
    const panes = this.stages.entries.map(([axis, surface]) => {
      if (!source || !surface.base || !(axis in source.manifest.axes)) return null;
      const pane = this.#pane(source, axis);
      if (axis === "z") pane.placement = placement(options);
      pane.title = options.title ?? "Layer";
      pane.setPlane(axis, surface.base.plane);
      return pane;
    });
    this.upper.show(panes, options);
  }
  /**
   * Puts another image beside this one, or by turns in its place.
   *
   * @param {Source | null} source
   * @param {import("./compare.js").Mode} [mode]
   * @param {Place & {title?: string, titles?: [string, string]}} [options]
   */
  compare(source, mode = "swipe", options = {}) {
    const pane = source ? this.#pane(source, "z") : null;
    const { base } = this.surface;
    const titles = options.titles ?? ["Image", options.title ?? "Other"];
    if (pane && base) {
      pane.title = titles[1];
      pane.placement = placement(options);
      pane.setPlane("z", base.plane);
      pane.setColours(base.colours);
      if (this.#alike(pane)) pane.setContrast(base.contrast);
    }
    this.comparison.show(pane, mode, titles);
  }
  /**
   * Shows the points of a table over the image; the same table again keeps what was done by hand.
   *
   * @param {import("./table.js").Table | null} table
   * @param {import("./look.js").PointOptions} [options]
   */
  setPoints(table3, options) {
    this.overlay.setPoints(table3, options);
  }
  /**
   * Selects a point, and moves the view to it where it is out of sight.
   *
   * @param {number | null} row  Of the table, or behind its last for one that was added.
   */
  select(row) {
    this.overlay.select(row);
  }
  /** What was done by hand. */
  edits() {
    return this.overlay.edits();
  }
  /** @param {import("./edits.js").Edit[]} edits */
  setEdits(edits) {
    this.overlay.setEdits(edits);
  }
  /** The points in the regions. */
  chosen() {
    return this.overlay.chosen();
  }
  /**
   * @param {string} type
   * @param {(detail: any) => void} listener
   * @returns {() => void} Ends it.
   */
  on(type, listener) {
    return this.#events.on(type, listener);
  }
  /** What is shown and how. */
  state() {
    const { base, view } = this.surface;
    return {
      planes: Object.fromEntries(
        this.stages.entries.flatMap(([axis, { base: base2 }]) => base2 ? [[axis, base2.plane]] : [])
      ),
      view: { centre: view.centre, zoom: view.zoom },
      contrast: base?.contrast ?? null,
      colourMap: base?.colours ?? null,
      selected: this.overlay.selected
    };
  }
  /** @returns {Promise<Blob>} A PNG of what is seen, with what the colours mean. */
  async picture() {
    const canvas = picture(this.layout.planes, this.stages.all);
    return new Promise(
      (give, fail) => canvas.toBlob((blob) => blob ? give(blob) : fail(new Error("The picture could not be drawn")))
    );
  }
  destroy() {
    cancelAnimationFrame(this.#frame);
    this.film.stop();
    this.comparison.destroy();
    for (const pointers of this.#pointers) pointers.destroy();
    for (const surface of this.stages.all) surface.destroy();
    this.layout.element.remove();
    this.#events.clear();
  }
  /**
   * Draws and tells after a view has changed.
   *
   * @param {Surface} surface
   */
  moved(surface) {
    surface.redraw();
    if (surface !== this.surface) return;
    const { view } = surface;
    this.#events.emit("view", { centre: view.centre, zoom: view.zoom });
  }
  /**
   * @param {Surface} surface
   * @param {number} by
   */
  stepPlane(surface, by) {
    if (surface.base) this.setPlane(surface.base.axis, surface.base.plane + by);
  }
  /**
   * Says where the middle of the view is and what is there.
   *
   * @param {Surface} surface
   */
  async tellMiddle(surface) {
    this.layout.announce(await this.readout.middle(surface));
  }
  async savePicture() {
    const address = URL.createObjectURL(await this.picture());
    element("a", { href: address, download: "view.png" }).click();
    URL.revokeObjectURL(address);
  }
  /** @param {"always" | "focused"} wheel */
  #listen(wheel) {
    const { root } = this.layout;
    for (const surface of this.stages.all) {
      const stage = surface.element;
      this.#pointers.push(
        new Pointers(surface, {
          moved: () => this.moved(surface),
          hover: (pointer) => void this.readout.hover(surface, pointer),
          press: () => stage.focus({ preventScroll: true }),
          wheel: () => wheel === "always" || root.activeElement === stage
        })
      );
      stage.addEventListener("keydown", (event) => this.#key(event, surface));
    }
  }
  #upper() {
    const panel = this.host.panel("Layer");
    const group = this.host.toolbarGroup("Layer");
    const upper = new Upper(
      this.stages.all,
      group,
      panel,
      () => this.layout.togglePanel(panel, upper.settings)
    );
    return upper;
  }
  /** Points, crosshairs and scale bars. */
  #addLayers() {
    this.surface.layers.push(this.overlay);
    for (const [axis, surface] of this.stages.entries) {
      surface.layers.push(
        createCrosshair(
          axis,
          () => this.stages.crossing,
          (to) => Object.entries(to).forEach(([along, plane]) => this.setPlane(along, plane))
        ),
        createScaleBar(() => surface.base?.extent)
      );
    }
  }
  /** What stands at the end of the toolbar. */
  #addLast() {
    const group = this.host.toolbarGroup("More");
    group.classList.add("last");
    group.append(
      button({ name: "Save a picture", icon: ICONS.save, key: "k", press: () => void this.savePicture() }),
      button({ name: "Keys", text: "?", key: "?", press: () => this.help.open() })
    );
  }
  /**
   * @param {Source} source
   * @param {string} axis
   */
  #pane(source, axis) {
    const pane = new Pane(
      source,
      () => this.stages.redraw(),
      (error) => this.#fail(error)
    );
    pane.setPlane(axis, 0);
    return pane;
  }
  /** @param {unknown} error */
  #fail(error) {
    this.layout.showProblem(error instanceof Error ? error.message : String(error));
    this.#events.emit("error", { error });
  }
  /**
   * Whether another image has the grey levels of this one.
   *
   * @param {Pane} pane
   */
  #alike({ source }) {
    const here = this.surface.base?.source.manifest;
    if (!here) return false;
    const there = source.manifest;
    const shared = Math.min(here.high, there.high) - Math.max(here.low, there.low);
    return shared >= WIDE_RANGE * Math.max(here.high - here.low, there.high - there.low);
  }
  /**
   * Says what the image is: the planes it has and the tilts behind them.
   *
   * @param {Source | null} source
   */
  #describe(source) {
    const axes = source?.manifest.axes ?? {};
    const tilts = source?.manifest.tilts ?? null;
    const planes = axes.z?.planes ?? 1;
    const volume = "y" in axes;
    const series = !volume && tilts?.length === planes;
    this.film.open({
      noun: volume ? "Slice" : series ? "View" : "Frame",
      planes,
      tilts: series ? tilts : null
    });
    this.layout.planes.classList.toggle("volume", volume);
    (volume ? this.stages.along.y : this.surface).element.append(this.#wedge.element);
    this.#wedge.show(planes > 1 ? tilts : null);
    if (volume) for (const axis of ["z", "y", "x"]) this.setPlane(axis, (axes[axis].planes - 1) / 2);
  }
  #updated() {
    this.stages.redraw();
    this.controls.update();
  }
  /** @returns {Host} */
  #host() {
    return {
      view: this.surface.view,
      stage: this.surface.element,
      redraw: () => this.surface.redrawLayers(),
      reveal: (y, x) => this.#reveal(y, x),
      emit: (type, detail) => this.#events.emit(type, detail),
      announce: (text) => this.layout.announce(text),
      toolbarGroup: (label2) => this.layout.toolbarGroup(label2),
      panel: (title) => this.layout.panel(title),
      source: () => this.surface.base?.source ?? null,
      where: () => ({ axis: "z", plane: this.surface.base?.plane ?? 0 }),
      value: async (y, x) => this.surface.base?.value(y, x) ?? null
    };
  }
  /**
   * @param {number} y
   * @param {number} x
   */
  #reveal(y, x) {
    const { y0, x0, y1, x1 } = this.surface.view.bounds();
    if (y >= y0 && y <= y1 && x >= x0 && x <= x1) return;
    this.surface.view.moveTo(y, x);
    this.moved(this.surface);
  }
  /** Tells how large the image is and is shown, which a resize changes, too. */
  #about() {
    const { base, view } = this.surface;
    this.readout.status.about(base?.source.manifest, base?.extent, view.zoom * view.ratio);
  }
  #schedule() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#about();
      const [shown2] = this.stages.all.map((surface) => surface.draw());
      if (this.surface.base?.complete) this.layout.showProblem(null);
      if (!shown2 || this.#ready) return;
      this.#ready = true;
      this.#events.emit("ready", null);
    });
  }
  /**
   * @param {KeyboardEvent} event
   * @param {Surface} surface
   */
  #key(event, surface) {
    if (event.target !== surface.element) return;
    const { layers, view } = surface;
    const taken = layers.findLast((layer) => layer.key?.(event, view)) || this.controls.key(event, surface);
    if (!taken) return;
    event.preventDefault();
    event.stopPropagation();
  }
};
function placement({ scale = 1, origin = [0, 0] }) {
  return { scale: typeof scale === "number" ? [scale, scale] : scale, origin };
}
function shapeOf2({ extent: extent2 }) {
  const [height, width] = extent2.pixel_size ?? [1, 1];
  return [extent2.shape, height / width];
}

// viewer/source.js
var ARRAYS = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array
};
function pixels(dtype, buffer) {
  const type = ARRAYS[dtype];
  if (!type) throw new TypeError(`Pixels of type ${dtype} cannot be shown`);
  return new type(buffer);
}
async function restSource(base, image) {
  const address = `${base}/api/images/${encodeURIComponent(image)}`;
  const manifest = await (await answer(address)).json();
  return {
    manifest,
    async tile(axis, plane, level, row, col, signal) {
      const response = await answer(
        `${address}/tiles/${axis}/${plane}/${level}/${row}/${col}`,
        signal
      );
      const [rows, columns] = (response.headers.get("X-Shape") ?? "").split(",").map(Number);
      const data = pixels(response.headers.get("X-Dtype") ?? "", await response.arrayBuffer());
      return { data, shape: [rows, columns] };
    }
  };
}
async function answer(address, signal) {
  const response = await fetch(address, { signal, credentials: "same-origin" });
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  throw new Error(body?.error ?? `The server answered ${response.status}`);
}

// viewer/widget.js
var REST = 1500;
var widget_default = {
  /** @param {{model: Model, el: HTMLElement}} given */
  render({ model, el }) {
    const view = new WidgetView(model, el);
    return () => view.destroy();
  }
};
var WidgetView = class {
  #name = crypto.getRandomValues(new Uint32Array(2)).join("-");
  #asked = 0;
  /** @type {Map<string, {give: (tile: Tile) => void, fail: (error: Error) => void}>} */
  #awaited = /* @__PURE__ */ new Map();
  /** @type {import("./table.js").Table | null} */
  #table = null;
  #options = {};
  /** @type {(() => void)[]} */
  #endings = [];
  #resting = 0;
  /**
   * @param {Model} model
   * @param {HTMLElement} parent
   */
  constructor(model, parent) {
    this.model = model;
    this.box = element("div", { class: "colonnade-view" });
    parent.append(this.box);
    this.viewer = mount(this.box, { wheel: "focused" });
    this.#listen("msg:custom", (message, buffers) => this.#take(message, buffers));
    this.#listen("change:height", () => this.#setHeight());
    this.#listen("change:edits", () => this.#setEdits());
    this.#tell("edits", (detail) => detail.edits);
    this.#tell("selected", (detail) => detail?.row ?? null, "pick");
    this.#tell("region", (detail) => detail && bounds(detail));
    for (const event of ["ready", "view", "plane", "edits"]) {
      this.#endings.push(this.viewer.on(event, () => this.#rest()));
    }
    this.#setHeight();
    this.#endings.push(followScheme(this.box, this.viewer.element));
    model.send({ type: "ready", view: this.#name });
  }
  destroy() {
    clearTimeout(this.#resting);
    for (const end of this.#endings) end();
    for (const { fail } of this.#awaited.values()) fail(new Error("The view was closed"));
    this.viewer.destroy();
    this.box.remove();
  }
  /**
   * @param {string} event
   * @param {(...given: any[]) => void} listener
   */
  #listen(event, listener) {
    this.model.on(event, listener);
    this.#endings.push(() => this.model.off(event, listener));
  }
  /**
   * Lets Python know what a person does, in a trait.
   *
   * @param {string} trait
   * @param {(detail: any) => unknown} value
   * @param {string} [event]
   */
  #tell(trait, value, event = trait) {
    const end = this.viewer.on(event, (detail) => {
      const given = value(detail);
      if (same(given, this.model.get(trait))) return;
      this.model.set(trait, given);
      this.model.save_changes();
    });
    this.#endings.push(end);
  }
  #setHeight() {
    this.box.style.height = `${this.model.get("height")}px`;
  }
  #setEdits() {
    const edits = this.model.get("edits");
    if (!same(edits, this.viewer.edits())) this.viewer.setEdits(edits);
  }
  /**
   * @param {Message} message
   * @param {DataView[]} buffers
   */
  #take(message, buffers) {
    if (message.to && message.to !== this.#name) return;
    const { viewer } = this;
    const takers = {
      tile: () => this.#takeTile(message, buffers),
      image: () => viewer.setImage(this.#source(message)),
      layer: () => viewer.setLayer(this.#source(message), message.options),
      compare: () => viewer.compare(this.#source(message), message.mode, message.options),
      points: () => this.#takePoints(message, buffers),
      visible: () => this.#takeVisible(buffers[0]),
      set: () => this.#set(message)
    };
    takers[message.type]?.();
  }
  /**
   * @param {Message} message
   * @param {DataView[]} buffers
   */
  #takePoints({ rows, columns, words, options }, [values, visible]) {
    this.#table = { ...table2(rows, columns, bytes(values)), words };
    this.#options = options;
    this.#takeVisible(visible);
    this.#setEdits();
  }
  /** @param {DataView} [visible]  Of each row whether it is to be seen; all without. */
  #takeVisible(visible) {
    const wanted = visible ? new Uint8Array(bytes(visible)) : null;
    this.viewer.setPoints(this.#table, { ...this.#options, visible: wanted });
  }
  /** @param {Message} message */
  #set({ plane, contrast, colourMap: colourMap2, view }) {
    if (plane) this.viewer.setPlane(plane[0], plane[1]);
    if (contrast) this.viewer.setContrast(contrast);
    if (colourMap2) this.viewer.setColourMap(colourMap2);
    if (view) this.viewer.setView(view);
  }
  /**
   * @param {Message} message
   * @returns {Source}
   */
  #source({ image, manifest }) {
    return {
      manifest,
      tile: (axis, plane, level, row, col, signal) => this.#ask({ image, axis, plane, level, row, col }, signal)
    };
  }
  /**
   * @param {object} address
   * @param {AbortSignal} signal
   * @returns {Promise<Tile>}
   */
  #ask(address, signal) {
    const id = `${this.#name}-${this.#asked++}`;
    return new Promise((give, fail) => {
      this.#awaited.set(id, { give, fail });
      signal?.addEventListener("abort", () => {
        this.#awaited.delete(id);
        fail(signal.reason);
      });
      this.model.send({ type: "tile", id, ...address });
    });
  }
  /**
   * @param {Message} message
   * @param {DataView[]} buffers
   */
  #takeTile({ id, dtype, shape, error }, [data]) {
    const awaited = this.#awaited.get(id);
    this.#awaited.delete(id);
    if (error) awaited?.fail(new Error(error));
    else awaited?.give({ data: pixels(dtype, bytes(data)), shape });
  }
  #rest() {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(async () => {
      const picture2 = await (await this.viewer.picture()).arrayBuffer();
      this.model.send({ type: "picture" }, void 0, [picture2]);
    }, REST);
  }
};
function bounds({ y0, x0, y1, x1 }) {
  return { y0, x0, y1, x1 };
}
function table2(rows, names, buffer) {
  const length2 = rows * Float64Array.BYTES_PER_ELEMENT;
  const columns = names.map((name, i) => [name, new Float64Array(buffer, i * length2, rows)]);
  return { rows, columns: Object.fromEntries(columns) };
}
function bytes({ buffer, byteOffset, byteLength }) {
  return (
    /** @type {ArrayBuffer} */
    buffer.slice(byteOffset, byteOffset + byteLength)
  );
}
function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}
function followScheme(behind, shown2) {
  const follow = () => {
    shown2.style.colorScheme = isDark(behind) ? "dark" : "light";
  };
  const observer = new MutationObserver(follow);
  for (const themed of [document.documentElement, document.body]) {
    observer.observe(themed, { attributes: true });
  }
  requestAnimationFrame(follow);
  return () => observer.disconnect();
}
function isDark(place3) {
  for (let at = place3; at; at = parentOf(at)) {
    const [red, green, blue, alpha] = components(getComputedStyle(at).backgroundColor);
    if (alpha > 0) return 0.3 * red + 0.59 * green + 0.11 * blue < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
function components(colour) {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  if (!context) return [0, 0, 0, 0];
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}
function parentOf(place3) {
  const root = place3.getRootNode();
  return place3.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}
export {
  COLOUR_MAPS,
  colourMap,
  decodeTable,
  widget_default as default,
  mount,
  restSource
};
