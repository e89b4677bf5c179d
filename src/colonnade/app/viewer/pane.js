/** One image as it lies in the view: its tiles, its contrast and colours, its place. */

import { colourMap } from "./colourmaps.js";
import { drawPart, drawSmoothPart, lookups, mixture, Palette, run } from "./render.js";
import { Tiles } from "./tiles.js";

/** @typedef {import("./types.js").Contrast} Contrast */
/** @typedef {import("./types.js").Placement} Placement */
/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./tiles.js").Address} Address */
/** @typedef {import("./view.js").View} View */

/**
 * The pixels of a canvas and the part of it to draw in.
 *
 * @typedef {object} Target
 * @property {Uint32Array} words  RGBA, row after row.
 * @property {number} width  Device pixels.
 * @property {number} height
 * @property {[number, number]} columns  From and to.
 */

const SAME_PACE = 0.01; // of a pixel, between those of the screen and of a level that need no mixing

/** @type {Placement} */
const IN_PLACE = { scale: [1, 1], origin: [0, 0] };

export class Pane {
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
    colourMap(name); // says so if there is none
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
    const shown = this.#plane(grid);
    const wanted = [this.#coarsest];
    let drawn = false;
    for (const [row, col] of grid.tiles) {
      const address = this.#address(level, row, col);
      if (!this.tiles.get(address)) wanted.push(address);
      if (this.#drawTile({ ...address, plane: shown }, grid, target, view, smooth)) drawn = true;
    }
    if (smooth) this.rough = false;
    this.complete = shown === this.plane && wanted.length === 1;
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
    const column = Math.floor((x + 0.5 - origin[1]) * scale[1]);
    const [rows, columns] = this.extent.shape;
    if (!(row >= 0 && row < rows && column >= 0 && column < columns)) return null;
    const size = this.source.manifest.tile;
    const address = this.#address(0, Math.floor(row / size), Math.floor(column / size));
    return { address, row: row % size, column: column % size };
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
    const { levels } = this.extent;
    let best = 0;
    while (best + 1 < levels.length && Math.sqrt(levels[best].factor * levels[best + 1].factor) <= pace) {
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
    /** @type {[number, number][]} */
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
    /** @param {0 | 1} along */
    const along = (along) => {
      const length = along ? target.width : target.height;
      return lookups(length, this.#edge(view, along), this.#pace(view, along), shape[along], factor);
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
    const here =
      this.tiles.get(this.#coarsest) ||
      (tiles.length && tiles.every(([row, col]) => this.tiles.get(this.#address(level, row, col))));
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
    const corner = /** @type {[number, number]} */ ([found.row * size, found.col * size]);
    const palette = /** @type {Palette} */ (this.#palette);
    const part = { words: target.words, width: target.width, rows, columns, tile, palette, hatch: this.hatch };
    if (smooth && this.rough) {
      const [down, right] = this.#mixtures(view, level, rows, columns, corner, tile.shape);
      drawSmoothPart({ ...part, down, right });
      return true;
    }
    const here = level === address.level;
    const [rowOf, columnOf] = here ? [grid.rowOf, grid.columnOf] : this.#lookups(target, view, level);
    drawPart({ ...part, rowOf, columnOf, corner });
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
    return /** @type {const} */ ([0, 1]).map((along) => {
      const [edge, pace] = [this.#edge(view, along), this.#pace(view, along)];
      /** @param {number} i */
      const position = (i) => (edge + (i + 0.5) * pace) / factor - 0.5;
      return mixture(along ? columns : rows, position, corner[along], shape[along]);
    });
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
}

/**
 * The first and the last tile under a stretch of the canvas; none: the last before the first.
 *
 * @param {Int32Array} indices
 * @param {number} from
 * @param {number} to
 * @param {number} size  Of a tile.
 */
function ends(indices, from, to, size) {
  while (from < to && indices[from] < 0) from++;
  while (to > from && indices[to - 1] < 0) to--;
  if (from === to) return [0, -1];
  return [Math.floor(indices[from] / size), Math.floor(indices[to - 1] / size)];
}
