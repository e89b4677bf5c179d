/**
 * Rectangles that choose points. A list of them is never changed: every step makes a new one.
 *
 * @typedef {import("./pick.js").Box} Box
 */

/**
 * The rectangle between two corners, cut at the edges of the image.
 *
 * @param {{y: number, x: number}} from
 * @param {{y: number, x: number}} to
 * @param {[number, number]} shape  Of the image.
 * @returns {Box}
 */
export function regionBetween(from, to, shape) {
  const inside = (/** @type {number} */ value, /** @type {number} */ length) =>
    Math.min(Math.max(value, -0.5), length - 0.5);
  const [fromY, toY] = [inside(from.y, shape[0]), inside(to.y, shape[0])];
  const [fromX, toX] = [inside(from.x, shape[1]), inside(to.x, shape[1])];
  return {
    y0: Math.min(fromY, toY),
    x0: Math.min(fromX, toX),
    y1: Math.max(fromY, toY),
    x1: Math.max(fromX, toX),
  };
}

/**
 * Number of the region that holds a position, the last drawn first; null if none does.
 *
 * @param {readonly Box[]} regions
 * @param {{y: number, x: number}} at
 * @returns {number | null}
 */
export function regionAt(regions, { y, x }) {
  const found = regions.findLastIndex(
    (box) => y >= box.y0 && y <= box.y1 && x >= box.x0 && x <= box.x1,
  );
  return found < 0 ? null : found;
}

/**
 * Points of all regions, each once.
 *
 * @param {readonly Box[]} regions
 * @param {import("./pointset.js").PointSet} points
 * @returns {number[]}
 */
export function chosenBy(regions, points) {
  return [...new Set(regions.flatMap((box) => points.within(box)))].sort((a, b) => a - b);
}

/**
 * What a region is, in words: how many points and how large.
 *
 * @param {Box} box
 * @param {number | null} count  None where there are no points at all.
 * @param {string} noun  What a point is.
 * @param {[number, number] | null} pixelSize  (y, x) in nm.
 * @returns {string}
 */
export function regionWords(box, count, noun, pixelSize) {
  const [tall, wide] = [box.y1 - box.y0, box.x1 - box.x0];
  const size = pixelSize
    ? `${brief(wide * pixelSize[1])} × ${brief(tall * pixelSize[0])} nm`
    : `${brief(wide)} × ${brief(tall)} px`;
  if (count === null) return size;
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}, ${size}`;
}

/** @param {number} value */
function brief(value) {
  return value >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
