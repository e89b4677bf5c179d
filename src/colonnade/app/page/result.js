/** What came of the work: how far it is, what was found, and how to take it along. */

import { batchTable } from "./batch.js";
import { fill, h } from "./dom.js";
import { takeAlong } from "./downloads.js";
import { findings, keepSentence } from "./findings.js";
import { mapChoice } from "./maps.js";
import { progressOf, tick } from "./progress.js";
import { isBusy } from "./store.js";
import { thresholdOf } from "./threshold.js";
import { action, actionOf } from "./wings.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./types.js").Job} Job */

/**
 * @param {Store} store
 * @param {Stage} stage
 * @returns {HTMLElement}
 */
export function makeResult(store, stage) {
  const [head, progress, found, along] = [h("div"), h("div"), h("div"), h("div")];
  const threshold = thresholdOf(store, stage);
  const maps = mapChoice(store, stage);
  store.watch(() => stateOf(store.job, store.file?.id), () => fill(head, ...headOf(store)));
  store.watch(() => store.job && isBusy(store.job) && store.job, (job) => fill(progress, job && progressOf(store, job)));
  store.watch(() => [store.result, store.job?.id, stage.look?.sentence, store.plane], () => fill(found, ...(store.result ? findings(store, stage, store.result) : [])));
  store.watch(
    () => [store.result, store.job?.command, stage.look?.threshold, stage.look?.revision, stage.look?.edits.length, stage.look?.map, store.maps],
    () => fill(along, ...takeAlong(store, stage)),
  );
  keepSentence(store, stage);
  setInterval(() => tick(progress, store.job), 1000);
  return h("div", { class: "result" }, head, progress, found, threshold, maps, along);
}

/**
 * @param {Job | null} job
 * @param {string | undefined} file
 */
function stateOf(job, file) {
  return job && [job.id, job.state, job.error, job.items, job.results.length, file];
}

/**
 * @param {Store} store
 * @returns {(HTMLElement | null)[]}
 */
function headOf(store) {
  const { job, file } = store;
  if (!job) return [h("p", { class: "hint" }, "Nothing was done with this image yet.")];
  const item = job.items.find((other) => other.file === file?.id);
  const error = item?.error ?? (job.state === "failed" ? job.error : null);
  const several = job.files.length > 1;
  return [
    h("h2", {}, action(actionOf(job)).name),
    several ? batchTable(store, job) : null,
    job.state === "cancelled" ? failure(store, "This was cancelled.") : null,
    error ? failure(store, error) : null,
  ];
}

/**
 * @param {Store} store
 * @param {string} error
 */
function failure(store, error) {
  const change = () => store.change(() => { store.panel = "setup"; });
  return h(
    "div",
    { class: "failure", role: "alert" },
    h("p", { class: store.job?.state === "cancelled" ? "hint" : "error" }, error),
    h("button", { type: "button", onclick: change }, "Change the settings"),
  );
}
