/** Maps of what was found or made: one press each, and shown over the image. */

import { send } from "./api.js";
import { fill, h } from "./dom.js";
import { isBusy } from "./store.js";
import { withoutName, words } from "./text.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./types.js").Job} Job */

/** Maps that most people want, as buttons; the others are in the list. */
const FRONT = ["strain", "grains", "sublattices", "neighbours", "particles", "pores"];

/** Of these commands something can be mapped. */
const MAPPED = ["locate", "upscale", "reconstruct", "denoise"];

/**
 * @param {Store} store
 * @param {Stage} stage
 * @returns {HTMLElement}
 */
export function mapChoice(store, stage) {
  const [buttons, about, failure] = [h("div", { class: "buttons" }), h("div"), h("p", { class: "error", role: "alert" })];
  const [title, settings] = [h("h3"), new Map()];
  const block = h("section", { class: "maps" }, title, buttons, failure, about, mapSettings(store, settings));
  /** @param {string} kind */
  const make = async (kind) => {
    failure.textContent = await start(store, stage, kind, settings);
  };
  store.watch(
    () => [store.result?.index, store.job?.id, store.job?.verb, store.verbs.length, store.maps, stage.look?.map, stage.look?.threshold, stage.look?.revision, store.wing],
    () => {
      block.hidden = !MAPPED.includes(store.job?.verb ?? "") || !store.result;
      if (block.hidden) return;
      title.textContent = store.wing === "atoms" ? "Maps" : "Measure in it";
      fill(buttons, ...mapButtons(store, make));
      fill(about, ...mapResult(store, stage));
    },
  );
  return block;
}

/**
 * @param {Store} store
 * @param {(kind: string) => void} make
 */
function mapButtons(store, make) {
  const kinds = mapOptions(store).find(({ name }) => name === "kind")?.choices ?? [];
  const busy = new Set(store.maps.filter(isBusy).map(({ options }) => options.kind));
  const others = kinds.filter((kind) => !FRONT.includes(kind));
  const select = h("select", { "data-key": "other-map", "aria-label": "Another map" }, h("option", { value: "" }, "Another map…"), ...others.map((kind) => h("option", { value: kind }, words(kind))));
  select.addEventListener("change", () => select.value && make(select.value));
  return [
    ...FRONT.filter((kind) => kinds.includes(kind)).map((kind) =>
      h("button", { type: "button", "data-key": `map-${kind}`, disabled: busy.has(kind), onclick: () => make(kind) }, busy.has(kind) ? `${words(kind)}…` : words(kind)),
    ),
    others.length > 0 && select,
  ];
}

/**
 * @param {Store} store
 * @returns {import("./types.js").Option[]}
 */
function mapOptions(store) {
  return store.verbs.find(({ name, wing }) => name === "map" && wing === store.wing)?.options ?? [];
}

/**
 * @param {Store} store
 * @param {Map<string, any>} settings
 */
function mapSettings(store, settings) {
  const fields = h("div", { class: "fields" });
  store.watch(
    () => [mapOptions(store), store.region],
    () => fill(fields, ...mapOptions(store).filter(({ name }) => name !== "kind").map((option) => mapField(store, settings, option))),
  );
  return h("details", {}, h("summary", {}, "Settings of the maps"), fields);
}

/**
 * @param {Store} store
 * @param {Map<string, any>} settings
 * @param {import("./types.js").Option} option
 */
function mapField(store, settings, option) {
  const id = `map-option-${option.name}`;
  const about = h("p", { class: "about", id: `${id}-about` }, option.meaning);
  const shared = { id, "data-key": id, "aria-describedby": about.id };
  const label = h("label", { for: id }, words(option.name));
  if (option.kind === "switch") {
    const box = h("input", { ...shared, type: "checkbox", checked: settings.get(option.name) ?? false });
    box.addEventListener("change", () => settings.set(option.name, box.checked));
    return h("div", { class: "field switch" }, box, label, about);
  }
  const field = h("input", { ...shared, type: "text", autocomplete: "off", placeholder: "default", value: settings.get(option.name) ?? "" });
  field.addEventListener("input", () => settings.set(option.name, field.value));
  const { region } = store;
  const drawn = option.name === "reference" && region && h("button", {
    type: "button", class: "small",
    onclick: () => {
      field.value = `${Math.round(region.y0)}:${Math.round(region.y1)},${Math.round(region.x0)}:${Math.round(region.x1)}`;
      settings.set(option.name, field.value);
    },
  }, "Take the region drawn on the image");
  return h("div", { class: "field" }, label, field, drawn, about);
}

/**
 * The words of the map that is shown, or of what became of the last ones.
 *
 * @param {Store} store
 * @param {Stage} stage
 * @returns {(HTMLElement | null)[]}
 */
function mapResult(store, stage) {
  return store.maps.flatMap((job) => {
    if (job.state === "failed") return [h("p", { class: "error", role: "alert" }, `${words(job.options.kind)}: ${job.error}`)];
    const [result] = job.results;
    if (!result || job.options.kind !== stage.look?.map) return [];
    return [
      isStale(job, stage) ? h("p", { class: "about warning" }, "Made before the threshold or the columns were changed: press again to make it anew.") : null,
      h("p", { class: "sentence", role: "status" }, withoutName(result.sentence)),
      ...(result.notes.length ? [h("ul", { class: "notes" }, ...result.notes.map((note) => h("li", {}, note)))] : []),
      ...result.pictures.map(({ name, url }) => h("a", { href: url, target: "_blank" }, h("img", { src: url, alt: `Picture of the map, ${name}` }))),
    ];
  });
}

/**
 * Whether a map was made of other columns than those that are shown.
 *
 * @param {Job} job
 * @param {Stage} stage
 */
function isStale({ tables = [] }, { look }) {
  const [{ threshold = null, revision = null } = {}] = tables;
  return look !== null && (threshold !== look.threshold || (revision ?? 0) !== look.revision);
}

/**
 * Make a map, and show it as soon as it is there.
 *
 * @param {Store} store
 * @param {Stage} stage
 * @param {string} kind
 * @param {Map<string, any>} settings
 * @returns {Promise<string>} what is wrong, or nothing
 */
async function start(store, stage, kind, settings) {
  const { job, result } = store;
  if (!job || !result) return "";
  const set = [...settings].filter(([, value]) => value !== "" && value !== false);
  try {
    await stage.edits.flush();
    const made = await send("POST", "api/jobs", {
      verb: "map",
      wing: store.wing,
      tables: [tableAsShown(job.id, result.index, stage)],
      options: { kind, ...Object.fromEntries(set) },
    });
    store.change(() => {
      if (!store.jobs.has(made.id)) store.jobs.set(made.id, made);
    });
    stage.change((look) => Object.assign(look, { map: kind, colourBy: "", row: null }));
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The columns that are to be mapped: those that count at the threshold that is set.
 *
 * @param {string} job
 * @param {number} index
 * @param {Stage} stage
 */
function tableAsShown(job, index, stage) {
  const { threshold = null, revision = 0 } = stage.look ?? {};
  return { job, index, ...(threshold === null ? {} : { threshold }), ...(revision ? { revision } : {}) };
}
