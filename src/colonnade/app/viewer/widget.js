/** The viewer in a notebook: what it shows comes in messages, what a person does goes back. */

import { element } from "./dom.js";
import { mount } from "./main.js";
import { pixels } from "./source.js";

/** @typedef {import("./types.js").Manifest} Manifest */
/** @typedef {import("./types.js").Source} Source */
/** @typedef {import("./types.js").Tile} Tile */
/** @typedef {import("./main.js").Viewer} Viewer */

/**
 * What anywidget gives: traits that Python and all views share, and messages.
 *
 * @typedef {object} Model
 * @property {(trait: string) => any} get
 * @property {(trait: string, value: unknown) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, listener: (...given: any[]) => void) => void} on
 * @property {(event: string, listener: (...given: any[]) => void) => void} off
 * @property {(message: object, callbacks?: undefined, buffers?: ArrayBuffer[]) => void} send
 */

/**
 * A message of Python. Those with `to` are for that view alone.
 *
 * @typedef {{to?: string, type: string, [name: string]: any}} Message
 */

/** A person who has not moved anything for so long has settled on a view [ms]. */
const REST = 1500;

export default {
  /** @param {{model: Model, el: HTMLElement}} given */
  render({ model, el }) {
    const view = new WidgetView(model, el);
    return () => view.destroy();
  },
};

class WidgetView {
  #name = crypto.getRandomValues(new Uint32Array(2)).join("-");
  #asked = 0;
  /** @type {Map<string, {give: (tile: Tile) => void, fail: (error: Error) => void}>} */
  #awaited = new Map();
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
    /** @type {Record<string, () => void>} */
    const takers = {
      tile: () => this.#takeTile(message, buffers),
      image: () => viewer.setImage(this.#source(message)),
      layer: () => viewer.setLayer(this.#source(message), message.options),
      compare: () => viewer.compare(this.#source(message), message.mode, message.options),
      points: () => this.#takePoints(message, buffers),
      visible: () => this.#takeVisible(buffers[0]),
      set: () => this.#set(message),
    };
    takers[message.type]?.();
  }

  /**
   * @param {Message} message
   * @param {DataView[]} buffers
   */
  #takePoints({ rows, columns, words, options }, [values, visible]) {
    this.#table = { ...table(rows, columns, bytes(values)), words };
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
  #set({ plane, contrast, colourMap, view }) {
    if (plane) this.viewer.setPlane(plane[0], plane[1]);
    if (contrast) this.viewer.setContrast(contrast);
    if (colourMap) this.viewer.setColourMap(colourMap);
    if (view) this.viewer.setView(view);
  }

  /**
   * @param {Message} message
   * @returns {Source}
   */
  #source({ image, manifest }) {
    return {
      manifest,
      tile: (axis, plane, level, row, col, signal) =>
        this.#ask({ image, axis, plane, level, row, col }, signal),
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
      this.model.send({ type: "picture" }, undefined, [picture]);
    }, REST);
  }
}

/** @param {import("./pick.js").Box} region */
function bounds({ y0, x0, y1, x1 }) {
  return { y0, x0, y1, x1 };
}

/**
 * @param {number} rows
 * @param {string[]} names
 * @param {ArrayBuffer} buffer  One column after the other.
 * @returns {import("./table.js").Table}
 */
function table(rows, names, buffer) {
  const length = rows * Float64Array.BYTES_PER_ELEMENT;
  const columns = names.map((name, i) => [name, new Float64Array(buffer, i * length, rows)]);
  return { rows, columns: Object.fromEntries(columns) };
}

/**
 * The bytes of a message's buffer, which may lie anywhere in a larger one.
 *
 * @param {DataView} view
 * @returns {ArrayBuffer}
 */
function bytes({ buffer, byteOffset, byteLength }) {
  return /** @type {ArrayBuffer} */ (buffer).slice(byteOffset, byteOffset + byteLength);
}

/**
 * @param {unknown} one
 * @param {unknown} other
 */
function same(one, other) {
  return JSON.stringify(one) === JSON.stringify(other);
}

/**
 * Lets an element be light or dark as what lies behind it: a notebook has a theme of its own.
 *
 * @param {HTMLElement} behind
 * @param {HTMLElement} shown
 * @returns {() => void} Ends it.
 */
function followScheme(behind, shown) {
  const follow = () => {
    shown.style.colorScheme = isDark(behind) ? "dark" : "light";
  };
  const observer = new MutationObserver(follow);
  for (const themed of [document.documentElement, document.body]) {
    observer.observe(themed, { attributes: true });
  }
  requestAnimationFrame(follow); // not before it is in the page
  return () => observer.disconnect();
}

/** @param {Element | null} place */
function isDark(place) {
  for (let at = place; at; at = parentOf(at)) {
    const [red, green, blue, alpha] = components(getComputedStyle(at).backgroundColor);
    if (alpha > 0) return 0.3 * red + 0.59 * green + 0.11 * blue < 128;
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/**
 * Red, green, blue and alpha, from 0 to 255, of a colour of CSS in whatever notation.
 *
 * @param {string} colour
 */
function components(colour) {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  if (!context) return [0, 0, 0, 0];
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

/**
 * @param {Element} place
 * @returns {Element | null}
 */
function parentOf(place) {
  const root = place.getRootNode();
  return place.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
}
