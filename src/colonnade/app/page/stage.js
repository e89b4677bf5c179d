/** The image in the middle of the page: the viewer, and what is chosen to be seen in it. */

import { mount, restSource } from "../viewer.js";
import { byId, fill, h } from "./dom.js";
import { showDock } from "./dock.js";
import { Edits } from "./edits.js";
import { add, takeSample } from "./files.js";
import { lookAt } from "./looks.js";
import { comparable, plan, trust } from "./plan.js";
import { holdsImage, withoutImage } from "./store.js";
import { placesOf, tableOf, visible } from "./tables.js";
import { capital } from "./text.js";
import { WINGS, actionOf } from "./wings.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./looks.js").Look} Look */
/** @typedef {import("./plan.js").Plan} Plan */

/** Screen pixels per pixel at which a single column is looked at. */
const CLOSE = 12;

/** @type {Record<string, string>} */
const MADE = { upscale: "Upscaled", denoise: "Denoised", reconstruct: "Volume" };

/** Columns that maps are made for, which colour them unless others are chosen. */
const MAIN = ["e_xx", "grain", "magnitude_nm", "magnitude_px", "spacing_nm", "spacing_px", "atoms", "tilt_deg"];

export class Stage {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** Images that were opened. @type {Map<string, Promise<any>>} */
    this.sources = new Map();
    this.invitation = h("div", { class: "invitation" });
    this.choices = h("div", { class: "choices" });
    this.place = h("div", { class: "viewer" });
    this.failure = h("p", { class: "error floating", role: "alert", hidden: true });
    const dock = h("div", { class: "dock" });
    byId("stage").append(this.choices, this.invitation, this.place, this.failure, dock);
    this.viewer = mount(this.place);
    this.edits = new Edits(store, this.viewer);
    /** What was last given to the viewer, so that only what changes is given again. */
    this.given = { image: "", beside: "", over: "", places: "" };
    /** @type {import("./types.js").Table | null} */
    this.places = null;
    this.turn = 0;
    this.listen();
    showDock(store, this, dock);
    this.watch();
  }

  listen() {
    this.viewer.on("pick", (/** @type {{row: number | null}} */ { row }) => this.change((look) => { look.row = row; }));
    this.viewer.on("error", (/** @type {{error: Error}} */ { error }) => this.fail(error));
    this.viewer.on("plane", (/** @type {{axis: string, plane: number}} */ { axis, plane }) => {
      if (axis === "z") this.store.change(() => { this.store.plane = plane; });
    });
    this.viewer.on("region", (/** @type {any} */ region) => this.store.change(() => { this.store.region = region; }));
  }

  watch() {
    const { store } = this;
    store.watch(
      () => [store.wing, store.file?.id, store.file?.state, store.file?.error],
      () => this.invite(),
    );
    store.watch(
      () => [this.look, store.job?.id, store.result?.index, store.maps.map(({ options, state }) => [options.kind, state])],
      () => fill(this.choices, ...this.choicesOf()),
    );
    store.watch(
      () => [plan(store), this.look && [this.look.threshold, this.look.colourBy, this.look.opacity, this.look.edits], store.result?.threshold, store.plane],
      () => this.apply(plan(store)),
    );
  }

  /** How the result that is open is looked at. @returns {Look | null} */
  get look() {
    const { job, result } = this.store;
    return job && result ? lookAt(job, result) : null;
  }

  /** @param {(look: Look) => void} alter */
  change(alter) {
    const { look } = this;
    if (look) this.store.change(() => alter(look));
  }

  /** @param {unknown} error */
  fail(error) {
    this.failure.textContent = error instanceof Error ? error.message : String(error);
    this.failure.hidden = false;
  }

  /** Show how to begin, where no image is open. */
  invite() {
    const { file, wing } = this.store;
    const ready = file !== null && holdsImage(file);
    this.invitation.hidden = ready;
    this.place.hidden = !ready;
    this.choices.hidden = !ready;
    this.failure.hidden = true;
    if (file?.state === "reading") return fill(this.invitation, h("p", { role: "status" }, `Reading ${file.name}…`));
    if (file?.state === "refused") {
      return fill(this.invitation, h("h2", {}, `${file.name} cannot be read`), h("p", { class: "error" }, file.error));
    }
    if (file && !ready) return fill(this.invitation, h("h2", {}, file.name), h("p", {}, withoutImage(file)));
    return fill(this.invitation, ...welcome(this.store, wing));
  }

  /** @returns {(HTMLElement | null)[]} */
  choicesOf() {
    const { store, look } = this;
    const { job, result } = store;
    if (!job || !result || !look) return [];
    const made = result.layers.some(({ role }) => role === "result");
    const maps = store.maps.filter(({ results }) => results.length > 0);
    return [
      made && !look.map ? this.modes(job, look) : null,
      made && !look.map && trust(result) ? this.overlay(result, look) : null,
      maps.length ? this.mapTabs(maps, look) : null,
    ];
  }

  /**
   * @param {import("./types.js").Job} job
   * @param {Look} look
   */
  modes(job, look) {
    const made = MADE[job.verb] ?? "Result";
    const measured = job.verb === "reconstruct" ? "Views" : "Measured";
    /** @type {[Look["mode"], string][]} */
    const modes = [["measured", measured], ["result", made]];
    if (comparable(job)) modes.push(["both", "Swipe"]);
    return toggles("What is shown", modes, look.mode, (mode) => this.change((changed) => { changed.mode = mode; }));
  }

  /**
   * @param {import("./types.js").Result} result
   * @param {Look} look
   */
  overlay(result, look) {
    const { role, unit } = /** @type {import("./types.js").Layer} */ (trust(result));
    const title = role === "trust" ? "Trust map" : "Error map";
    const box = h("input", { type: "checkbox", "data-key": "overlay", checked: look.overlay });
    box.addEventListener("change", () => this.change((changed) => { changed.overlay = box.checked; }));
    const opacity = h("input", {
      type: "range", min: 0, max: 1, step: 0.05, value: look.opacity, "data-key": "opacity",
      "aria-label": "How strongly it covers the image",
    });
    opacity.addEventListener("input", () => this.change((changed) => { changed.opacity = Number(opacity.value); }));
    return h("div", { class: "overlay" }, h("label", { title: `Half the width of a 90 % interval${unit ? `, in ${unit}` : ""}` }, box, ` ${title}`), look.overlay && opacity);
  }

  /**
   * @param {import("./types.js").Job[]} maps
   * @param {Look} look
   */
  mapTabs(maps, look) {
    /** @type {[string, string][]} */
    const choices = [["", this.store.job?.verb === "locate" ? "Columns" : "No map"], ...maps.map(({ options }) => /** @type {[string, string]} */ ([options.kind, capital(options.kind)]))];
    return toggles("Which map is shown", choices, look.map ?? "", (kind) =>
      this.change((changed) => Object.assign(changed, { map: kind || null, colourBy: "", row: null })),
    );
  }

  /**
   * Give the viewer what has changed.
   *
   * @param {Plan} wanted
   */
  async apply(wanted) {
    this.turn += 1;
    const { turn } = this;
    try {
      const [image, beside, over, table] = await Promise.all([
        this.source(wanted.image),
        this.source(wanted.beside?.image ?? null),
        this.source(wanted.over?.image ?? null),
        wanted.points && tableOf(wanted.points.job, wanted.points.index),
      ]);
      if (turn !== this.turn) return;
      this.giveImages(wanted, image, beside, over);
      this.givePoints(wanted, table);
      this.failure.hidden = true;
    } catch (error) {
      if (turn === this.turn) this.fail(error);
    }
  }

  /**
   * @param {string | null} image
   * @returns {Promise<any>}
   */
  source(image) {
    if (!image) return Promise.resolve(null);
    let source = this.sources.get(image);
    if (!source) {
      source = restSource(".", image);
      source.catch(() => this.sources.delete(image));
      this.sources.set(image, source);
    }
    return source;
  }

  /**
   * @param {Plan} wanted
   * @param {any} image
   * @param {any} beside
   * @param {any} over
   */
  giveImages(wanted, image, beside, over) {
    const { given, viewer } = this;
    const anew = given.image !== (wanted.image ?? "");
    if (anew) {
      viewer.setImage(image && withTilts(image, wanted.image, this.store.result));
      this.store.change(() => { this.store.plane = 0; });
      given.image = wanted.image ?? "";
    }
    const pair = wanted.beside?.image ?? "";
    if (anew || given.beside !== pair) {
      viewer.compare(beside, "swipe", wanted.beside ? { ...placed(wanted, wanted.beside), titles: ["Measured", MADE[this.store.job?.verb ?? ""] ?? wanted.beside.title] } : undefined);
      given.beside = pair;
    }
    const cover = wanted.over ? `${wanted.over.image} ${this.look?.opacity}` : "";
    if (anew || given.over !== cover) {
      viewer.setLayer(over, wanted.over ? { ...placed(wanted, wanted.over), opacity: this.look?.opacity, title: wanted.over.title, unit: wanted.over.unit } : undefined);
      given.over = cover;
    }
  }

  /**
   * @param {Plan} wanted
   * @param {import("./types.js").Table | null} table
   */
  givePoints(wanted, table) {
    const { look, viewer } = this;
    const { result } = this.store;
    if (!table || !look || !result) {
      this.givePlaces(wanted);
      this.edits.close();
      return;
    }
    const threshold = look.map ? null : (look.threshold ?? result.threshold);
    viewer.setPoints(table, {
      y: "y_px",
      x: "x_px",
      colourBy: look.colourBy || mainColumn(table) || undefined,
      vectors: vectorsOf(table),
      visible: visible(table, threshold, { plane: this.store.plane, edits: look.map ? [] : look.edits }),
      editable: Boolean(wanted.points?.editable),
      noun: { particles: "particle", pores: "pore" }[this.store.job ? actionOf(this.store.job) : ""] ?? "column",
    });
    this.edits.open(wanted.points?.editable ? wanted.points : null, look);
  }

  /**
   * Mark the places of the image that are not to be believed.
   *
   * @param {Plan} wanted
   */
  givePlaces({ image, scale }) {
    const { result } = this.store;
    const factor = result?.numbers.factor ?? 1;
    const key = JSON.stringify([image, scale, result?.index, this.store.job?.id]);
    if (key !== this.given.places) {
      this.given.places = key;
      this.places = placesOf(result?.numbers.features ?? [], [scale[0] / factor, scale[1] / factor]);
    }
    this.viewer.setPoints(this.places, { editable: false, noun: "place" });
  }

  /**
   * Select a row, and look closely at it.
   *
   * @param {import("./types.js").Table} table
   * @param {number} row
   * @param {number} [zoom]  at least
   */
  showRow(table, row, zoom = CLOSE) {
    const { z_px: z, y_px: y, x_px: x, frame } = table.columns;
    const plane = frame?.[row] ?? (z && Math.round(z[row]));
    if (plane !== undefined) this.viewer.setPlane("z", plane);
    this.lookClosely([y[row], x[row]], zoom);
    this.viewer.select(row);
  }

  /**
   * Select a place that is not to be believed, and look closely at it.
   *
   * @param {number} row
   */
  showPlace(row) {
    const { places } = this;
    if (places) this.showRow(places, row, CLOSE / plan(this.store).scale[1]);
  }

  /**
   * @param {[number, number]} centre  in the image that is shown
   * @param {number} zoom  at least
   */
  lookClosely(centre, zoom) {
    const { view } = this.viewer.state();
    this.viewer.setView({ zoom: Math.max(view.zoom, zoom), centre });
  }
}

/**
 * Where a layer lies on the image that is shown.
 *
 * @param {Plan} wanted
 * @param {import("./types.js").Layer} layer
 */
function placed(wanted, { scale, origin }) {
  const [up, across] = wanted.scale;
  return {
    scale: /** @type {[number, number]} */ ([scale[0] / up, scale[1] / across]),
    origin: /** @type {[number, number]} */ ([origin[0] * up, origin[1] * across]),
  };
}

/**
 * A volume with the tilts that it was reconstructed from, which its file does not say: the viewer
 * draws what they leave unmeasured.
 *
 * @param {any} source
 * @param {string | null} image
 * @param {import("./types.js").Result | null} result
 */
function withTilts(source, image, result) {
  const tilts = result?.numbers.angles_deg;
  const volume = result?.layers.some((other) => other.role === "result" && other.image === image);
  return tilts && volume ? { ...source, manifest: { ...source.manifest, tilts } } : source;
}

/**
 * The column that colours a table unless another is chosen: none where the score selects.
 *
 * @param {import("./types.js").Table} table
 * @returns {string}
 */
function mainColumn({ columns }) {
  if ("score" in columns || "area_px" in columns || "volume_px" in columns) return "";
  return MAIN.find((name) => name in columns) ?? Object.keys(columns).find((name) => !/^([zyx]_|sigma_)/.test(name)) ?? "";
}

/**
 * The columns that say by how much things are displaced, if the table has them.
 *
 * @param {import("./types.js").Table} table
 */
function vectorsOf({ columns }) {
  const unit = ["nm", "px"].find((name) => `dy_${name}` in columns && `dx_${name}` in columns);
  return unit ? { y: `dy_${unit}`, x: `dx_${unit}` } : null;
}

/**
 * @template {string} Key
 * @param {string} label
 * @param {[Key, string][]} choices
 * @param {string} chosen
 * @param {(key: Key) => void} choose
 */
function toggles(label, choices, chosen, choose) {
  return h(
    "div",
    { class: "segments", role: "group", "aria-label": label },
    ...choices.map(([key, text]) =>
      h("button", { type: "button", "data-key": `${label} ${key}`, "aria-pressed": String(key === chosen), onclick: () => choose(key) }, text),
    ),
  );
}

/**
 * @param {Store} store
 * @param {import("./types.js").Wing} wing
 * @returns {HTMLElement[]}
 */
function welcome(store, wing) {
  const { title, invitation, sample } = WINGS[wing];
  const picker = h("input", { type: "file", multiple: true, hidden: true, "aria-label": "Files" });
  picker.addEventListener("change", () => add(store, [...(picker.files ?? [])]));
  return [
    h("h2", {}, title),
    h("p", {}, invitation),
    h(
      "p",
      { class: "ways" },
      h("button", { type: "button", class: "press", onclick: () => picker.click() }, "Choose files…"),
      h("button", { type: "button", onclick: () => takeSample(store) }, `Try the sample, ${sample}`),
      picker,
    ),
    h("p", { class: "hint" }, "DigitalMicrograph, TIA, MRC, EMD, TIFF, HyperSpy, Zarr and more; files may be dropped anywhere on this page. They stay on the computer that runs Colonnade, and are deleted at the end of the session."),
  ];
}
