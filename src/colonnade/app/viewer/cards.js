/** Panels beside the image: the numbers of the selected point, and profiles. */

import { drawChart } from "./chart.js";
import { element } from "./dom.js";
import { numbersOf } from "./numbers.js";
import { boxAround, profileAlong, readPatch } from "./profile.js";

/** @typedef {import("./pointset.js").Position} Position */

/** Half the length of the profiles through a point, in usual distances between points, and most. */
const HALF_LENGTH = 1.5;
const MOST_HALF_LENGTH_PX = 64;

export class Cards {
  #numbers = element("dl", { class: "numbers" });
  #through = element("div", {});
  #along = element("div", {});
  #reading = { through: new AbortController(), along: new AbortController() };

  /** @param {import("./types.js").Host} host */
  constructor(host) {
    this.host = host;
    this.selected = host.panel("Selected");
    this.selected.append(this.#numbers, this.#through);
    this.profile = host.panel("Profile");
    this.profile.append(this.#along);
  }

  /**
   * @param {import("./pointset.js").PointSet | null} points
   * @param {number | null} point
   * @param {string} title
   */
  showPoint(points, point, title) {
    this.#reading.through.abort();
    this.selected.hidden = !points || point === null;
    if (!points || point === null) return;
    const rows = numbersOf(points, point);
    /** @type {HTMLElement} */ (this.selected.querySelector("h2")).textContent = title;
    this.#numbers.replaceChildren(
      ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    );
    const half = Math.max(1, Math.min(HALF_LENGTH * points.spacing, MOST_HALF_LENGTH_PX));
    const { y, x } = points.position(point);
    this.#reading.through = this.#read(this.#through, [
      { name: "along x", from: { y, x: x - half }, to: { y, x: x + half } },
      { name: "along y", from: { y: y - half, x }, to: { y: y + half, x } },
    ]);
  }

  /** @param {{from: Position, to: Position} | null} line */
  showProfile(line) {
    this.#reading.along.abort();
    this.profile.hidden = !line;
    if (line) this.#reading.along = this.#read(this.#along, [{ name: "", ...line }]);
  }

  destroy() {
    for (const reading of Object.values(this.#reading)) reading.abort();
  }

  /**
   * Draw profiles when their pixels are here.
   *
   * @param {HTMLElement} place
   * @param {{name: string, from: Position, to: Position}[]} lines
   * @returns {AbortController} Ends it.
   */
  #read(place, lines) {
    const reading = new AbortController();
    this.#traces(lines, reading.signal).then(
      (chart) => reading.signal.aborted || place.replaceChildren(chart),
      () => reading.signal.aborted || place.replaceChildren("The pixels could not be read."),
    );
    return reading;
  }

  /**
   * @param {{name: string, from: Position, to: Position}[]} lines
   * @param {AbortSignal} signal
   */
  async #traces(lines, signal) {
    const source = this.host.source();
    if (!source) return "";
    const where = this.host.where();
    const size = source.manifest.axes[where.axis].pixel_size;
    const profiles = lines.map(async ({ name, from, to }) => {
      const patch = await readPatch(source, where, boxAround(from, to), signal);
      return { name, ...profileAlong(patch, from, to, size) };
    });
    const traces = await Promise.all(profiles);
    return drawChart(traces, traces[0].unit);
  }
}
