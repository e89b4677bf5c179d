/** What the viewer is to show: which image, what beside it, what over it. */

import { lookAt } from "./looks.js";

/** @typedef {import("./types.js").Layer} Layer */
/** @typedef {import("./types.js").Job} Job */
/** @typedef {import("./types.js").Result} Result */
/** @typedef {import("./looks.js").Look} Look */

/**
 * @typedef {object} Plan
 * @property {string | null} image
 * @property {[number, number]} scale  pixels of the image that is shown per pixel of the input
 * @property {Layer | null} beside  what it is compared with
 * @property {Layer | null} over  what lies over it
 * @property {{job: string, index: number, editable: boolean} | null} points
 */

/**
 * @param {import("./store.js").Store} store
 * @returns {Plan}
 */
export function plan(store) {
  const { job, result } = store;
  const measured = store.shownSignal?.image ?? null;
  /** @type {Plan} */
  const plain = { image: measured, scale: [1, 1], beside: null, over: null, points: null };
  if (!job || !result) return plain;
  const look = lookAt(job, result);
  const base = layer(result, "image")?.image ?? measured;
  const made = layer(result, "result");
  const map = mapShown(store, look);
  if (!made) return { ...plain, image: base, ...(map ?? table(job, result)) };
  const { image, scale } = made;
  if (map) return { ...plain, image, scale, ...map };
  const over = look.overlay ? trust(result) : null;
  if (look.mode === "measured") return { ...plain, image: base, over: comparable(job) ? over : null };
  if (look.mode === "both" && comparable(job)) return { ...plain, image: base, beside: made, over };
  return { ...plain, image, scale, over };
}

/**
 * What lies over the image of the map that is chosen, if one is.
 *
 * @param {import("./store.js").Store} store
 * @param {Look} look
 */
function mapShown(store, look) {
  const map = store.maps.find((other) => other.options.kind === look.map);
  const found = map?.results[0];
  if (!map || !found) return null;
  const drawn = found.table?.columns.includes("y_px");
  return {
    over: layer(found, "map"),
    points: drawn ? { job: map.id, index: found.index, editable: false } : null,
  };
}

/**
 * @param {Job} job
 * @param {Result} result
 */
function table(job, result) {
  const editable = job.verb === "locate";
  return { points: result.table ? { job: job.id, index: result.index, editable } : null };
}

/**
 * Whether what was made lies on what was measured, pixel by pixel.
 *
 * @param {Job} job
 * @returns {boolean}
 */
export function comparable(job) {
  return job.verb !== "reconstruct" && job.options.along !== "z";
}

/**
 * @param {Result} result
 * @param {Layer["role"]} role
 * @returns {Layer | null}
 */
export function layer(result, role) {
  return result.layers.find((other) => other.role === role) ?? null;
}

/**
 * What says how far a result can be trusted.
 *
 * @param {Result} result
 * @returns {Layer | null}
 */
export function trust(result) {
  return layer(result, "trust") ?? layer(result, "error");
}
