/** From which score on a candidate counts: moved without computing anything again. */

import { drawHistogram, histogram } from "./chart.js";
import { fill, h } from "./dom.js";
import { plan } from "./plan.js";
import { counts, tableOf, visible } from "./tables.js";
import { counted, whole, words } from "./text.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./types.js").Table} Table */

const BARS = 50;

/**
 * @param {Store} store
 * @param {Stage} stage
 * @returns {HTMLElement}
 */
export function thresholdOf(store, stage) {
  const [chart, count, reset] = [h("div"), h("output", { for: "threshold" }), h("button", { type: "button", class: "small" })];
  const slider = h("input", { type: "range", id: "threshold", min: 0, max: 1, step: 0.01, "aria-describedby": "threshold-about" });
  const colour = h("div", { class: "field" });
  const block = h(
    "section",
    { class: "threshold" },
    h("label", { for: "threshold" }, "Threshold of the score"),
    chart,
    slider,
    h("p", { class: "counted" }, count, reset),
    h("p", { id: "threshold-about", class: "about" }, "The score is the probability that a candidate is a column. Nothing is computed again."),
  );
  slider.addEventListener("input", () => stage.change((look) => { look.threshold = Number(slider.value); }));
  reset.addEventListener("click", () => stage.change((look) => { look.threshold = null; }));
  store.watch(
    () => [plan(store).points, stage.look?.threshold, stage.look?.edits, store.result?.threshold, stage.look?.colourBy, store.edited],
    async () => {
      const { points } = plan(store);
      const table = points && (await tableOf(points.job, points.index).catch(() => null));
      const { look } = stage;
      colour.hidden = !table;
      block.hidden = !table?.columns.score || !look || look.map !== null;
      if (!table || !look || plan(store).points?.job !== points.job) return;
      fill(colour, ...colourChoice(stage, table));
      if (block.hidden) return;
      const model = store.result?.threshold ?? 0;
      const threshold = look.threshold ?? model;
      slider.value = String(threshold);
      fill(chart, /** @type {any} */ (drawHistogram(histogram(table.columns.score, BARS, [0, 1]), { label: "How many candidates have which score", from: threshold, log: true, ends: false })));
      count.textContent = said(table, threshold, look, store.edited);
      reset.textContent = `Back to ${model}`;
      reset.hidden = look.threshold === null;
    },
  );
  return h("div", {}, block, colour);
}

/**
 * @param {Table} table
 * @param {number} threshold
 * @param {import("./looks.js").Look} look
 * @param {string} edited
 */
function said(table, threshold, look, edited) {
  const { count, added, moved, deleted } = counts(table, visible(table, threshold, { edits: look.edits }), look.edits);
  const changes = [[added, "added"], [moved, "moved"], [deleted, "deleted"]].flatMap(([n, what]) => (n ? [`${n} ${what}`] : []));
  const by = changes.length ? `; ${changes.join(", ")} by hand${edited ? ` (${edited})` : ""}` : "";
  return `${counted(count, "column")} of ${whole(table.rows)} candidates${table.columns.frame ? " in all frames" : ""} at ${threshold.toFixed(2)}${by}`;
}

/**
 * @param {Stage} stage
 * @param {Table} table
 */
function colourChoice(stage, table) {
  const names = Object.keys(table.columns).filter((name) => !/^[zyx]_/.test(name));
  const select = h("select", { id: "colour-by", "data-key": "colour-by" }, h("option", { value: "" }, stage.look?.map && !table.columns.diameter_px ? "what the map shows" : "nothing"), ...names.map((name) => h("option", { value: name }, words(name))));
  select.value = stage.look?.colourBy ?? "";
  select.addEventListener("change", () => stage.change((look) => { look.colourBy = select.value; }));
  return [h("label", { for: "colour-by" }, "Colour by"), select];
}
