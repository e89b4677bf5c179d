/** The table under the image: the first rows in the order of any column, and its histogram. */

import { drawHistogram, histogram } from "./chart.js";
import { fill, h } from "./dom.js";
import { telling } from "./looks.js";
import { plan } from "./plan.js";
import { ordered, tableOf, visible } from "./tables.js";
import { brief, whole, words } from "./text.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./types.js").Table} Table */

/** More rows than anybody reads on a page; all of them are in the file. */
const MOST_ROWS = 100;
const BARS = 60;

/**
 * @param {Store} store
 * @param {Stage} stage
 * @param {HTMLElement} dock
 */
export function showDock(store, stage, dock) {
  const [rows, chart] = [h("div", { class: "table" }), h("div", { class: "chart" })];
  const details = h("details", { open: true }, h("summary", {}, "Table"), h("div", { class: "columns" }, rows, chart));
  dock.append(details);
  store.watch(
    () => {
      const { look } = stage;
      return [plan(store).points, look && [look.threshold, look.order, look.charted, look.edits], store.result?.threshold];
    },
    async () => {
      const { points } = plan(store);
      dock.hidden = !points;
      if (!points) return;
      const table = await tableOf(points.job, points.index).catch(() => null);
      if (table && plan(store).points?.job === points.job) showTable(store, stage, table, rows, chart, details);
    },
  );
  store.watch(
    () => stage.look?.row ?? null,
    (row) => mark(rows, row),
  );
}

/**
 * @param {Store} store
 * @param {Stage} stage
 * @param {Table} table
 * @param {HTMLElement} place
 * @param {HTMLElement} chart
 * @param {HTMLDetailsElement} details
 */
function showTable(store, stage, table, place, chart, details) {
  const { look } = stage;
  if (!look) return;
  const mask = look.map ? null : visible(table, look.threshold ?? store.result?.threshold ?? null, { edits: look.edits });
  const gone = new Set(look.edits.flatMap((edit) => (edit.op === "delete" ? [edit.row] : [])));
  const shown = ordered(table, mask, look.order, look.map ? new Set() : gone);
  const first = shown.slice(0, MOST_ROWS);
  const summary = /** @type {HTMLElement} */ (details.querySelector("summary"));
  const listed = first.length < shown.length ? `Table, ${first.length} of ${whole(shown.length)} rows` : `Table, ${whole(shown.length)} rows`;
  const added = look.map ? 0 : look.edits.filter(({ op }) => op === "add").length;
  summary.textContent = added ? `${listed}, without the ${added} added by hand` : listed;
  fill(
    place,
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "#"), ...Object.keys(table.columns).map((name) => header(stage, name)))),
      h("tbody", {}, ...first.map((row) => tableRow(stage, table, row))),
    ),
  );
  mark(place, look.row);
  fill(chart, ...charted(stage, table, shown));
}

/**
 * @param {Stage} stage
 * @param {string} name
 */
function header(stage, name) {
  const order = stage.look?.order;
  const here = order?.column === name;
  const sorted = !here ? null : order?.down ? "descending" : "ascending";
  const turn = () => stage.change((look) => { look.order = { column: name, down: here && !look.order.down }; });
  return h(
    "th",
    { scope: "col", "aria-sort": sorted },
    h("button", { type: "button", "data-key": `sort-${name}`, title: `Order by ${name}`, onclick: turn }, words(name), sorted && (sorted === "descending" ? " ↓" : " ↑")),
  );
}

/**
 * @param {Stage} stage
 * @param {Table} table
 * @param {number} row
 */
function tableRow(stage, table, row) {
  return h(
    "tr",
    { "data-row": row, onclick: () => stage.showRow(table, row) },
    h("th", { scope: "row" }, h("button", { type: "button", "data-key": `row-${row}`, "aria-label": `Show row ${row + 1} in the image` }, String(row + 1))),
    ...Object.entries(table.columns).map(([name, values]) => h("td", {}, table.words?.[name]?.[values[row]] ?? brief(values[row]))),
  );
}

/**
 * @param {HTMLElement} place
 * @param {number | null} row
 */
function mark(place, row) {
  for (const marked of place.querySelectorAll("tr[aria-current]")) marked.removeAttribute("aria-current");
  if (row === null) return;
  place.querySelector(`tr[data-row="${row}"]`)?.setAttribute("aria-current", "true");
}

/**
 * @param {Stage} stage
 * @param {Table} table
 * @param {number[]} shown
 * @returns {HTMLElement[]}
 */
function charted(stage, table, shown) {
  const names = Object.keys(table.columns);
  const wanted = stage.look?.charted ?? "";
  const chosen = names.includes(wanted) ? wanted : telling(names);
  const values = table.columns[chosen];
  const select = h("select", { "data-key": "charted", "aria-label": "Histogram of" }, ...names.map((name) => h("option", { value: name }, words(name))));
  select.value = chosen;
  select.addEventListener("change", () => stage.change((look) => { look.charted = select.value; }));
  const counted = shown.map((row) => values[row]);
  return [
    h("label", { class: "inline" }, "Histogram of ", select),
    /** @type {any} */ (drawHistogram(histogram(counted, BARS), { label: `Histogram of ${words(chosen)}` })),
  ];
}
