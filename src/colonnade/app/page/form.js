/** The options of a verb as fields, made from what the server says of each. */

import { fill, h } from "./dom.js";
import { length, words } from "./text.js";
import { action, sorted } from "./wings.js";

/** @typedef {import("./types.js").Option} Option */
/** @typedef {import("./types.js").Signal} Signal */
/** @typedef {import("./store.js").Store} Store */

/** Chosen beside the image, not in the form. */
const CHOSEN_ELSEWHERE = ["signal"];

/** Properties of one file, which are not carried over to the next. */
const OF_A_FILE = ["pixel_size", "frame", "angles"];

export class Form {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** The first option, which stands above the press: the pixel size. */
    this.first = h("div", { class: "fields" });
    this.rest = h("div", { class: "fields" });
    /** What was filled in, by verb, file and option. @type {Map<string, any>} */
    this.filled = new Map();
    store.watch(
      () => [store.action[store.wing], this.verb, store.file?.id, store.shownSignal],
      () => this.build(),
    );
  }

  /** @returns {import("./types.js").Verb | null} */
  get verb() {
    return this.store.verbOf(this.action);
  }

  get action() {
    return this.store.action[this.store.wing];
  }

  build() {
    if (!this.verb) return;
    const chosen = action(this.action);
    const [front, others] = sorted(chosen, this.verb).map((options) =>
      options.filter(({ name }) => !CHOSEN_ELSEWHERE.includes(name)).map((option) => this.field(option)),
    );
    fill(this.first, front[0]);
    const open = this.rest.querySelector("details")?.open ?? false;
    const folded = h("details", { open }, h("summary", {}, "More options"), h("div", { class: "fields" }, ...others));
    fill(this.rest, ...front.slice(1), others.length > 0 && folded);
  }

  /**
   * @param {string} option
   * @returns {string}
   */
  key(option) {
    const file = OF_A_FILE.includes(option) ? (this.store.file?.id ?? "") : "";
    return [this.store.wing, this.action, file, option].join(" ");
  }

  /**
   * @param {Option} option
   * @returns {HTMLElement}
   */
  field(option) {
    const id = `option-${option.name}`;
    const known = option.name === "pixel_size" ? calibration(this.store.shownSignal) : null;
    const about = h("p", { id: `${id}-about`, class: known && !known.known ? "about warning" : "about" }, known?.sentence || option.meaning);
    const input = this.input(option, id);
    input.setAttribute("aria-describedby", about.id);
    const label = h("label", { for: id }, words(option.name));
    return option.kind === "switch"
      ? h("div", { class: "field switch" }, input, label, about)
      : h("div", { class: "field" }, label, input, about);
  }

  /**
   * @param {Option} option
   * @param {string} id
   * @returns {HTMLElement}
   */
  input(option, id) {
    const value = this.filled.get(this.key(option.name));
    const shared = { id, "data-key": id };
    if (option.kind === "switch") {
      const box = h("input", { ...shared, type: "checkbox", checked: value ?? option.default ?? false });
      box.addEventListener("change", () => this.filled.set(this.key(option.name), box.checked));
      return box;
    }
    const field = option.choices?.length ? this.select(option, shared) : h("input", { ...shared, type: "text", ...inputHints(option) });
    field.value = value ?? (option.choices?.length ? String(option.default ?? "") : "");
    field.addEventListener("input", () => this.filled.set(this.key(option.name), field.value));
    return field;
  }

  /**
   * @param {Option} option
   * @param {Record<string, string>} shared
   */
  select(option, shared) {
    return h(
      "select",
      shared,
      ...(option.default === null ? [h("option", { value: "" }, "default")] : []),
      ...(option.choices ?? []).map((choice, place) => h("option", { value: choice }, option.words?.[place] ?? choice)),
    );
  }

  /**
   * What differs from the defaults, for the server.
   *
   * @returns {Record<string, any>}
   */
  values() {
    /** @type {Record<string, any>} */
    const values = {};
    for (const option of this.verb?.options ?? []) {
      const value = this.filled.get(this.key(option.name));
      if (value === undefined || value === "" || String(value) === String(option.default)) continue;
      values[option.name] = typed(option, value);
    }
    return values;
  }
}

/**
 * @param {Option} option
 * @returns {Record<string, string>}
 */
function inputHints(option) {
  const numeric = option.kind === "number" || option.kind === "integer";
  const example = option.name === "pixel_size" ? "such as 9.8 pm" : null;
  const standing = option.default === null ? "default" : String(option.default);
  return {
    inputmode: numeric ? "decimal" : "text",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: example ?? standing,
  };
}

/**
 * A number where the option wants one and the text is one; else the text, which the server judges.
 *
 * @param {Option} option
 * @param {any} value
 */
function typed(option, value) {
  const numeric = option.kind === "number" || option.kind === "integer" || /^\d+$/.test(value);
  const number = Number(value);
  return typeof value === "string" && numeric && option.kind !== "text" && Number.isFinite(number) ? number : value;
}

/**
 * Whether the pixel size that the work would use is known, in a sentence.
 *
 * @param {Signal | null} signal
 * @returns {{known: boolean, sentence: string}}
 */
function calibration(signal) {
  if (!signal) return { known: true, sentence: "" };
  if (!signal.pixel_size) {
    return {
      known: false,
      sentence: "The file does not say how large a pixel is: results will be in pixels, not in nanometres, unless you fill this in.",
    };
  }
  const [y, x] = signal.pixel_size;
  const size = y === x ? length(y) : `${length(y)} × ${length(x)} (y × x)`;
  return { known: true, sentence: `The file says ${size}. Fill this in only if that is wrong.` };
}
