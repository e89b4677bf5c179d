/** What each wing is called, and what can be done in it. */

/** @typedef {import("./types.js").Wing} Wing */
/** @typedef {import("./types.js").Verb} Verb */
/** @typedef {import("./types.js").Job} Job */

/**
 * @typedef {object} Words
 * @property {string} title
 * @property {string} invitation
 * @property {string} sample
 * @property {string[]} actions  in the order in which they are offered
 */

/** @type {Record<Wing, Words>} */
export const WINGS = {
  atoms: {
    title: "Atom columns",
    invitation:
      "Drop a STEM image in which atom columns are resolved, and get the position of every " +
      "column with its standard error.",
    sample: "a grain boundary in STEM",
    actions: ["locate"],
  },
  sem: {
    title: "Super-resolution",
    invitation:
      "Drop a scanning electron micrograph or a FIB-SEM stack, and get it finer, with a map " +
      "of how far each pixel can be trusted.",
    sample: "a scanning electron micrograph",
    actions: ["upscale", "denoise", "particles", "pores"],
  },
  tomo: {
    title: "Tomograms",
    invitation:
      "Drop a tilt series, together with its file of angles if it has one, and get the volume " +
      "and how well it agrees with the measured views.",
    sample: "a tilt series",
    actions: ["reconstruct", "denoise", "particles", "pores"],
  },
};

/** @type {Wing[]} */
export const ORDER = ["atoms", "sem", "tomo"];

/**
 * Something to press: a command, and the options that make it this and nothing else.
 *
 * @typedef {object} Action
 * @property {string} verb
 * @property {Record<string, string>} fixed
 * @property {string} press  what the button says
 * @property {string} name
 * @property {string[]} front  options that stand in front, in this order; the others are folded
 */

/** @type {Record<string, Action>} */
const ACTIONS = {
  locate: { verb: "locate", fixed: {}, press: "Find columns", name: "Columns", front: ["pixel_size", "model"] },
  upscale: { verb: "upscale", fixed: {}, press: "Upscale", name: "Upscale", front: ["pixel_size", "factor"] },
  reconstruct: {
    verb: "reconstruct",
    fixed: {},
    press: "Reconstruct",
    name: "Reconstruct",
    front: ["pixel_size", "method", "angles", "align"],
  },
  denoise: { verb: "denoise", fixed: {}, press: "Denoise", name: "Denoise", front: ["pixel_size"] },
  particles: {
    verb: "map",
    fixed: { kind: "particles" },
    press: "Measure particles",
    name: "Particles",
    front: ["pixel_size"],
  },
  pores: { verb: "map", fixed: { kind: "pores" }, press: "Measure pores", name: "Pores", front: ["pixel_size"] },
};

/**
 * @param {string} key
 * @returns {Action}
 */
export function action(key) {
  return ACTIONS[key] ?? { verb: key, fixed: {}, press: key, name: key, front: [] };
}

/**
 * The action that a job carries out.
 *
 * @param {Job} job
 * @returns {string}
 */
export function actionOf(job) {
  return job.verb === "map" ? String(job.options.kind) : job.verb;
}

/**
 * The options of an action: those in front, and the others.
 *
 * @param {Action} chosen
 * @param {Verb} verb
 * @returns {[import("./types.js").Option[], import("./types.js").Option[]]}
 */
export function sorted(chosen, verb) {
  const open = verb.options.filter(({ name }) => !(name in chosen.fixed));
  const front = chosen.front.flatMap((name) => open.filter((option) => option.name === name));
  return [front, open.filter((option) => !front.includes(option))];
}
