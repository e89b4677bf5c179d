// The Colonnade viewer. Built from viewer/*.js by `npm run build` in frontend/; do not edit.
// SPDX-License-Identifier: GPL-3.0-or-later

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
    const key = data.constructor.name;
    let words = this.#byType.get(key);
    if (!words) {
      words = new Uint32Array(2 ** (8 * data.BYTES_PER_ELEMENT));
      for (let i = 0; i < words.length; i++) words[i] = this.colour(i + first);
      this.#byType.set(key, words);
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
function lookups(length, start, pace, size, factor) {
  const indices = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const position = start + (i + 0.5) * pace;
    indices[i] = position >= 0 && position < size ? Math.floor(position / factor) : -1;
  }
  return indices;
}
function run(indices, from, to, first, last) {
  let start = from;
  while (start < to && indices[start] < first) start++;
  let end = start;
  while (end < to && indices[end] >= first && indices[end] < last) end++;
  return [start, end];
}
function drawPart(part) {
  const { words, width, rows, columns, rowOf, columnOf, tile, corner, palette, hatch } = part;
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

// viewer/colourmaps.js
var LENGTH = 256;
var GOLDEN_ANGLE = 137.508;
var MAPS = {
  grey: { title: "Grey", path: (t) => [greyLightness(t), 0, 0] },
  "blue-yellow": {
    title: "Blue to yellow",
    path: (t) => [0.22 + 0.7 * t, 0.1 + 0.07 * Math.sin(Math.PI * t) + 0.04 * t, 285 - 180 * t]
  },
  heat: {
    title: "Heat",
    path: (t) => [0.02 + 0.96 * t, 0.19 * Math.sin(Math.PI * Math.min(1, 0.04 + 0.96 * t)), 10 + 95 * t]
  },
  "blue-red": {
    title: "Blue to red",
    path: (t) => [0.97 - 0.5 * Math.abs(2 * t - 1) ** 1.1, 0.17 * Math.abs(2 * t - 1), t < 0.5 ? 255 : 27]
  },
  cyclic: { title: "Cyclic", path: (t) => [0.7, 0.125, 360 * t + 25] },
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
  const colours = Uint32Array.from({ length: LENGTH }, (_, i) => inGamut(...map.path(i / (LENGTH - 1))));
  computed.set(name, colours);
  return colours;
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
function shown(channels) {
  return channels.every((c) => c >= -1e-4 && c <= 1 + 1e-4);
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
  /** @type {Address[]} */
  #wanted = [];
  #closed = false;
  /**
   * @param {Source} source
   * @param {() => void} arrived  Called when a tile that was wanted is here.
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
    const key = keyOf(address);
    const tile = this.#here.get(key);
    if (tile) {
      this.#here.delete(key);
      this.#here.set(key, tile);
    }
    return tile;
  }
  /**
   * Asks for tiles in this order, and for no others any more.
   *
   * @param {Address[]} addresses
   */
  want(addresses) {
    const keys = new Set(addresses.map(keyOf));
    for (const [key, controller] of this.#underWay) if (!keys.has(key)) controller.abort();
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
    for (const controller of this.#underWay.values()) controller.abort();
    this.#here.clear();
    this.#wanted = [];
  }
  #ask() {
    const now = Date.now();
    for (const address of this.#wanted) {
      if (this.#underWay.size >= AT_ONCE) return;
      const key = keyOf(address);
      if (this.#here.has(key) || this.#underWay.has(key)) continue;
      if (now - (this.#failed.get(key) ?? -Infinity) < RETRY_MS) continue;
      const controller = new AbortController();
      this.#underWay.set(key, controller);
      this.#answer(address, key, controller);
    }
  }
  /**
   * @param {Address} address
   * @param {string} key
   * @param {AbortController} controller
   */
  async #answer(address, key, controller) {
    let arrived = false;
    try {
      await this.#fetch(address, controller);
      this.#failed.delete(key);
      arrived = true;
    } catch (error) {
      if (!controller.signal.aborted) {
        this.#failed.set(key, Date.now());
        this.failed(error);
      }
    } finally {
      this.#underWay.delete(key);
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
  #keep(key, tile) {
    this.#bytes += tile.data.byteLength - (this.#here.get(key)?.data.byteLength ?? 0);
    this.#here.set(key, tile);
    for (const [oldest, { data }] of this.#here) {
      if (this.#bytes <= KEPT_BYTES || this.#here.size === 1) return;
      this.#here.delete(oldest);
      this.#bytes -= data.byteLength;
    }
  }
};

// viewer/pane.js
var IN_PLACE = { scale: [1, 1], origin: [0, 0] };
var Pane = class {
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
    const extent = this.source.manifest.axes[axis];
    if (!extent) throw new RangeError(`The image has no planes along ${axis}`);
    if (axis !== this.axis) this.#drawn = -1;
    this.axis = axis;
    this.plane = Math.min(Math.max(Math.round(plane), 0), extent.planes - 1);
  }
  /**
   * Draws what is here of the part in view and asks for what is not.
   *
   * @param {Target} target
   * @param {View} view
   * @returns {boolean} Whether anything was drawn.
   */
  draw(target, view) {
    const palette = this.#palette ??= new Palette(this.contrast, colourMap(this.colours));
    const level = this.#level(view);
    const grid = this.#grid(target, view, level);
    const shown2 = this.#plane(grid);
    const wanted = [this.#address(this.extent.levels.length - 1, 0, 0)];
    let drawn = false;
    for (const [row, col] of grid.tiles) {
      const address = this.#address(level, row, col);
      if (!this.tiles.get(address)) wanted.push(address);
      if (this.#drawTile({ ...address, plane: shown2 }, grid, target, view, palette)) drawn = true;
    }
    this.complete = shown2 === this.plane && wanted.length === 1;
    this.tiles.want(wanted.filter((address) => !this.tiles.get(address)));
    return drawn;
  }
  /**
   * The grey level of a pixel of the original, null outside the image.
   *
   * @param {number} y  Position in the image shown.
   * @param {number} x
   * @returns {Promise<number | null>}
   */
  async value(y, x) {
    const { scale, origin } = this.placement;
    const row = Math.floor((y + 0.5 - origin[0]) * scale[0]);
    const column = Math.floor((x + 0.5 - origin[1]) * scale[1]);
    const [rows, columns] = this.extent.shape;
    if (!(row >= 0 && row < rows && column >= 0 && column < columns)) return null;
    const size = this.source.manifest.tile;
    const corner = [Math.floor(row / size), Math.floor(column / size)];
    const tile = await this.tiles.load(this.#address(0, corner[0], corner[1]));
    return tile.data[(row - corner[0] * size) * tile.shape[1] + column - corner[1] * size];
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
  /**
   * The level whose pixels are nearest in size to those of the screen.
   *
   * @param {View} view
   */
  #level(view) {
    const pace = Math.max(this.#pace(view, 0), this.#pace(view, 1));
    const { levels } = this.extent;
    let best = 0;
    while (best + 1 < levels.length && Math.sqrt(levels[best].factor * levels[best + 1].factor) <= pace) {
      best++;
    }
    return best;
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
    const { scale, origin } = this.placement;
    const { factor } = this.extent.levels[level];
    const { shape } = this.extent;
    const start = view.toImage(0, 0);
    const along = (along2) => {
      const edge = (start[along2] + 0.5 - origin[along2]) * scale[along2];
      const length = along2 ? target.width : target.height;
      return lookups(length, edge, this.#pace(view, along2), shape[along2], factor);
    };
    return [along(0), along(1)];
  }
  /**
   * The plane to draw: the one that is set as soon as anything of it is here.
   *
   * @param {{level: number, tiles: [number, number][]}} grid
   */
  #plane({ level, tiles }) {
    const here = this.tiles.get(this.#address(this.extent.levels.length - 1, 0, 0)) || tiles.length && tiles.every(([row, col]) => this.tiles.get(this.#address(level, row, col)));
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
   * @param {Palette} palette
   */
  #drawTile(address, grid, target, view, palette) {
    const size = this.source.manifest.tile;
    const rows = run(grid.rowOf, 0, target.height, address.row * size, (address.row + 1) * size);
    const columns = run(grid.columnOf, ...target.columns, address.col * size, (address.col + 1) * size);
    const found = this.#best(address);
    if (!found) return false;
    const { tile, level } = found;
    const [rowOf, columnOf] = level === address.level ? [grid.rowOf, grid.columnOf] : this.#lookups(target, view, level);
    const corner = [found.row * size, found.col * size];
    const { words, width } = target;
    drawPart({ words, width, rows, columns, rowOf, columnOf, tile, corner, palette, hatch: this.hatch });
    return true;
  }
  /**
   * The sharpest tile here that covers the place of one.
   *
   * @param {Address} address
   */
  #best(address) {
    const { levels } = this.extent;
    for (let level = address.level; level < levels.length; level++) {
      const coarser = levels[level].factor / levels[address.level].factor;
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
   * @param {(pointer: Pointer) => void} on.click  Nobody took a click.
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
    if (event.button !== 0 || event.target instanceof HTMLButtonElement) return;
    const { x, y } = this.#place(event);
    this.surface.element.setPointerCapture(event.pointerId);
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
    const taken = this.#offer(pointer);
    if (!taken && type === "click") this.on.click(pointer);
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
.middle { display: flex; flex: 1; min-height: 0; }
.planes { display: grid; flex: 1; min-width: 0; min-height: 0; gap: 1px; background: var(--line); }
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
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;
function dress(root) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
}

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
    this.centre = [within(y, -0.5, this.shape[0] - 0.5), within(x, -0.5, this.shape[1] - 0.5)];
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
    this.zoom = within(zoom, this.#smallestZoom(), LARGEST_PIXEL);
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
    return Math.min(this.fitting, SMALLEST_IMAGE / longest, 1);
  }
};
function within(value, low, high) {
  return Math.min(Math.max(value, low), high);
}

// viewer/surface.js
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
  /**
   * @param {string} label  For who cannot see it.
   * @param {() => void} changed  Called when there is something to draw.
   */
  constructor(label, changed) {
    this.changed = changed;
    this.element = element(
      "div",
      { class: "stage", tabindex: 0, role: "application", "aria-label": label },
      this.#image.canvas,
      this.#upper.canvas,
      this.#over.canvas
    );
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.element);
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
      shown2 = this.#drawImages();
    }
    if (this.#stale.layers) {
      this.#stale.layers = false;
      this.#drawLayers();
    }
    return shown2;
  }
  /** A canvas of what is seen. */
  picture() {
    const { width, height } = this.#image.canvas;
    const canvas = element("canvas");
    Object.assign(canvas, { width, height });
    const context = (
      /** @type {CanvasRenderingContext2D} */
      canvas.getContext("2d")
    );
    context.drawImage(this.#image.canvas, 0, 0);
    context.globalAlpha = Number(this.#upper.canvas.style.opacity || 1);
    context.drawImage(this.#upper.canvas, 0, 0);
    context.globalAlpha = 1;
    context.drawImage(this.#over.canvas, 0, 0);
    return canvas;
  }
  destroy() {
    this.observer.disconnect();
    for (const pane of [this.base, this.upper, this.beside?.pane]) pane?.destroy();
    for (const layer of this.layers) layer.destroy();
    this.element.remove();
  }
  #drawImages() {
    let shown2 = false;
    const { base, beside, upper, view } = this;
    this.#image.paint((target) => {
      const split = Math.round((beside?.split ?? 1) * target.width);
      if (base) shown2 = base.draw({ ...target, columns: [0, split] }, view);
      beside?.pane.draw({ ...target, columns: [split, target.width] }, view);
    });
    if (upper) this.#upper.paint((target) => upper.draw(target, view));
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

// viewer/main.js
var PAN_STEP = 60;
var ZOOM_STEP = Math.SQRT2;
var LAYERS = [];
function mount(element2) {
  return new Viewer(element2);
}
var Viewer = class {
  #events = new Events();
  #frame = 0;
  #ready = false;
  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.element = element("div", { "data-lm-suppress-shortcuts": "true" });
    this.element.style.height = "100%";
    const root = this.element.attachShadow({ mode: "open" });
    dress(root);
    this.surface = new Surface("Image", () => this.#schedule());
    this.tools = element("div", { class: "tools" });
    this.panels = element("div", { class: "panels" });
    this.spoken = element("div", { class: "spoken", role: "status" });
    const planes = element("div", { class: "planes" }, this.surface.element);
    const middle = element("div", { class: "middle" }, planes, this.panels);
    this.frame = element("div", { class: "viewer" }, this.tools, middle, this.spoken);
    root.append(this.frame);
    parent.append(this.element);
    this.pointers = new Pointers(this.surface, {
      moved: () => this.#moved(),
      hover: (pointer) => this.#hover(pointer),
      click: () => this.surface.element.focus(),
      wheel: () => true
    });
    this.frame.addEventListener("keydown", (event) => this.#key(event));
    const host = this.#host();
    this.surface.layers = LAYERS.map((create) => create(host));
    this.surface.resize();
  }
  /** @param {Source | null} source */
  setImage(source) {
    this.surface.base?.destroy();
    this.surface.base = source ? this.#pane(source) : null;
    this.#ready = false;
    if (this.surface.base) this.surface.view.setImage(...shapeOf(this.surface.base));
    this.surface.redraw();
  }
  /**
   * @param {string} axis
   * @param {number} plane
   */
  setPlane(axis, plane) {
    this.surface.base?.setPlane(axis, plane);
    this.surface.redraw();
    this.#events.emit("plane", this.#where());
  }
  /** @param {{centre?: [number, number], zoom?: number}} view */
  setView({ centre, zoom }) {
    const { view } = this.surface;
    if (zoom !== void 0) view.zoomTo(zoom);
    if (centre) view.moveTo(...centre);
    this.#moved();
  }
  /** @param {Partial<Contrast>} contrast */
  setContrast(contrast) {
    this.surface.base?.setContrast(contrast);
    this.surface.redraw();
  }
  /** @param {string} name */
  setColourMap(name) {
    this.surface.base?.setColours(name);
    this.surface.redraw();
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
      ...this.#where(),
      view: { centre: view.centre, zoom: view.zoom },
      contrast: base?.contrast ?? null,
      colourMap: base?.colours ?? null
    };
  }
  /** @returns {Promise<Blob>} A PNG of what is seen. */
  async picture() {
    this.surface.draw();
    const canvas = this.surface.picture();
    return new Promise(
      (give, fail) => canvas.toBlob((blob) => blob ? give(blob) : fail(new Error("The picture could not be drawn")))
    );
  }
  destroy() {
    cancelAnimationFrame(this.#frame);
    this.pointers.destroy();
    this.surface.destroy();
    this.element.remove();
    this.#events.clear();
  }
  /** @param {Source} source */
  #pane(source) {
    return new Pane(
      source,
      () => this.surface.redraw(),
      (error) => this.#events.emit("error", { error })
    );
  }
  /** @returns {Host} */
  #host() {
    return {
      view: this.surface.view,
      stage: this.surface.element,
      redraw: () => this.surface.redrawLayers(),
      emit: (type, detail) => this.#events.emit(type, detail),
      announce: (text) => {
        this.spoken.textContent = text;
      },
      toolbarGroup: (label) => {
        const group = element("div", { class: "group", role: "group", "aria-label": label });
        this.tools.append(group);
        return group;
      },
      panel: (title) => {
        const panel = element("section", { class: "panel", "aria-label": title, hidden: true });
        this.panels.append(panel);
        return panel;
      },
      source: () => this.surface.base?.source ?? null,
      where: () => this.#where(),
      value: async (y, x) => this.surface.base?.value(y, x) ?? null
    };
  }
  #where() {
    const { base } = this.surface;
    return { axis: base?.axis ?? "z", plane: base?.plane ?? 0 };
  }
  #schedule() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.surface.draw() && !this.#ready) {
        this.#ready = true;
        this.#events.emit("ready", null);
      }
    });
  }
  #moved() {
    this.surface.redraw();
    const { centre, zoom } = this.surface.view;
    this.#events.emit("view", { centre, zoom });
  }
  /** @param {Pointer} pointer */
  async #hover({ type, at: [y, x] }) {
    if (type === "leave") return;
    const value = await this.surface.base?.value(y, x) ?? null;
    this.#events.emit("cursor", { y, x, value });
  }
  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.target !== this.surface.element) return;
    const { layers, view } = this.surface;
    const taken = layers.findLast((layer) => layer.key?.(event, view)) || this.#navigate(event);
    if (!taken) return;
    event.preventDefault();
    event.stopPropagation();
  }
  /** @param {KeyboardEvent} event */
  #navigate(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const { view } = this.surface;
    const moves = {
      ArrowLeft: () => view.pan(0, PAN_STEP),
      ArrowRight: () => view.pan(0, -PAN_STEP),
      ArrowUp: () => view.pan(PAN_STEP, 0),
      ArrowDown: () => view.pan(-PAN_STEP, 0),
      "+": () => view.zoomTo(view.zoom * ZOOM_STEP),
      "=": () => view.zoomTo(view.zoom * ZOOM_STEP),
      "-": () => view.zoomTo(view.zoom / ZOOM_STEP),
      f: () => view.fit(),
      1: () => view.zoomTo(1)
    };
    const move = moves[event.key];
    if (!move) return false;
    move();
    this.#moved();
    return true;
  }
};
function shapeOf({ extent }) {
  const [height, width] = extent.pixel_size ?? [1, 1];
  return [extent.shape, height / width];
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
    this.viewer = mount(this.box);
    this.#listen("msg:custom", (message, buffers) => this.#take(message, buffers));
    this.#listen("change:height", () => this.#setHeight());
    this.#listen("change:edits", () => this.#setEdits());
    this.#tell("edits", (detail) => detail.edits);
    this.#tell("selected", (detail) => detail?.row ?? null, "pick");
    this.#tell("region", (detail) => detail);
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
      set: () => this.#set(message)
    };
    takers[message.type]?.();
  }
  /**
   * @param {Message} message
   * @param {DataView[]} buffers
   */
  #takePoints({ rows, columns, options }, [values, visible]) {
    if (values) this.#table = table2(rows, columns, bytes(values));
    this.viewer.setPoints(this.#table, {
      ...options,
      visible: visible ? new Uint8Array(bytes(visible)) : null
    });
    this.#setEdits();
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
      const picture = await (await this.viewer.picture()).arrayBuffer();
      this.model.send({ type: "picture" }, void 0, [picture]);
    }, REST);
  }
};
function table2(rows, names, buffer) {
  const length = rows * Float64Array.BYTES_PER_ELEMENT;
  const columns = names.map((name, i) => [name, new Float64Array(buffer, i * length, rows)]);
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
function isDark(place) {
  for (let at = place; at; at = parentOf(at)) {
    const [red, green, blue, alpha = 1] = (getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (red !== void 0 && alpha > 0) return 0.3 * red + 0.59 * green + 0.11 * blue < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
function parentOf(place) {
  const root = place.getRootNode();
  return place.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}
export {
  COLOUR_MAPS,
  colourMap,
  widget_default as default,
  mount,
  restSource
};
