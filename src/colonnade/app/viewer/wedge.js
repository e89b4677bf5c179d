/** Which part of Fourier space the views of a tilt series have seen. */

const SIZE = 92; // CSS pixels
const SVG = "http://www.w3.org/2000/svg";

/** What is drawn of the directions that were seen, as text and drawing. */
export class Wedge {
  constructor() {
    this.element = document.createElementNS(SVG, "svg");
    for (const [name, value] of Object.entries({ class: "wedge", role: "img", viewBox: "-50 -50 100 100" })) {
      this.element.setAttribute(name, value);
    }
    for (const side of ["width", "height"]) this.element.setAttribute(side, String(SIZE));
    this.show(null);
  }

  /** @param {number[] | null | undefined} tilts  Degrees. */
  show(tilts) {
    this.element.replaceChildren();
    this.element.toggleAttribute("hidden", !tilts?.length);
    if (!tilts?.length) return;
    this.element.setAttribute("aria-label", describe(tilts));
    this.element.append(
      part("title", {}, describe(tilts)),
      part("circle", { class: "unseen", r: "42" }),
      ...tilts.map((tilt) => part("path", { class: "seen", d: spoke(tilt) })),
      part("text", { x: "45", y: "-3", "text-anchor": "end" }, "kx"),
      part("text", { x: "3", y: "-40" }, "kz"),
    );
  }
}

/**
 * The range of tilts in words.
 *
 * @param {number[]} tilts
 */
export function describe(tilts) {
  const [least, most] = [Math.min(...tilts), Math.max(...tilts)];
  const missing = Math.max(180 - (most - least), 0);
  const range = `${degrees(least)} to ${degrees(most)}`;
  return `Fourier space: ${tilts.length} views from ${range}; ${degrees(missing)} are missing`;
}

/** @param {number} angle */
function degrees(angle) {
  return `${Number(angle.toFixed(1))}°`.replace("-", "−");
}

/**
 * The line of Fourier space that a view has seen, at its tilt from kx.
 *
 * @param {number} tilt  Degrees.
 */
function spoke(tilt) {
  const x = 42 * Math.cos((tilt * Math.PI) / 180);
  const y = -42 * Math.sin((tilt * Math.PI) / 180);
  return `M${-x} ${-y}L${x} ${y}`;
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {string} [text]
 */
function part(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text) made.append(text);
  return made;
}
