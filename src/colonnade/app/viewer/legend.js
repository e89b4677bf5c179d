/** The colour bar of points, or the swatches of their categories. */

import { cssColour } from "./colourmaps.js";
import { element } from "./dom.js";
import { greyLevel } from "./format.js";
import { UNKNOWN } from "./quantities.js";
import { wordOf } from "./table.js";

/** Digits of what the ends of a colour bar stand for. */
const END_DIGITS = 3;

/** More swatches than this would hide the image. */
const MOST_SWATCHES = 12;

/**
 * @param {import("./look.js").Legend} legend
 * @param {import("./table.js").Table} table
 * @returns {HTMLElement}
 */
export function drawLegend(legend, table) {
  const { title, quantity } = legend;
  const body = quantity.kind === "categories" ? swatches(legend, table) : bar(legend);
  return element("figure", { class: "legend" }, element("figcaption", {}, title), ...body);
}

/** @param {import("./look.js").Legend} legend */
function bar({ palette, quantity: { range } }) {
  const colours = element("div", { class: "bar" });
  const stops = [...palette.subarray(0, UNKNOWN)].map(cssColour);
  colours.style.backgroundImage = `linear-gradient(to right, ${stops.join(", ")})`;
  const ends = element("div", { class: "ends" });
  ends.append(...range.map((value) => element("span", {}, greyLevel(Number(value.toPrecision(END_DIGITS))))));
  return [colours, ends];
}

/**
 * @param {import("./look.js").Legend} legend
 * @param {import("./table.js").Table} table
 */
function swatches({ title, palette, quantity: { categories } }, table) {
  const list = element("ul", {});
  for (const [place, category] of categories.slice(0, MOST_SWATCHES).entries()) {
    const swatch = element("span", { class: "swatch" });
    swatch.style.backgroundColor = cssColour(palette[place]);
    list.append(element("li", {}, swatch, wordOf(table, title, category) ?? greyLevel(category)));
  }
  const more = categories.length - MOST_SWATCHES;
  if (more > 0) list.append(element("li", {}, `and ${more} more`));
  return [list];
}
