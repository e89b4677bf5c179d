/** The files of the session and the work done on them, at the left of the page. */

import { Refused, send, upload } from "./api.js";
import { byId, fill, h } from "./dom.js";
import { holdsImage, isBusy } from "./store.js";
import { counted, size } from "./text.js";
import { WINGS, action, actionOf } from "./wings.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./types.js").File} File */
/** @typedef {import("./types.js").Job} Job */

const STATES = { queued: "waiting", running: "running", done: "done", failed: "failed", cancelled: "cancelled" };

/** @param {Store} store */
export function showFiles(store) {
  const picker = /** @type {HTMLInputElement} */ (
    h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files to add" })
  );
  picker.addEventListener("change", () => {
    add(store, [...(picker.files ?? [])]);
    picker.value = "";
  });
  const [list, work] = [h("div"), h("div")];
  byId("files").append(
    h(
      "div",
      { class: "adding" },
      h("button", { type: "button", onclick: () => picker.click() }, "Add files…"),
      h("button", { type: "button", onclick: () => takeSample(store) }, "Sample"),
      picker,
    ),
    list,
    work,
  );
  store.watch(
    () => [[...store.files.values()], store.uploads, store.open[store.wing], [...store.ticked]],
    () => fill(list, ...fileRows(store)),
  );
  store.watch(
    () => store.open[store.wing],
    () => list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }),
  );
  store.watch(
    () => [store.work.map(({ id, state, items }) => [id, state, items]), store.job?.id, store.wing],
    () => fill(work, ...workRows(store)),
  );
  takeDrops(store);
}

/**
 * @param {Store} store
 * @returns {HTMLElement[]}
 */
function fileRows(store) {
  const files = [...store.files.values()];
  if (!files.length && !store.uploads.length) return [];
  const several = files.filter(holdsImage).length > 1;
  return [
    h("h2", {}, "Files"),
    h(
      "ul",
      { class: "rows" },
      ...files.map((file) => fileRow(store, file, several)),
      ...store.uploads.map((entry) => uploadRow(store, entry)),
    ),
    ...(several ? [h("p", { class: "hint" }, tickedHint(store))] : []),
  ];
}

/**
 * @param {Store} store
 * @returns {string}
 */
function tickedHint(store) {
  const count = store.chosenFiles.length;
  return count > 1 ? `${count} files are worked on together.` : "Tick files to work on them together.";
}

/**
 * @param {Store} store
 * @param {File} file
 * @param {boolean} several
 */
function fileRow(store, file, several) {
  const open = file.id === store.open[store.wing];
  return h(
    "li",
    { class: `row ${file.state}`, "aria-current": open ? "true" : null },
    several &&
      h("input", {
        type: "checkbox",
        "data-key": `tick-${file.id}`,
        "aria-label": `Work on ${file.name} together with others`,
        checked: store.ticked.has(file.id) && file.state !== "refused",
        disabled: file.state !== "reading" && !holdsImage(file),
        onchange: () =>
          store.change(() => {
            if (!store.ticked.delete(file.id)) store.ticked.add(file.id);
          }),
      }),
    h(
      "button",
      { type: "button", class: "name", "data-key": `file-${file.id}`, title: file.name, onclick: () => store.show(file.id) },
      h("span", { class: "cut" }, file.name),
      h("span", { class: "about" }, aboutFile(file)),
    ),
    h(
      "button",
      {
        type: "button",
        class: "cross",
        "aria-label": `Remove ${file.name}`,
        title: "Remove",
        onclick: () => remove(store, `api/files/${file.id}`, file.name),
      },
      "×",
    ),
  );
}

/** @param {File} file */
function aboutFile(file) {
  if (file.state === "reading") return "being read…";
  if (file.state === "refused") return "cannot be read";
  if (holdsImage(file)) return size(file.bytes);
  return file.signals.length ? `${file.signals[0].kind}, no image` : "no image";
}

/**
 * @param {Store} store
 * @param {import("./store.js").Upload} entry
 */
function uploadRow(store, entry) {
  return h(
    "li",
    { class: `row ${entry.error ? "refused" : ""}` },
    h(
      "span",
      { class: "name" },
      h("span", { class: "cut" }, entry.name),
      entry.error
        ? h("span", { class: "error", role: "alert" }, entry.error)
        : h("progress", { max: 1, value: entry.share, "aria-label": `Sending ${entry.name}` }),
    ),
    entry.error &&
      h(
        "button",
        {
          type: "button",
          class: "cross",
          "aria-label": `Dismiss ${entry.name}`,
          onclick: () => store.change(() => { store.uploads = store.uploads.filter((other) => other !== entry); }),
        },
        "×",
      ),
  );
}

/**
 * @param {Store} store
 * @returns {HTMLElement[]}
 */
function workRows(store) {
  if (!store.work.length) return [];
  return [h("h2", {}, "Work"), h("ul", { class: "rows" }, ...store.work.map((job) => workRow(store, job)))];
}

/**
 * @param {Store} store
 * @param {Job} job
 */
function workRow(store, job) {
  const first = store.files.get(job.files[0]);
  const name = job.files.length > 1 ? counted(job.files.length, "file") : (first?.name ?? "a file that was removed");
  const target = job.files.find((id) => store.files.has(id)) ?? null;
  return h(
    "li",
    { class: "row", "aria-current": job.id === store.job?.id ? "true" : null },
    h(
      "button",
      { type: "button", class: "name", "data-key": `job-${job.id}`, title: name, disabled: !target, onclick: () => store.show(target, job.id) },
      h("span", { class: "cut" }, `${action(actionOf(job)).name}: ${name}`),
      h("span", { class: `about state ${job.state}` }, STATES[job.state]),
    ),
    !isBusy(job) &&
      h(
        "button",
        {
          type: "button",
          class: "cross",
          "aria-label": `Forget ${action(actionOf(job)).name} of ${name}`,
          title: "Forget this result",
          onclick: () => remove(store, `api/jobs/${job.id}`, name),
        },
        "×",
      ),
  );
}

/**
 * @param {Store} store
 * @param {string} path
 * @param {string} name
 */
async function remove(store, path, name) {
  try {
    await send("DELETE", path);
  } catch (error) {
    complain(store, name, error);
  }
}

/**
 * @param {Store} store
 * @param {string} name
 * @param {unknown} error
 */
function complain(store, name, error) {
  const sentence = error instanceof Refused ? error.message : String(error);
  store.change(() => { store.uploads = [...store.uploads, { name, share: 0, error: sentence }]; });
}

/**
 * Send files one after another; the first of them is shown, several are ticked.
 *
 * @param {Store} store
 * @param {globalThis.File[]} files
 */
export async function add(store, files) {
  const entries = files.map((file) => ({ name: file.name, share: 0, error: null }));
  store.change(() => { store.uploads = [...store.uploads.filter(({ error }) => !error), ...entries]; });
  /** @type {string[]} */
  const added = [];
  for (const [place, file] of files.entries()) {
    const sent = await sendOne(store, file, entries[place]);
    if (sent) added.push(sent.id);
    if (added.length === 1 && sent) store.show(sent.id);
  }
  const alone = added.filter((id) => !isPart(store, id));
  store.change(() => { store.ticked = new Set(alone.length > 1 ? alone : []); });
}

/**
 * Whether a file holds the pixels that another one, which is there too, describes.
 *
 * @param {Store} store
 * @param {string} id
 */
function isPart(store, id) {
  const stem = /^(.*)_\d+\.ser$/i.exec(store.files.get(id)?.name ?? "")?.[1];
  return [...store.files.values()].some(({ name }) => name.toLowerCase() === `${stem?.toLowerCase()}.emi`);
}

/**
 * @param {Store} store
 * @param {globalThis.File} file
 * @param {import("./store.js").Upload} entry
 * @returns {Promise<File | null>}
 */
async function sendOne(store, file, entry) {
  try {
    const sent = await upload(file, (share) => store.change(() => { entry.share = share; }));
    store.change(() => {
      if (!store.files.has(sent.id)) store.files.set(sent.id, sent);
      store.uploads = store.uploads.filter((other) => other !== entry);
    });
    return sent;
  } catch (error) {
    store.change(() => { entry.error = error instanceof Error ? error.message : String(error); });
    return null;
  }
}

/** @param {Store} store */
export async function takeSample(store) {
  const { wing } = store;
  try {
    /** @type {File} */
    const file = await send("POST", "api/samples", { wing });
    if (!store.files.has(file.id)) store.files.set(file.id, file);
    store.show(file.id);
  } catch (error) {
    complain(store, `Sample: ${WINGS[wing].sample}`, error);
  }
}

/**
 * Files may be dropped anywhere on the page.
 *
 * @param {Store} store
 */
function takeDrops(store) {
  const veil = byId("veil");
  /** @param {DragEvent} event */
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) veil.hidden = true;
  });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    veil.hidden = true;
    add(store, [...(event.dataTransfer?.files ?? [])]);
  });
}
