/** The page of `colonnade serve`: puts its parts together, and keeps them as the server is. */

import { keepAddress } from "./address.js";
import { get, send } from "./api.js";
import { byId, fill, h, tabs } from "./dom.js";
import { listen } from "./events.js";
import { showFiles } from "./files.js";
import { makeResult } from "./result.js";
import { makeSetup } from "./setup.js";
import { Stage } from "./stage.js";
import { Store } from "./store.js";
import { capital } from "./text.js";
import { ORDER, WINGS } from "./wings.js";

/** @typedef {import("./types.js").File} File */
/** @typedef {import("./types.js").Job} Job */

const store = new Store();

/** Is there as long as the page, even when its body was taken away at the end. */
const link = byId("link");
const UNREACHABLE = "The server does not answer. Trying again…";

/** What has changed while everything is read. @type {[string, any][] | null} */
let held = null;

keepAddress(store);
showWings();
showFiles(store);
const stage = new Stage(store);
showPanel();
byId("end").addEventListener("click", end);
listen({ changed, fresh, link: (up) => tell(up ? "" : UNREACHABLE), over: tell });

function showWings() {
  const choices = ORDER.map((key) => ({ key, label: WINGS[key].title, controls: "workplace" }));
  store.watch(
    () => store.wing,
    (wing) => {
      tabs(byId("wings"), choices, wing, (key) =>
        store.change(() => {
          store.wing = /** @type {import("./types.js").Wing} */ (key);
          openLast();
          store.panel = store.job ? "result" : "setup";
        }),
      );
      document.title = `${WINGS[wing].title} – Colonnade`;
    },
  );
}

function showPanel() {
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": "Settings or result" });
  const setup = h("div", { id: "setup", role: "tabpanel", "aria-label": "Settings" }, makeSetup(store));
  const result = h("div", { id: "result", role: "tabpanel", "aria-label": "Result" }, makeResult(store, stage));
  byId("panel").append(list, setup, result);
  store.watch(
    () => [store.panel, Boolean(store.job)],
    () => {
      const shown = store.job ? store.panel : "setup";
      setup.hidden = shown !== "setup";
      result.hidden = shown !== "result";
      const choices = [
        { key: "setup", label: "Settings", controls: "setup" },
        { key: "result", label: "Result", controls: "result" },
      ];
      list.hidden = !store.job;
      tabs(list, choices, shown, (key) => store.change(() => { store.panel = key === "setup" ? "setup" : "result"; }));
    },
  );
}

/**
 * Say what is wrong between the page and the server.
 *
 * @param {string} problem  nothing if all is well
 */
function tell(problem) {
  link.textContent = capital(problem);
}

/**
 * Read everything that the server has. What changes meanwhile is newer than what is read, and is
 * taken up after it.
 */
async function fresh() {
  /** @type {[string, any][]} */
  const meanwhile = [];
  held = meanwhile;
  try {
    const [verbs, files, jobs] = await Promise.all([get("api/verbs"), get("api/files"), get("api/jobs")]);
    store.change(() => {
      store.verbs = verbs;
      store.files = new Map(files.map((/** @type {File} */ file) => [file.id, file]));
      store.jobs = new Map(jobs.map((/** @type {Job} */ job) => [job.id, job]));
      meanwhile.forEach(([kind, data]) => takeUp(kind, data));
      openLast();
    });
  } finally {
    if (held === meanwhile) held = null;
  }
}

/** Where no file of the wing is open, open that of its last work. */
function openLast() {
  if (store.file) return;
  store.open[store.wing] = store.work[0]?.files.find((id) => store.files.has(id)) ?? null;
}

/**
 * Hear what has changed on the server.
 *
 * @param {string} kind
 * @param {any} data
 */
function changed(kind, data) {
  if (held) held.push([kind, data]);
  else store.change(() => takeUp(kind, data));
}

/**
 * @param {string} kind
 * @param {any} data
 */
function takeUp(kind, data) {
  if (kind === "file") store.files.set(data.id, data);
  if (kind === "job") store.jobs.set(data.id, data);
  if (kind === "edits") stage.edits.hear(data);
  if (kind === "gone") {
    store.files.delete(data.id);
    store.jobs.delete(data.id);
    store.ticked.delete(data.id);
  }
}

/** Ask, and delete everything of the session. */
function end() {
  const dialog = h(
    "dialog",
    { "aria-labelledby": "ending" },
    h("h2", { id: "ending" }, "End the session?"),
    h("p", {}, "Its files and results are deleted from the computer that runs Colonnade. What you have downloaded stays."),
    h(
      "form",
      { method: "dialog", class: "ways" },
      h("button", { value: "" }, "Go on working"),
      h("button", { value: "end", class: "press" }, "Delete and end"),
    ),
  );
  dialog.addEventListener("close", async () => {
    dialog.remove();
    if (dialog.returnValue !== "end") return;
    await send("POST", "api/sign-out");
    fill(document.body, h("p", { class: "farewell" }, "The session has ended, and everything in it is deleted. This page can be closed."));
  });
  document.body.append(dialog);
  dialog.showModal();
}

