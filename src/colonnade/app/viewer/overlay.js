/** What lies over an image: points, the selected one, regions, a profile, and the tools for them. */

import { Cards } from "./cards.js";
import { element } from "./dom.js";
import { Add, Profile, Region } from "./drawing.js";
import { begin, redo, remove, undo } from "./edits.js";
import { drawLegend } from "./legend.js";
import { lookOf } from "./look.js";
import { numbersOf } from "./numbers.js";
import { PointsPainter, dotRadius, strokeTwice } from "./points.js";
import { PointSet } from "./pointset.js";
import { chosenBy, regionWords } from "./regions.js";
import { OVERLAY_CSS } from "./overlaystyle.js";
import { TOOL_KEYS, Toolbar } from "./toolbar.js";
import { DRAWN_COLOUR, Look, Move, Remove } from "./tools.js";

/**
 * @typedef {import("./look.js").PointOptions} PointOptions
 * @typedef {import("./pick.js").Box} Box
 * @typedef {import("./pointset.js").Position} Position
 * @typedef {import("./table.js").Table} Table
 * @typedef {import("./toolbar.js").ToolName} ToolName
 * @typedef {import("./types.js").Layer} Layer
 * @typedef {import("./types.js").Pointer} Pointer
 * @typedef {import("./view.js").View} View
 */

const FIELDS = { y: "y_px", x: "x_px", sigmaY: "sigma_y_px", sigmaX: "sigma_x_px" };

const SELECTED_GAP_PX = 5;
const SELECTED_COLOUR = "#ffffff";
const LABEL_FONT = "12px system-ui, sans-serif";

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
    ["Escape", "Let go of the selected column, the line, the last region, the tool"],
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
    this.cards = new Cards(host);
    this.toolbar = new Toolbar(host.toolbarGroup("Tools"), {
      take: (name) => this.take(name),
      undo: () => this.#undo(),
      redo: () => this.#redo(),
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
    if (!this.#history && this.toolbar.edits(this.#tool)) this.#tool = "look";
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
    // Behind an added one that goes, the others change their numbers.
    if (chosen.some((point) => point >= points.table.rows)) this.select(null);
    const words =
      chosen.length === 1 ? `${this.#capital()} deleted` : `${chosen.length} ${this.#noun()}s deleted`;
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
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.#undo();
    else if (key === "y" || key === "z") this.#redo();
    else return false;
    return true;
  }

  /** @param {KeyboardEvent} event */
  #selectionKey(event) {
    if (event.key.toLowerCase() === "n" || (event.key === "Tab" && this.selected !== null)) {
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
    /** @type {ShadowRoot} */ (this.host.stage.getRootNode()).adoptedStyleSheets.push(sheet);
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
    return this.options.editable === false ? null : (this.points?.history ?? null);
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
