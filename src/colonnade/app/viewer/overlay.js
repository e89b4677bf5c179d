/** What lies over an image: points, the selected one, regions, a profile, and the tools for them. */

import { Cards } from "./cards.js";
import { button, element, setPressed } from "./dom.js";
import { Add, Profile, Region } from "./drawing.js";
import { begin, redo, remove, undo } from "./edits.js";
import { drawLegend } from "./legend.js";
import { lookOf } from "./look.js";
import { numbersOf } from "./numbers.js";
import { PointsPainter, dotRadius, strokeTwice } from "./points.js";
import { PointSet } from "./pointset.js";
import { chosenBy, regionWords } from "./regions.js";
import { OVERLAY_CSS } from "./overlaystyle.js";
import { DRAWN_COLOUR, Look, Move, Remove } from "./tools.js";

/**
 * @typedef {import("./look.js").PointOptions} PointOptions
 * @typedef {import("./pick.js").Box} Box
 * @typedef {import("./pointset.js").Position} Position
 * @typedef {import("./table.js").Table} Table
 * @typedef {import("./types.js").Layer} Layer
 * @typedef {import("./types.js").Pointer} Pointer
 * @typedef {import("./view.js").View} View
 */

const FIELDS = { y: "y_px", x: "x_px", sigmaY: "sigma_y_px", sigmaX: "sigma_x_px" };

const SELECTED_GAP_PX = 5;
const SELECTED_COLOUR = "#ffffff";
const LABEL_FONT = "12px system-ui, sans-serif";

/** Name, key and drawing of each tool, and whether it changes columns. */
const TOOLS = /** @type {const} */ ([
  ["look", "Look", "v", "M3 2l9 6-4 .8L6 13z", false],
  ["add", "Add columns", "a", "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12M8 5v6M5 8h6", true],
  ["delete", "Delete columns", "d", "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12M5.5 5.5l5 5M10.5 5.5l-5 5", true],
  ["move", "Move columns", "m", "M8 2v12M2 8h12M6 4l2-2 2 2M6 12l2 2 2-2M4 6L2 8l2 2M12 6l2 2-2 2", true],
  ["region", "Count in a region", "r", "M2.5 3.5h11v9h-11z", false],
  ["profile", "Profile along a line", "p", "M2 12l3-6 3 4 3-7 3 9", false],
]);

/** @typedef {typeof TOOLS[number][0]} ToolName */

/** @implements {Layer} */
export class Overlay {
  /** @type {PointSet | null} */
  points = null;
  /** @type {PointOptions} */
  options = {};
  /** @type {number | null} */
  selected = null;
  /** @type {readonly Box[]} */
  regions = [];
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
    ...TOOLS.map(([, label, key]) => /** @type {[string, string]} */ ([key, label])),
    ["Tab, Shift Tab", "Next and previous column, once one is selected (n selects the first)"],
    ["Arrows", "Move the selected column by a pixel, with Shift by a tenth; or the crosshair"],
    ["Enter", "Add a column, or set an end of a region or a profile"],
    ["Delete", "Delete the selected column, or those of the regions"],
    ["Ctrl Z, Ctrl Y", "Undo, redo"],
    ["Escape", "Let go"],
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
      profile: new Profile(this),
    };
    this.cards = new Cards(host, {
      deselect: () => this.select(null),
      forget: () => this.setLine(null),
    });
    this.#dress();
    this.#makeButtons();
    this.#refresh();
  }

  /**
   * Show the points of a table; the same table again keeps what was done by hand.
   *
   * @param {Table | null} table
   * @param {PointOptions} [options]
   */
  setPoints(table, options = {}) {
    const before = this.points;
    this.options = options;
    if (!table) this.points = null;
    else {
      const fields = fieldsOf(table, options);
      const same = before?.table === table && before.fields.y === fields.y && before.fields.x === fields.x;
      if (!same) this.points = new PointSet(table, fields);
    }
    if (this.points !== before) this.select(null);
    if (this.points) this.points.visible = options.visible ?? null;
    this.#recolour();
    this.#refresh();
  }

  /** @returns {import("./edits.js").Edit[]} What was done by hand. */
  edits() {
    return [...(this.points?.history.present ?? [])];
  }

  /** @param {import("./edits.js").Edit[]} edits */
  setEdits(edits) {
    if (!this.points) return;
    this.points.history = begin(edits);
    if (this.selected !== null && !this.points.isThere(this.selected)) this.select(null);
    this.#refresh();
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
    points.history = history;
    if (this.selected !== null && !points.isThere(this.selected)) this.select(null);
    else this.cards.showPoint(points, this.selected);
    this.host.emit("edits", { edits: this.edits() });
    this.host.announce(words);
    this.#refresh();
  }

  /** @param {number[]} chosen  Points to be deleted. */
  remove(chosen) {
    const { points } = this;
    if (!points || this.options.editable === false || !chosen.length) return;
    // Behind an added one that goes, the others change their numbers.
    if (chosen.some((point) => point >= points.table.rows)) this.select(null);
    const words = chosen.length === 1 ? "Column deleted" : `${chosen.length} columns deleted`;
    this.edit(remove(points.history, points.table.rows, chosen), words);
  }

  /** @param {number | null} point */
  select(point) {
    const { points } = this;
    if (point === this.selected && point === null) return;
    this.selected = point;
    this.cards.showPoint(points, point);
    const at = points && point !== null ? points.position(point) : null;
    this.host.emit("pick", { row: point, ...at });
    if (points && point !== null) {
      const words = numbersOf(points, point).map((pair) => pair.join(" "));
      this.host.announce(`Column ${point + 1}: ${words.join(", ")}`);
    }
    this.host.redraw();
  }

  /** @param {readonly Box[]} regions */
  setRegions(regions) {
    this.regions = regions;
    const last = regions.at(-1);
    this.host.emit("region", last ? { ...last, regions } : null);
    if (last) this.host.announce(`Region: ${this.#words(last)}`);
    this.host.redraw();
  }

  /** @param {{from: Position, to: Position} | null} line */
  setLine(line) {
    this.#line = line;
    this.cards.showProfile(line);
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
    if (this.points && this.#look) this.#painter.draw(context, view, this.points, this.#look);
    this.#drawSelected(context, view);
    for (const region of this.regions) this.#drawRegion(context, view, region);
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
    return this.tools[this.#tool].key(event, view) || this.#selectionKey(event) || this.#toolKey(event);
  }

  destroy() {
    this.cards.destroy();
    this.#legend.remove();
  }

  /** @param {KeyboardEvent} event */
  #undoKey(event) {
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.#undo();
    else if (key === "y" || key === "z") this.#redo();
    else return false;
    return true;
  }

  /** @param {KeyboardEvent} event */
  #selectionKey(event) {
    if (event.key === "n" || (event.key === "Tab" && this.selected !== null)) {
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
    else if (this.regions.length) this.setRegions([]);
    else if (this.#tool !== "look") this.take("look");
    else return false;
    return true;
  }

  /** @param {KeyboardEvent} event */
  #toolKey(event) {
    const tool = TOOLS.find(([, , key]) => key === event.key);
    if (!tool || this.#buttons[tool[0]].hidden) return false;
    this.take(tool[0]);
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
    if (!this.points || point === null) return false;
    const { y, x } = this.points.position(point);
    this.host.reveal(y, x);
    return true;
  }

  #undo() {
    if (this.points) this.edit(undo(this.points.history), "Undone");
  }

  #redo() {
    if (this.points) this.edit(redo(this.points.history), "Done again");
  }

  #recolour() {
    const { points, options } = this;
    const made = points ? lookOf(points.table, options, points.spacing) : null;
    this.#look = made?.look ?? null;
    this.#legend.replaceChildren(...(made?.legend ? [drawLegend(made.legend)] : []));
  }

  #dress() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(OVERLAY_CSS);
    /** @type {ShadowRoot} */ (this.host.stage.getRootNode()).adoptedStyleSheets.push(sheet);
    this.host.stage.append(this.cards.element, this.#legend);
  }

  #makeButtons() {
    const group = this.host.toolbarGroup("Columns");
    /** @type {[ToolName, HTMLButtonElement][]} */
    const made = TOOLS.map(([name, label, key, icon]) => [
      name,
      button({ name: label, key, icon, press: () => this.take(name) }),
    ]);
    /** @type {Record<ToolName, HTMLButtonElement>} */
    this.#buttons = /** @type {any} */ (Object.fromEntries(made));
    this.#undoButton = button({
      name: "Undo",
      key: "Ctrl Z",
      icon: "M5 3L2 6l3 3M2 6h7a4 4 0 0 1 0 8H6",
      press: () => this.#undo(),
    });
    this.#redoButton = button({
      name: "Redo",
      key: "Ctrl Y",
      icon: "M11 3l3 3-3 3M14 6H7a4 4 0 0 0 0 8h3",
      press: () => this.#redo(),
    });
    group.append(...made.map(([, each]) => each), this.#undoButton, this.#redoButton);
  }

  /** @type {Record<ToolName, HTMLButtonElement>} */
  #buttons;
  /** @type {HTMLButtonElement} */
  #undoButton;
  /** @type {HTMLButtonElement} */
  #redoButton;

  #refresh() {
    const editable = this.points !== null && this.options.editable !== false;
    for (const [name, , , , changes] of TOOLS) {
      setPressed(this.#buttons[name], name === this.#tool);
      this.#buttons[name].hidden = changes && !editable;
    }
    this.#undoButton.hidden = this.#redoButton.hidden = !editable;
    this.#undoButton.disabled = !this.points?.history.past.length;
    this.#redoButton.disabled = !this.points?.history.future.length;
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
   */
  #drawRegion(context, view, region) {
    const [from, to] = [{ y: region.y0, x: region.x0 }, { y: region.y1, x: region.x1 }];
    this.tools.region.sketch(context, view, from, to);
    const [y, x] = view.toScreen(region.y0, region.x0);
    const words = this.#words(region);
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
    return regionWords(region, this.points?.within(region).length ?? null, size);
  }
}

/**
 * @param {Table} table
 * @param {PointOptions} options
 * @returns {import("./pointset.js").Fields}
 */
function fieldsOf(table, options) {
  const known = (/** @type {string} */ name) => (name in table.columns ? name : null);
  return {
    y: options.y ?? FIELDS.y,
    x: options.x ?? FIELDS.x,
    sigmaY: options.sigmaY === undefined ? known(FIELDS.sigmaY) : options.sigmaY,
    sigmaX: options.sigmaX === undefined ? known(FIELDS.sigmaX) : options.sigmaX,
  };
}
