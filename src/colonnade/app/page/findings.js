/** What a result says in words: its sentence, its verdict, notes, and places not to be believed. */

import { get } from "./api.js";
import { drawPoints } from "./chart.js";
import { h } from "./dom.js";
import { asQuery } from "./looks.js";
import { brief, counted, withoutName } from "./text.js";

/** @typedef {import("./types.js").Result} Result */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./store.js").Store} Store */

/** @typedef {{z_px?: number, y_px: number, x_px: number, kind: string, evidence: number}} Feature */

/** More places than anybody jumps to one by one. */
const MOST_FEATURES = 50;

/** So long a hand must rest before a sentence is asked for [ms]. */
const REST = 300;

/** @type {Record<string, string>} */
const WRONG = {
  added: "shown, but not measured",
  missing: "measured, but not shown",
  invented: "a more careful network does not see it",
};

/**
 * @param {Store} store
 * @param {Stage} stage
 * @param {Result} result
 * @returns {(HTMLElement | null)[]}
 */
export function findings(store, stage, result) {
  return [
    store.job && store.job.results.filter(({ file }) => file === result.file).length > 1 ? h("h3", {}, result.name) : null,
    verdict(result, store.plane),
    h("p", { class: "sentence", role: "status" }, withoutName(stage.look?.sentence ?? result.sentence)),
    result.notes.length ? h("ul", { class: "notes" }, ...result.notes.map((note) => h("li", {}, note))) : null,
    features(stage, result),
    residuals(result),
  ];
}

/**
 * Whether the image looks like one of atom columns; of a film, the frame that is shown.
 *
 * @param {Result} result
 * @param {number} plane
 */
function verdict({ atomic, numbers }, plane) {
  if (!atomic) return null;
  const frames = numbers.frames ?? [];
  return frames.length > 1 ? verdictOfFilm(frames, plane) : verdictOfImage(atomic);
}

/**
 * @param {{frame: number, shows_atom_columns: boolean, probability_of_atom_columns: number}[]} frames
 * @param {number} plane
 */
function verdictOfFilm(frames, plane) {
  const shown = frames.find(({ frame }) => frame === plane);
  const good = frames.filter((frame) => frame.shows_atom_columns).length;
  const here = shown && verdictOfImage({ shows: shown.shows_atom_columns, probability: shown.probability_of_atom_columns });
  return h("div", {}, h("p", {}, `${good} of ${frames.length} frames look like atom columns; this one:`), here ?? h("p", { class: "verdict bad" }, "nothing was found out of it"));
}

/** @param {{shows: boolean, probability: number}} atomic */
function verdictOfImage(atomic) {
  const chance = `${Math.round(100 * atomic.probability)} %`;
  return atomic.shows
    ? h("p", { class: "verdict good" }, h("strong", {}, "Looks like atom columns"), ` (probability ${chance})`)
    : h("p", { class: "verdict bad" }, h("strong", {}, "Does not look like atom columns"), ` (probability ${chance}): do not use these positions without a look at the image`);
}

/**
 * @param {Stage} stage
 * @param {Result} result
 */
function features(stage, result) {
  /** @type {Feature[]} */
  const all = result.numbers.features ?? [];
  if (!all.length) return null;
  const listed = all.map((feature, row) => ({ ...feature, row })).sort((a, b) => b.evidence - a.evidence).slice(0, MOST_FEATURES);
  return h(
    "section",
    { class: "features" },
    h("h3", {}, `${counted(all.length, "place")} not to be believed`),
    h(
      "ol",
      {},
      ...listed.map(({ kind, evidence, row }) =>
        h(
          "li",
          {},
          h(
            "button",
            {
              type: "button",
              "data-key": `feature-${row}`,
              onclick: () => stage.showPlace(row),
            },
            `${WRONG[kind] ?? kind} (evidence ${brief(evidence, 2)})`,
          ),
        ),
      ),
    ),
  );
}

/**
 * What is left of each measured view, in its noise: near one everywhere if all is well.
 *
 * @param {Result} result
 */
function residuals({ numbers }) {
  const { angles_deg: angles, residual, noise } = numbers;
  if (!Array.isArray(angles) || !Array.isArray(residual) || !Array.isArray(noise)) return null;
  const left = residual.map((value, view) => value / noise[view]);
  return h(
    "section",
    {},
    h("h3", {}, "Residual of each view"),
    /** @type {any} */ (drawPoints(angles, left, { label: "Residual of each view, in its noise, over its tilt", band: [0.9, 1.1], x: "tilt [°]", y: "residual [noise]" })),
  );
}

/**
 * Ask for the sentence of the command at the threshold and with the edits that are shown, once the
 * hand rests.
 *
 * @param {Store} store
 * @param {Stage} stage
 */
export function keepSentence(store, stage) {
  let timer = 0;
  store.watch(
    () => [store.job?.id, store.result?.index, stage.look?.threshold, stage.look?.revision],
    () => {
      clearTimeout(timer);
      const { job, result } = store;
      const { look } = stage;
      if (!job || !result || !look || job.verb !== "locate") return;
      const asked = String(asQuery(look));
      if (!asked) return store.change(() => { look.sentence = null; });
      timer = setTimeout(async () => {
        const said = await get(`api/jobs/${job.id}/results/${result.index}/sentence?${asked}`).catch(() => null);
        if (said && String(asQuery(look)) === asked) store.change(() => { look.sentence = said.sentence; });
      }, REST);
    },
  );
}
