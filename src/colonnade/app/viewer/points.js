/** Draws points by the hundred thousand: dots, rings of standard errors, arrows, marks of edits. */

import { cssColour } from "./colourmaps.js";
import { spans } from "./pick.js";
import { line, makeRaster, makeStamps, stamp } from "./raster.js";

/**
 * How points look.
 *
 * @typedef {object} Look
 * @property {Uint16Array | null} places  Of each row in the palette; all alike without.
 * @property {Uint32Array} palette  Colours; the last is that of what is not known.
 * @property {Vectors | null} vectors
 *
 * @typedef {object} Vectors  Arrows from every point.
 * @property {Float64Array} y
 * @property {Float64Array} x
 * @property {number} scale  Pixels of the image that one unit of the vectors is drawn long.
 */

/** A dot's radius: a part of the usual spacing on screen, but not less nor more than [CSS px]. */
const RADIUS_OF_SPACING = 0.16;
const LEAST_RADIUS_PX = 0.8;
const MOST_RADIUS_PX = 4;

/** Spacing on screen from which a dot has a rim, and that from which it has a whole one [CSS px]. */
const RIM_FROM_PX = 4;
const WHOLE_RIM_FROM_PX = 10;
const RIM_PX = 1;

/** Rings would be a tangle where points are nearer than this [CSS px]. */
const LEAST_RING_SPACING_PX = 24;

/** A ring smaller than this beyond its dot is drawn faint and at this size [CSS px]. */
const LEAST_RING_GAP_PX = 2.5;

const FAINT = 0.35;

/** Stamps that are kept: zooming back, and the colours before, need none made anew. */
const KEPT_STAMPS = 8;

/** Sides of an arrow's head, as a part of the arrow and at most [CSS px], and its half angle. */
const HEAD_PART = 0.35;
const MOST_HEAD_PX = 6;
const HEAD_ANGLE = 0.45;

/** What a person changed [CSS colours and px]. */
const EDIT_COLOUR = "#ff4fa3";
const EDIT_HALO = "rgb(0 0 0 / 0.65)";
const EDIT_SIZE_PX = 5;

export class PointsPainter {
  /** @type {import("./raster.js").Raster | null} */
  #raster = null;
  /** @type {import("./raster.js").Stamps[]} The last used first. */
  #stamps = [];

  /**
   * @param {CanvasRenderingContext2D} context  Of an empty canvas; its unit is the CSS pixel.
   * @param {import("./view.js").View} view
   * @param {import("./pointset.js").PointSet} points
   * @param {Look} look
   */
  draw(context, view, points, look) {
    const raster = this.#blank(context.canvas.width, context.canvas.height);
    const stretches = spans(points.index, margined(view));
    if (look.vectors) drawArrows(raster, view, points, look, look.vectors, stretches);
    drawDots(raster, view, points, look, stretches, this.#stampsOf(view, points, look));
    context.putImageData(raster.image, 0, 0);
    if (points.spacing * view.zoom >= LEAST_RING_SPACING_PX) {
      drawRings(context, view, points, look, stretches);
    }
    drawEdits(context, view, points);
  }

  /**
   * @param {number} width
   * @param {number} height
   */
  #blank(width, height) {
    if (this.#raster?.width !== width || this.#raster.height !== height) {
      this.#raster = makeRaster(width, height);
      this.#stamps = [];
    } else {
      this.#raster.pixels.fill(0);
    }
    return this.#raster;
  }

  /**
   * @param {import("./view.js").View} view
   * @param {import("./pointset.js").PointSet} points
   * @param {Look} look
   */
  #stampsOf(view, points, { palette }) {
    const radius = dotRadius(points, view) * view.ratio;
    const rim = rimWidth(points, view) * view.ratio;
    const { width } = /** @type {import("./raster.js").Raster} */ (this.#raster);
    const stamps =
      this.#stamps.find((each) => each.radius === radius && each.rim === rim && each.colours === palette) ??
      makeStamps(palette, radius, rim, width);
    this.#stamps = [stamps, ...this.#stamps.filter((each) => each !== stamps)].slice(0, KEPT_STAMPS);
    return stamps;
  }
}

/**
 * @param {import("./pointset.js").PointSet} points
 * @param {import("./view.js").View} view
 * @returns {number} [CSS px]
 */
export function dotRadius(points, view) {
  const radius = RADIUS_OF_SPACING * points.spacing * view.zoom;
  // In steps, so that stamps last for a while of zooming.
  return Math.round(Math.min(Math.max(radius, LEAST_RADIUS_PX), MOST_RADIUS_PX) * 5) / 5;
}

/**
 * Where dots are dense, rims would be all there is to see.
 *
 * @param {import("./pointset.js").PointSet} points
 * @param {import("./view.js").View} view
 * @returns {number} [CSS px]
 */
function rimWidth(points, view) {
  const part = (points.spacing * view.zoom - RIM_FROM_PX) / (WHOLE_RIM_FROM_PX - RIM_FROM_PX);
  return (RIM_PX * Math.round(Math.min(Math.max(part, 0), 1) * 4)) / 4;
}

/**
 * @param {import("./view.js").View} view
 * @returns {import("./pick.js").Box} What is in view, and dots that reach into it.
 */
function margined(view) {
  const { y0, x0, y1, x1 } = view.bounds();
  const [y, x] = [MOST_RADIUS_PX / view.zoomY, MOST_RADIUS_PX / view.zoomX];
  return { y0: y0 - y, x0: x0 - x, y1: y1 + y, x1: x1 + x };
}

/**
 * @param {import("./raster.js").Raster} raster
 * @param {import("./view.js").View} view
 * @param {import("./pointset.js").PointSet} points
 * @param {Look} look
 * @param {[number, number][]} stretches
 * @param {import("./raster.js").Stamps} stamps
 */
function drawDots(raster, view, points, { places }, stretches, stamps) {
  const { y, x, index, isPlain } = points;
  const [scaleY, scaleX] = [view.zoomY * view.ratio, view.zoomX * view.ratio];
  const [offsetY, offsetX] = [view.offsetY * view.ratio, view.offsetX * view.ratio];
  for (const [from, to] of stretches) {
    for (let k = from; k < to; k++) {
      const row = index.order[k];
      if (!isPlain(row)) continue;
      const colour = places ? places[row] : 0;
      stamp(raster, stamps, y[row] * scaleY + offsetY, x[row] * scaleX + offsetX, colour);
    }
  }
}

/**
 * @param {import("./raster.js").Raster} raster
 * @param {import("./view.js").View} view
 * @param {import("./pointset.js").PointSet} points
 * @param {Look} look
 * @param {Vectors} vectors
 * @param {[number, number][]} stretches
 */
function drawArrows(raster, view, points, { places, palette }, vectors, stretches) {
  for (const [from, to] of stretches) {
    for (let k = from; k < to; k++) {
      const row = points.index.order[k];
      if (!points.isPlain(row)) continue;
      const [y, x] = view.toScreen(points.y[row], points.x[row]);
      const dy = vectors.y[row] * vectors.scale * view.zoomY;
      const dx = vectors.x[row] * vectors.scale * view.zoomX;
      if (!Number.isFinite(dy) || !Number.isFinite(dx)) continue;
      drawArrow(raster, view.ratio, { y, x, dy, dx }, palette[places ? places[row] : 0]);
    }
  }
}

/**
 * @param {import("./raster.js").Raster} raster
 * @param {number} ratio
 * @param {{y: number, x: number, dy: number, dx: number}} arrow  [CSS px]
 * @param {number} colour
 */
function drawArrow(raster, ratio, { y, x, dy, dx }, colour) {
  const [tipY, tipX] = [(y + dy) * ratio, (x + dx) * ratio];
  line(raster, y * ratio, x * ratio, tipY, tipX, colour);
  const side = Math.min(HEAD_PART * Math.hypot(dy, dx), MOST_HEAD_PX) * ratio;
  const direction = Math.atan2(dy, dx);
  for (const angle of [direction + Math.PI - HEAD_ANGLE, direction + Math.PI + HEAD_ANGLE]) {
    line(raster, tipY, tipX, tipY + side * Math.sin(angle), tipX + side * Math.cos(angle), colour);
  }
}

/**
 * One standard error along each axis, at its true size where that can be seen.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("./view.js").View} view
 * @param {import("./pointset.js").PointSet} points
 * @param {Look} look
 * @param {[number, number][]} stretches
 */
function drawRings(context, view, points, { places, palette }, stretches) {
  const { sigmaY, sigmaX, index, isPlain } = points;
  if (!sigmaY || !sigmaX) return;
  const least = dotRadius(points, view) + LEAST_RING_GAP_PX;
  context.save();
  context.lineWidth = 1.25;
  for (const [from, to] of stretches) {
    for (let k = from; k < to; k++) {
      const row = index.order[k];
      const [tall, wide] = [sigmaY[row] * view.zoomY, sigmaX[row] * view.zoomX];
      if (!isPlain(row) || !Number.isFinite(tall) || !Number.isFinite(wide)) continue;
      const [y, x] = view.toScreen(points.y[row], points.x[row]);
      context.globalAlpha = Math.max(tall, wide) < least ? FAINT : 1;
      context.strokeStyle = cssColour(palette[places ? places[row] : 0]);
      context.beginPath();
      context.ellipse(x, y, Math.max(wide, least), Math.max(tall, least), 0, 0, 2 * Math.PI);
      context.stroke();
    }
  }
  context.restore();
}

/**
 * A square where a point was moved to, with a line from where it was; a ring with a cross where
 * one was added; a cross where one was deleted.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import("./view.js").View} view
 * @param {import("./pointset.js").PointSet} points
 */
function drawEdits(context, view, points) {
  const { rows } = points.table;
  const path = new Path2D();
  const size = EDIT_SIZE_PX;
  const table = (/** @type {number} */ row) => view.toScreen(points.y[row], points.x[row]);
  for (const row of points.outcome.deleted) {
    if (!points.isInFrame(row)) continue;
    const [y, x] = table(row);
    path.moveTo(x - size, y - size);
    path.lineTo(x + size, y + size);
    path.moveTo(x + size, y - size);
    path.lineTo(x - size, y + size);
  }
  for (const [point, at] of points.edited()) {
    const [y, x] = view.toScreen(at.y, at.x);
    if (point < rows) {
      const [fromY, fromX] = table(point);
      path.moveTo(fromX, fromY);
      path.lineTo(x, y);
      path.rect(x - size, y - size, 2 * size, 2 * size);
    } else {
      path.moveTo(x + size, y);
      path.arc(x, y, size, 0, 2 * Math.PI);
      path.moveTo(x - size, y);
      path.lineTo(x + size, y);
      path.moveTo(x, y - size);
      path.lineTo(x, y + size);
    }
  }
  strokeTwice(context, path, EDIT_COLOUR);
}

/**
 * Stroke with a dark rim, to be seen on a bright image and a dark one.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {string} colour
 */
export function strokeTwice(context, path, colour) {
  context.save();
  for (const [width, style] of /** @type {[number, string][]} */ ([
    [3.5, EDIT_HALO],
    [1.5, colour],
  ])) {
    context.lineWidth = width;
    context.strokeStyle = style;
    context.stroke(path);
  }
  context.restore();
}
