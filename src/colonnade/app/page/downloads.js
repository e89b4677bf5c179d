/** How to take a result along: its files, and the command line that makes the same. */

import { h } from "./dom.js";
import { asQuery } from "./looks.js";
import { size } from "./text.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./types.js").Linked} Linked */

/** So long the button says that it has copied [ms]. */
const THANKS = 1500;

/**
 * @param {Store} store
 * @param {Stage} stage
 * @returns {HTMLElement[]}
 */
export function takeAlong(store, stage) {
  const { job, result } = store;
  if (!job) return [];
  const { look } = stage;
  const map = look?.map ? store.maps.find(({ options }) => options.kind === look.map) : null;
  const from = map?.results[0] ? { job: map, result: map.results[0] } : result ? { job, result } : null;
  return [...(from ? links(from.job, from.result, map ? null : look) : []), ...commandLine(map ? map.command : asTyped(job, look)), ...(look?.revision && !map && look.edits.length ? [h("p", { class: "hint" }, "It knows nothing of the corrections by hand, which are in the table.")] : [])];
}

/**
 * @param {import("./types.js").Job} job
 * @param {import("./types.js").Result} result
 * @param {import("./looks.js").Look | null} look
 * @returns {HTMLElement[]}
 */
function links(job, result, look) {
  const entries = result.downloads.map((linked) => asShown(linked, job, result, look));
  if (!entries.length) return [];
  return [h("h3", {}, "Download"), h("ul", { class: "downloads" }, ...entries.map(link))];
}

/**
 * Table and picture of columns as they are at the threshold and with the edits that are shown; any
 * other file as it is.
 *
 * @param {Linked} linked
 * @param {import("./types.js").Job} job
 * @param {import("./types.js").Result} result
 * @param {import("./looks.js").Look | null} look
 * @returns {Linked}
 */
function asShown(linked, job, result, look) {
  const kind = /\.columns\.(csv|png)$/.exec(linked.name)?.[1];
  if (!look || job.verb !== "locate" || !kind || (look.threshold === null && !look.revision)) return linked;
  const query = asQuery(look);
  const what = kind === "csv" ? "table.csv" : "picture.png";
  return { name: linked.name, url: `api/jobs/${job.id}/results/${result.index}/${what}?${query}` };
}

/** @param {Linked} linked */
function link({ name, url, bytes }) {
  return h("li", {}, h("a", { href: url, download: name }, name), bytes !== undefined && h("span", { class: "about" }, size(bytes)));
}

/**
 * The command of a job, with the threshold that is set now.
 *
 * @param {import("./types.js").Job} job
 * @param {import("./looks.js").Look | null} look
 * @returns {string}
 */
export function asTyped({ command, verb }, look) {
  if (verb !== "locate" || !look || look.threshold === null) return command;
  return `${command.replace(/ --threshold \S+/, "")} --threshold ${look.threshold}`;
}

/**
 * @param {string} command
 * @returns {HTMLElement[]}
 */
function commandLine(command) {
  const copy = h("button", { type: "button", class: "small", "data-key": "copy" }, "Copy");
  const text = h("code", { tabindex: 0 }, command);
  copy.addEventListener("click", async () => {
    await copied(command, text);
    copy.textContent = "Copied";
    setTimeout(() => { copy.textContent = "Copy"; }, THANKS);
  });
  return [h("h3", {}, "The command line that does the same"), h("div", { class: "command" }, text, copy)];
}

/**
 * @param {string} command
 * @param {HTMLElement} text
 */
async function copied(command, text) {
  try {
    await navigator.clipboard.writeText(command);
  } catch {
    // A page that is not served by HTTPS may not write there; it may copy what is selected.
    getSelection()?.selectAllChildren(text);
    document.execCommand("copy");
  }
}
