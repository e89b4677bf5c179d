/** Mouse, pen, fingers and wheel over a surface: for its layers, or to pan and zoom. */

/** @typedef {import("./surface.js").Surface} Surface */
/** @typedef {import("./types.js").Layer} Layer */
/** @typedef {import("./types.js").Pointer} Pointer */

const STILL = 4; // CSS pixels that a hand may move in a click
const WHEEL_LINE = 16; // CSS pixels of a wheel that counts lines
const WHEEL_PACE = 0.0016; // doublings per CSS pixel, nearly
const PINCH_PACE = 0.01; // the same for a pinch on a touch pad, which comes as a wheel with Control

export class Pointers {
  /** @type {Map<number, {x: number, y: number}>} Fingers and buttons that are down. */
  #down = new Map();
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
    view.zoomTo((view.zoom * after) / before, other.y, other.x);
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
      alt: event.altKey,
    };
  }
}
