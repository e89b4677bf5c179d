/** Several files at once: how far each of them is. */

import { h } from "./dom.js";
import { withoutName } from "./text.js";

/** @typedef {import("./types.js").Job} Job */

const STATES = { queued: "waiting", running: "running…", done: "done", failed: "failed", cancelled: "cancelled" };

/**
 * @param {import("./store.js").Store} store
 * @param {Job} job
 * @returns {HTMLElement}
 */
export function batchTable(store, job) {
  const done = job.items.filter(({ state }) => state === "done").length;
  const failed = job.items.filter(({ state }) => state === "failed").length;
  return h(
    "table",
    { class: "batch" },
    h("caption", {}, `${done} of ${job.items.length} files are done${failed ? `, ${failed} failed` : ""}`),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "File"), h("th", { scope: "col" }, "State"))),
    h("tbody", {}, ...job.items.map((item) => row(store, job, item))),
  );
}

/**
 * @param {import("./store.js").Store} store
 * @param {Job} job
 * @param {import("./types.js").Item} item
 */
function row(store, job, item) {
  const name = store.files.get(item.file)?.name ?? "a file that was removed";
  const open = item.file === store.file?.id;
  return h(
    "tr",
    { class: item.state, "aria-current": open ? "true" : null },
    h(
      "th",
      { scope: "row" },
      h("button", { type: "button", class: "cut", title: name, "data-key": `item-${item.file}`, onclick: () => store.show(item.file, job.id) }, name),
    ),
    h("td", {}, STATES[item.state], item.error && h("span", { class: "error" }, ` ${item.error}`), item.sentence && h("span", { class: "hint" }, ` ${withoutName(item.sentence).split(/[;,]/)[0]}`)),
  );
}
