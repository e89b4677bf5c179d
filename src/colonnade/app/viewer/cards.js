/** Cards in a corner of the image: the numbers of the selected column, and profiles. */

import { drawChart } from "./chart.js";
import { button, element } from "./dom.js";
import { numbersOf } from "./numbers.js";
import { boxAround, profileAlong, readPatch } from "./profile.js";

/** @typedef {import("./pointset.js").Position} Position */

/** Half the length of the profiles through a column, in usual distances between columns. */
const HALF_LENGTH = 1.5;

/** The same for a column that is alone [px]. */
const MOST_HALF_LENGTH_PX = 64;

export class Cards {
  #numbers = element("section", { class: "card", "aria-label": "Selected column", hidden: true });
  #profile = element("section", { class: "card", "aria-label": "Profile", hidden: true });
  #reading = new AbortController();

  /**
   * @param {import("./types.js").Host} host
   * @param {{deselect: () => void, forget: () => void}} on  What the buttons that close them do.
   */
  constructor(host, on) {
    this.host = host;
    this.on = on;
    this.element = element("div", { class: "cards" }, this.#numbers, this.#profile);
    for (const type of ["pointerdown", "pointermove", "dblclick", "wheel"]) {
      this.element.addEventListener(type, (event) => event.stopPropagation());
    }
  }

  /**
   * @param {import("./pointset.js").PointSet | null} points
   * @param {number | null} point
   */
  showPoint(points, point) {
    this.#stop();
    this.#numbers.hidden = !points || point === null;
    if (!points || point === null) return;
    const list = element("dl", {});
    for (const [name, value] of numbersOf(points, point)) {
      list.append(element("dt", {}, name), element("dd", {}, value));
    }
    const chart = element("div", {});
    this.#numbers.replaceChildren(
      header(`Column ${point + 1}`, "Let go of the column", this.on.deselect),
      list,
      chart,
    );
    const half = Math.max(1, Math.min(HALF_LENGTH * points.spacing, MOST_HALF_LENGTH_PX));
    const { y, x } = points.position(point);
    this.#read(chart, [
      { name: "along x", from: { y, x: x - half }, to: { y, x: x + half } },
      { name: "along y", from: { y: y - half, x }, to: { y: y + half, x } },
    ]);
  }

  /** @param {{from: Position, to: Position} | null} line */
  showProfile(line) {
    this.#stop();
    this.#profile.hidden = !line;
    if (!line) return;
    const chart = element("div", {});
    this.#profile.replaceChildren(header("Profile", "Close the profile", this.on.forget), chart);
    this.#read(chart, [{ name: "", ...line }]);
  }

  destroy() {
    this.#stop();
    this.element.remove();
  }

  #stop() {
    this.#reading.abort();
    this.#reading = new AbortController();
  }

  /**
   * @param {HTMLElement} place
   * @param {{name: string, from: Position, to: Position}[]} lines
   */
  async #read(place, lines) {
    const source = this.host.source();
    if (!source) return;
    const where = this.host.where();
    const { signal } = this.#reading;
    const size = source.manifest.axes[where.axis].pixel_size;
    try {
      const profiles = lines.map(async ({ name, from, to }) => {
        const patch = await readPatch(source, where, boxAround(from, to), signal);
        return { name, ...profileAlong(patch, from, to, size) };
      });
      const traces = await Promise.all(profiles);
      if (!signal.aborted) place.replaceChildren(drawChart(traces, traces[0].unit));
    } catch (error) {
      if (!signal.aborted) place.replaceChildren("The pixels could not be read.");
    }
  }
}

/**
 * @param {string} title
 * @param {string} name  Of the button that closes it.
 * @param {() => void} close
 */
function header(title, name, close) {
  const cross = button({ name, icon: "M4 4l8 8M12 4l-8 8", press: close });
  return element("header", {}, element("h3", {}, title), cross);
}
