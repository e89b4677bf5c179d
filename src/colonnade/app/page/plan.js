/** What the viewer is to show: which image, what beside it, what over it. */

import { lookAt } from "./looks.js";

/** @typedef {import("./types.js").Layer} Layer */
/** @typedef {import("./types.js").Job} Job */
/** @typedef {import("./types.js").Result} Result */
/** @typedef {import("./looks.js").Look} Look */

/**
 * @typedef {object} Plan
 * @property {string | null} image
 * @property {number} scale  pixels of the image that is shown per pixel of the input
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
  const plain = { image: measured, scale: 1, beside: null, over: null, points: null };
  if (!job || !result) return plain;
  const look = lookAt(job, result);
  const base = layer(result, "image")?.image ?? measured;
  const made = layer(result, "result");
  if (!made) return { ...plain, image: base, ...columns(store, job, result, look) };
  const over = look.overlay ? trust(result) : null;
  if (look.mode === "measured") return { ...plain, image: base, over: job.verb === "reconstruct" ? null : over };
  if (look.mode === "both" && comparable(job)) return { ...plain, image: base, beside: made, over };
  return { ...plain, image: made.image, scale: made.scale, over };
}

/**
 * @param {import("./store.js").Store} store
 * @param {Job} job
 * @param {Result} result
 * @param {Look} look
 */
function columns(store, job, result, look) {
  const map = store.maps.find((other) => other.options.kind === look.map);
  const found = map?.results[0];
  if (map && found) {
    return {
      over: layer(found, "map"),
      points: found.table ? { job: map.id, index: found.index, editable: false } : null,
    };
  }
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
