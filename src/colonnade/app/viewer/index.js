/** What the bundle offers: `mount` for a page, the default export for a notebook. */

export { COLOUR_MAPS, colourMap } from "./colourmaps.js";
export { mount } from "./main.js";
export { restSource } from "./source.js";
export { decodeTable } from "./table.js";
export { default } from "./widget.js";
