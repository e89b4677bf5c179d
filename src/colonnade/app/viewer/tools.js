/** What the pointer and the keys do over an image with points: one tool at a time. */

import { joined, move } from "./edits.js";
import { strokeTwice } from "./points.js";

/**
 * @typedef {import("./overlay.js").Overlay} Overlay
 * @typedef {import("./pointset.js").Position} Position
 * @typedef {import("./types.js").Pointer} Pointer
 * @typedef {import("./view.js").View} View
 *
 * @typedef {object} Tool
 * @property {string} help  What to do with it, for a tooltip and a screen reader.
 * @property {(pointer: Pointer, view: View) => boolean} pointer
 * @property {(event: KeyboardEvent, view: View) => boolean} key
 * @property {(context: CanvasRenderingContext2D, view: View) => void} draw
 * @property {() => void} leave  Another tool is taken up.
 */

/** How near a press must be to a column [CSS px]. */
const REACH_PX = 10;

/** A step of an arrow key, and with Shift [px]. */
export const STEP_PX = 1;
export const FINE_STEP_PX = 0.1;

const HELD_SIZE_PX = 6;

/** Colour of what is being drawn. */
export const DRAWN_COLOUR = "#7cc4ff";

/** @type {Record<string, [number, number]>} */
export const ARROWS = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** @param {Pointer} pointer */
export const place = ({ at: [y, x] }) => ({ y, x });

/**
 * @param {Overlay} overlay
 * @param {Pointer} pointer
 * @param {View} view
 */
function pointAt({ points }, pointer, view) {
  const reach = { y: REACH_PX / view.zoomY, x: REACH_PX / view.zoomX };
  return points?.nearest(place(pointer), reach) ?? null;
}

/** @param {Overlay} overlay */
export function editable({ points, options }) {
  return points && options.editable !== false ? points : null;
}

/** @implements {Tool} */
export class Look {
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

  draw() {}

  leave() {}
}

/** @implements {Tool} */
export class Remove {
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

  draw() {}

  leave() {}
}

/** @implements {Tool} */
export class Move {
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
    // The column keeps its distance from the pointer: to take it does not move it.
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
    const step = event.shiftKey ? FINE_STEP_PX : STEP_PX;
    const { y, x } = points.position(selected);
    const goesOn = event.repeat && points.history === this.#keyed;
    this.#put(selected, { y: y + step * arrow[0], x: x + step * arrow[1] }, goesOn);
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
}

/**
 * @param {Position} at
 * @param {[number, number]} shape
 * @returns {Position} The position, or the nearest in the image.
 */
export function within({ y, x }, [rows, columns]) {
  return {
    y: Math.min(Math.max(y, -0.5), rows - 0.5),
    x: Math.min(Math.max(x, -0.5), columns - 0.5),
  };
}
