/** Tools that draw on an image, by dragging or with a crosshair that the arrow keys move. */

import { add } from "./edits.js";
import { strokeTwice } from "./points.js";
import { regionAt, regionBetween } from "./regions.js";
import { ARROWS, DRAWN_COLOUR, FINE_STEP_PX, STEP_PX, editable, place, within } from "./tools.js";

/**
 * @typedef {import("./overlay.js").Overlay} Overlay
 * @typedef {import("./pointset.js").Position} Position
 * @typedef {import("./tools.js").Tool} Tool
 * @typedef {import("./types.js").Pointer} Pointer
 * @typedef {import("./view.js").View} View
 */

/** A step of the crosshair [CSS px], but never less than a pixel of the image. */
const CROSSHAIR_STEP_PX = 8;
const CROSSHAIR_SIZE_PX = 12;

/** A cross that the arrow keys move, for who has no pointer. */
class Crosshair {
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
    const step = event.shiftKey ? FINE_STEP_PX : Math.max(STEP_PX, Math.round(CROSSHAIR_STEP_PX / view.zoom));
    this.at = within({ y: y + step * arrow[0], x: x + step * arrow[1] }, view.shape);
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
}

/** @implements {Tool} */
export class Add {
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
}

/**
 * A tool that wants two ends: by dragging, or by Enter at one and at the other.
 *
 * @implements {Tool}
 */
class TwoEnds {
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
  finish(_from, _to, _more) {}

  /**
   * A press in place.
   *
   * @param {Position} _at
   * @param {View} _view
   */
  press(_at, _view) {}

  /**
   * @param {CanvasRenderingContext2D} _context
   * @param {View} _view
   * @param {Position} _from
   * @param {Position} _to
   */
  sketch(_context, _view, _from, _to) {}
}

export class Region extends TwoEnds {
  help =
    "Drag a rectangle to count its columns; Shift keeps the others, a press in one drops it, " +
    "Delete deletes its columns";

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
}

export class Profile extends TwoEnds {
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
}
