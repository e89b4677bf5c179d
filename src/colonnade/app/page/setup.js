/** What is known of the image, what to do with it, and the press that does it. */

import { send } from "./api.js";
import { fill, h } from "./dom.js";
import { Form } from "./form.js";
import { capital, counted } from "./text.js";
import { action } from "./wings.js";

/** @typedef {import("./store.js").Store} Store */

/** Facts that stand in the open; the others, in the words of the file, are folded. */
const IN_FRONT = /^(shape|pixel size|tilts|frames|slice thickness|grey levels)/;

/** What the page shows otherwise. */
const SHOWN_ELSEWHERE = ["", "kind", "histogram"];

/** Kinds that a reader calls otherwise. @type {Record<string, string>} */
const KINDS = { rgb: "Colour image", diffraction: "Diffraction pattern" };

/**
 * @param {Store} store
 * @returns {HTMLElement}
 */
export function makeSetup(store) {
  const [facts, choice, form] = [h("div"), h("div"), new Form(store)];
  const failure = h("p", { class: "error", role: "alert" });
  const go = h("button", { type: "submit", class: "press", "data-key": "press" });
  /** @param {SubmitEvent} event */
  const onsubmit = async (event) => {
    event.preventDefault();
    go.disabled = true;
    failure.textContent = await start(store, form);
    go.disabled = false;
  };
  store.watch(
    () => [store.file, store.shownSignal?.index],
    () => fill(facts, ...factsOf(store)),
  );
  store.watch(
    () => [store.wing, store.action[store.wing], store.offered.length],
    () => fill(choice, actionChoice(store)),
  );
  store.watch(
    () => [store.wing, store.action[store.wing], store.file?.id],
    () => { failure.textContent = ""; },
  );
  store.watch(
    () => [store.action[store.wing], store.chosenFiles.length],
    () => {
      const count = store.chosenFiles.length;
      const of = count > 1 ? ` in ${counted(count, "file")}` : "";
      go.textContent = `${action(store.action[store.wing]).press}${of}`;
    },
  );
  const doing = h("form", { class: "doing", onsubmit, novalidate: true }, choice, form.first, go, failure, form.rest);
  store.watch(
    () => store.chosenFiles.length > 0,
    (some) => { doing.hidden = !some; },
  );
  return h("div", { class: "setup" }, facts, doing);
}

/**
 * @param {Store} store
 * @returns {HTMLElement[]}
 */
function factsOf(store) {
  const { file, shownSignal: signal } = store;
  if (!file) return [h("p", { class: "hint" }, "Add a file, or take the sample.")];
  if (file.state === "refused") return [h("p", { class: "hint" }, "Add another file.")];
  if (file.state === "reading") return [h("p", { class: "hint" }, "The file is being read…")];
  if (!signal) return [h("p", { class: "hint" }, "There is nothing to do with this file alone.")];
  const rows = signal.rows.filter(([name]) => !SHOWN_ELSEWHERE.includes(name));
  const front = rows.filter(([name]) => IN_FRONT.test(name));
  const others = rows.filter(([name]) => !IN_FRONT.test(name));
  return [
    h("h2", {}, KINDS[signal.kind] ?? capital(signal.kind)),
    ...signalChoice(store, file),
    h("dl", { class: "facts" }, ...described(front)),
    ...(others.length
      ? [h("details", {}, h("summary", {}, "More from the file"), h("dl", { class: "facts long" }, ...described(others)))]
      : []),
  ];
}

/**
 * @param {[string, string][]} rows
 * @returns {HTMLElement[]}
 */
function described(rows) {
  return rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
}

/**
 * @param {Store} store
 * @param {import("./types.js").File} file
 * @returns {HTMLElement[]}
 */
function signalChoice(store, file) {
  if (file.signals.length < 2) return [];
  const select = h(
    "select",
    {
      id: "signal",
      "data-key": "signal",
      onchange: () => store.change(() => { store.signal.set(file.id, Number(select.value)); }),
    },
    ...file.signals.map((signal, place) =>
      h("option", { value: String(place), disabled: signal.image === null }, `${signal.index}  ${signal.title} (${signal.image === null ? `${signal.kind}, no image` : signal.shape.join(" × ")})`),
    ),
  );
  select.value = String(store.signal.get(file.id) ?? 0);
  return [h("label", { class: "field", for: "signal" }, "Which image of the file"), select];
}

/** @param {Store} store */
function actionChoice(store) {
  if (store.offered.length < 2) return null;
  return h(
    "fieldset",
    { class: "segments" },
    h("legend", {}, "What to do"),
    ...store.offered.map((name) =>
      h(
        "label",
        { title: store.verbOf(name)?.summary },
        h("input", {
          type: "radio",
          name: "action",
          value: name,
          "data-key": `action-${name}`,
          checked: store.action[store.wing] === name,
          onchange: () => store.change(() => { store.action[store.wing] = name; }),
        }),
        h("span", {}, action(name).name),
      ),
    ),
  );
}

/**
 * Ask the server for the work, and show it.
 *
 * @param {Store} store
 * @param {Form} form
 * @returns {Promise<string>} what is wrong, or nothing
 */
async function start(store, form) {
  const files = store.chosenFiles;
  const { verb, fixed } = action(store.action[store.wing]);
  const options = { ...fixed, ...form.values() };
  const { shownSignal: signal, file } = store;
  if (file && signal && file.signals.length > 1) options.signal = String(signal.index);
  try {
    const job = await send("POST", "api/jobs", {
      verb,
      wing: store.wing,
      files: files.map(({ id }) => id),
      options,
    });
    if (!store.jobs.has(job.id)) store.jobs.set(job.id, job);
    store.show(files.some(({ id }) => id === file?.id) ? (file?.id ?? null) : files[0].id, job.id);
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
