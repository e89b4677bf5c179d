/**
 * The points of a table with what a person has changed of them: where each is, and which count.
 *
 * A point that was added is known by the number of rows plus its place among the added ones.
 *
 * @typedef {object} Fields  Names of the table's columns.
 * @property {string} y
 * @property {string} x
 * @property {string | null} sigmaY  Standard errors of the positions, if they are known.
 * @property {string | null} sigmaX
 *
 * @typedef {{y: number, x: number}} Position
 */

import { begin, outcome } from "./edits.js";
import { buildIndex, nearest, rowsIn, usualSpacing } from "./pick.js";
import { column } from "./table.js";

/** The column of a film's table that has the frames. */
const FRAME = "frame";

export class PointSet {
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
  constructor(table, fields) {
    this.table = table;
    this.fields = fields;
    this.y = column(table, fields.y);
    this.x = column(table, fields.x);
    this.sigmaY = fields.sigmaY === null ? null : column(table, fields.sigmaY);
    this.sigmaX = fields.sigmaX === null ? null : column(table, fields.sigmaX);
    /** Of each row the frame of a film, if it is of one. */
    this.frames = table.columns[FRAME] ?? null;
    this.index = buildIndex(this.y, this.x);
    /** Usual distance between points [px]. */
    this.spacing = usualSpacing(this.index);
    this.#changed = new Uint8Array(table.rows);
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
  isPlain = (/** @type {number} */ row) =>
    this.#changed[row] === 0 &&
    (this.visible === null || this.visible[row] !== 0) &&
    (this.frame === null || this.frames === null || this.frames[row] === this.frame);

  /** Whether a point is there at all. A moved one is, whatever its score. */
  isThere = (/** @type {number} */ point) =>
    this.isPlain(point) ||
    (this.isInFrame(point) &&
      (this.#outcome.moved.has(point) ||
        (point >= this.table.rows && point < this.table.rows + this.#outcome.added.length)));

  /** Whether a point, deleted or not, is one of the frame shown. */
  isInFrame = (/** @type {number} */ point) => {
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
    const distance = (/** @type {Position} */ { y, x }) =>
      ((y - at.y) / reach.y) ** 2 + ((x - at.x) / reach.x) ** 2;
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
    const inside = (/** @type {Position} */ { y, x }) =>
      y >= box.y0 && y <= box.y1 && x >= box.x0 && x <= box.x1;
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
    let candidate = point === null ? (direction > 0 ? 0 : count - 1) : point + direction;
    while (candidate >= 0 && candidate < count && !this.isThere(candidate)) candidate += direction;
    return candidate >= 0 && candidate < count ? candidate : null;
  }

  /** How many points are there. */
  count() {
    let count = [...this.edited()].length;
    for (let row = 0; row < this.table.rows; row++) if (this.isPlain(row)) count++;
    return count;
  }
}
