/** The tiles of an image that are here, and the asking for those that are wanted. */

/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./types.js").Tile} Tile */

/**
 * @typedef {object} Address
 * @property {string} axis
 * @property {number} plane
 * @property {number} level
 * @property {number} row
 * @property {number} col
 */

const KEPT_BYTES = 192 * 2 ** 20; // of one image's tiles
const AT_ONCE = 6; // requests under way, as many as a browser opens to one server
const RETRY_MS = 3000; // before a tile that could not be read is asked for again

/** @param {Address} address */
function keyOf({ axis, plane, level, row, col }) {
  return `${axis}/${plane}/${level}/${row}/${col}`;
}

export class Tiles {
  /** @type {Map<string, Tile>} Least recently used first. */
  #here = new Map();
  #bytes = 0;
  /** @type {Map<string, AbortController>} */
  #underWay = new Map();
  /** @type {Map<string, number>} When it failed. */
  #failed = new Map();
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
    const key = keyOf(address);
    const tile = this.#here.get(key);
    if (tile) {
      this.#here.delete(key);
      this.#here.set(key, tile);
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
    clearTimeout(this.#retry);
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
        clearTimeout(this.#retry);
        this.#retry = setTimeout(this.arrived, RETRY_MS);
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
}
