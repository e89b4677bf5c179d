/** How far work is that is not done yet, and how to stop it. */

import { send } from "./api.js";
import { h } from "./dom.js";
import { capital, counted, duration } from "./text.js";

/** @typedef {import("./types.js").Job} Job */
/** @typedef {import("./store.js").Store} Store */

/**
 * @param {Store} store
 * @param {Job} job
 * @returns {HTMLElement}
 */
export function progressOf(store, job) {
  const known = job.total > 0 && job.done > 0;
  const failure = h("p", { class: "error", role: "alert" });
  const cancel = async () => {
    try {
      await send("DELETE", `api/jobs/${job.id}`);
    } catch (error) {
      failure.textContent = error instanceof Error ? error.message : String(error);
    }
  };
  return h(
    "div",
    { class: "progress" },
    h("p", { role: "status" }, job.state === "queued" ? waiting(store, job) : capital(job.stage ?? "starting"), "…"),
    h("progress", { "aria-label": "How far it is", ...(known ? { max: job.total, value: job.done } : {}) }),
    h(
      "p",
      { class: "elapsed" },
      h("span", { "data-elapsed": true }, elapsed(job)),
      known && job.total > 1 && ` · ${job.done} of ${job.total}`,
      h("button", { type: "button", class: "cancel", "data-key": "cancel", onclick: cancel }, "Cancel"),
    ),
    failure,
  );
}

/**
 * @param {Store} store
 * @param {Job} job
 */
function waiting(store, job) {
  const queued = [...store.jobs.values()].filter(({ state }) => state === "queued");
  const before = queued.findIndex(({ id }) => id === job.id);
  return before > 0 ? `Waiting behind ${counted(before, "other piece", "other pieces")} of work` : "Waiting for its turn";
}

/**
 * Move the seconds on.
 *
 * @param {HTMLElement} place
 * @param {Job | null} job
 */
export function tick(place, job) {
  const shown = place.querySelector("[data-elapsed]");
  if (shown && job) shown.textContent = elapsed(job);
}

/** @param {Job} job */
function elapsed(job) {
  const started = seconds(job.started);
  return started === null ? "" : duration((seconds(job.ended) ?? Date.now() / 1000) - started);
}

/**
 * A time of the server, as seconds since 1970.
 *
 * @param {number | string | null} time
 * @returns {number | null}
 */
function seconds(time) {
  if (time === null) return null;
  return typeof time === "number" ? time : Date.parse(time) / 1000;
}
