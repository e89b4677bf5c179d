/** What the page knows, and who is told when it changes. */

import { WINGS, action } from "./wings.js";

/** @typedef {import("./types.js").Wing} Wing */
/** @typedef {import("./types.js").File} File */
/** @typedef {import("./types.js").Job} Job */
/** @typedef {import("./types.js").Result} Result */
/** @typedef {import("./types.js").Verb} Verb */

/**
 * @typedef {object} Upload
 * @property {string} name
 * @property {number} share
 * @property {string | null} error
 */

export class Store {
  constructor() {
    /** @type {Verb[]} */
    this.verbs = [];
    /** @type {Map<string, File>} */
    this.files = new Map();
    /** @type {Map<string, Job>} */
    this.jobs = new Map();
    /** @type {Upload[]} */
    this.uploads = [];
    /** @type {Wing} */
    this.wing = "atoms";
    /** The file open in each wing. @type {Record<Wing, string | null>} */
    this.open = { atoms: null, sem: null, tomo: null };
    /** The job looked at in each wing, if it is not the last of its file. @type {Record<Wing, string | null>} */
    this.chosenJob = { atoms: null, sem: null, tomo: null };
    /** What each wing would do. @type {Record<Wing, string>} */
    this.action = { atoms: "locate", sem: "upscale", tomo: "reconstruct" };
    /** The signal looked at in each file. @type {Map<string, number>} */
    this.signal = new Map();
    /** Files that the next press works on together. @type {Set<string>} */
    this.ticked = new Set();
    /** @type {"setup" | "result"} */
    this.panel = "setup";
    /** The frame of a film that is shown. */
    this.plane = 0;
    /** The region drawn on the image. @type {{y0: number, x0: number, y1: number, x1: number} | null} */
    this.region = null;
    /** What became of the last edit. */
    this.edited = "";
    /** @type {(() => void)[]} */
    this.listeners = [];
    this.pending = false;
  }

  /**
   * Change something, and tell everyone once all of it is changed.
   *
   * @param {() => void} change
   */
  change(change) {
    change();
    if (this.pending) return;
    this.pending = true;
    queueMicrotask(() => {
      this.pending = false;
      this.listeners.forEach((listener) => listener());
    });
  }

  /**
   * Call back with what a look at the page gives, whenever that is another one than before.
   *
   * @template Seen
   * @param {() => Seen} look
   * @param {(seen: Seen) => void} show
   */
  watch(look, show) {
    let before = "";
    const check = () => {
      const seen = look();
      const now = JSON.stringify(seen) ?? "";
      if (now === before) return;
      before = now;
      show(seen);
    };
    this.listeners.push(check);
    check();
  }

  /** @returns {File | null} */
  get file() {
    return this.files.get(this.open[this.wing] ?? "") ?? null;
  }

  /** @returns {import("./types.js").Signal | null} */
  get shownSignal() {
    const { file } = this;
    if (!file) return null;
    return file.signals[this.signal.get(file.id) ?? 0] ?? file.signals[0] ?? null;
  }

  /** The actions that the server offers in the wing. @returns {string[]} */
  get offered() {
    return WINGS[this.wing].actions.filter((key) => this.verbOf(key));
  }

  /**
   * The command behind an action, as the wing offers it.
   *
   * @param {string} key
   * @returns {Verb | null}
   */
  verbOf(key) {
    const { verb } = action(key);
    const offers = this.verbs.filter(({ name }) => name === verb);
    return offers.find(({ wing }) => wing === this.wing) ?? offers[0] ?? null;
  }

  /** Jobs of the wing that work on files, the last one first. @returns {Job[]} */
  get work() {
    return [...this.jobs.values()].filter((job) => job.wing === this.wing && !isMap(job)).reverse();
  }

  /** The job whose progress or result is shown. @returns {Job | null} */
  get job() {
    const { file, work } = this;
    if (!file) return null;
    const chosen = work.find(({ id }) => id === this.chosenJob[this.wing]);
    if (chosen?.files.includes(file.id)) return chosen;
    return work.find((job) => job.files.includes(file.id)) ?? null;
  }

  /** The result of the open file. @returns {Result | null} */
  get result() {
    const { job, file } = this;
    return job?.results.find((result) => result.file === file?.id) ?? null;
  }

  /** Maps of the result that is shown, the last one of each kind. @returns {Job[]} */
  get maps() {
    const { job, result } = this;
    if (!job || !result) return [];
    const made = [...this.jobs.values()].filter((other) =>
      other.tables?.some((table) => table.job === job.id && table.index === result.index),
    );
    return [...new Map(made.map((other) => [other.options.kind, other])).values()];
  }

  /** Files that the next press works on: those ticked with the open one, or that alone. @returns {File[]} */
  get chosenFiles() {
    const ticked = [...this.files.values()].filter(
      (file) => this.ticked.has(file.id) && holdsImage(file),
    );
    const { file } = this;
    if (!file || !holdsImage(file)) return [];
    return ticked.length > 1 && ticked.includes(file) ? ticked : [file];
  }

  /**
   * Show a file, and the result of its last job or of a certain one.
   *
   * @param {string | null} file
   * @param {string | null} [job]
   */
  show(file, job = null) {
    this.change(() => {
      this.open[this.wing] = file;
      this.chosenJob[this.wing] = job;
      this.panel = this.job ? "result" : "setup";
    });
  }
}

/**
 * Whether there is something to see in a file, which may also belong to another, as angles do.
 *
 * @param {File} file
 * @returns {boolean}
 */
export function holdsImage(file) {
  return file.state === "ready" && file.signals.some(({ image }) => image !== null);
}

/**
 * Why a file has nothing to show, and what it is good for.
 *
 * @param {File} file
 * @returns {string}
 */
export function withoutImage(file) {
  const [signal] = file.signals;
  return signal
    ? `It holds no image that can be worked on here (${signal.kind}, ${signal.shape.join(" × ")}).`
    : "It holds no image. What belongs to one, such as a list of tilt angles, is used with the image that has the same name; add that, too.";
}

/**
 * Whether a job makes a map of what another job found.
 *
 * @param {Job} job
 * @returns {boolean}
 */
export function isMap(job) {
  return Boolean(job.tables?.length);
}

/**
 * @param {Job} job
 * @returns {boolean}
 */
export function isBusy(job) {
  return job.state === "queued" || job.state === "running";
}
