/** How each result is looked at: threshold, colour, layers. Of this tab alone, and never computed. */

/**
 * @typedef {"both" | "measured" | "result"} Mode  both lie side by side, with a line to swipe
 *
 * @typedef {object} Look
 * @property {number | null} threshold  null for that of the model
 * @property {string} colourBy  a column of the table, or nothing
 * @property {string} charted  the column whose histogram is drawn
 * @property {{column: string, down: boolean}} order  of the table
 * @property {Mode} mode
 * @property {boolean} overlay  whether the trust or error map lies over the image
 * @property {number} opacity
 * @property {string | null} map  the kind of the map that is shown instead of the columns
 * @property {number | null} row  of the table that was picked
 * @property {import("./types.js").Edit[]} edits
 * @property {number} revision
 * @property {string | null} sentence  what the command says at the threshold, with the edits
 */

/** @type {Map<string, Look>} */
const looks = new Map();

/**
 * @param {import("./types.js").Job} job
 * @param {import("./types.js").Result} result
 * @returns {Look}
 */
export function lookAt(job, result) {
  const key = `${job.id} ${result.index}`;
  let look = looks.get(key);
  if (!look) {
    look = fresh(job, result);
    looks.set(key, look);
  }
  return look;
}

/**
 * @param {import("./types.js").Job} job
 * @param {import("./types.js").Result} result
 * @returns {Look}
 */
function fresh(job, result) {
  const columns = result.table?.columns ?? [];
  return {
    threshold: null,
    colourBy: "",
    charted: telling(columns),
    order: { column: "", down: false },
    mode: job.verb === "reconstruct" ? "result" : "both",
    overlay: false,
    opacity: 0.6,
    map: null,
    row: null,
    edits: [],
    revision: 0,
    sentence: null,
  };
}

/**
 * The column whose histogram says most, until another is chosen.
 *
 * @param {string[]} columns
 * @returns {string}
 */
export function telling(columns) {
  const known = ["diameter_nm", "diameter_px", "intensity"].find((name) => columns.includes(name));
  return known ?? columns.find((name) => !/^([zyx]_|sigma_)/.test(name)) ?? columns[0] ?? "";
}

/**
 * What is asked of the server for a result as it is looked at.
 *
 * @param {Look} look
 * @returns {URLSearchParams}
 */
export function asQuery({ threshold, revision }) {
  const query = new URLSearchParams();
  if (threshold !== null) query.set("threshold", String(threshold));
  if (revision) query.set("revision", String(revision));
  return query;
}
