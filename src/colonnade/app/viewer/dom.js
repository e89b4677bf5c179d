/** Short ways to make the elements of the viewer. */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | number>} [attributes]  `false` leaves one out.
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children);
  return made;
}

/**
 * A button with an icon or a short text. What it does and its key are its tooltip.
 *
 * @param {object} what
 * @param {string} what.name  What it does.
 * @param {string} [what.icon]  Paths of an SVG drawing of 16 × 16.
 * @param {string} [what.text]  Shown where there is no icon.
 * @param {string} [what.key]
 * @param {(event: MouseEvent) => void} what.press
 */
export function button({ name, icon, text, key, press }) {
  const made = element("button", {
    type: "button",
    "aria-label": name,
    title: key ? `${name} (${key})` : name,
  });
  made.append(icon ? drawing(icon) : (text ?? name));
  made.addEventListener("click", press);
  return made;
}

/**
 * Marks a button as pressed in or not.
 *
 * @param {HTMLElement} button
 * @param {boolean} pressed
 */
export function setPressed(button, pressed) {
  button.setAttribute("aria-pressed", String(pressed));
}

/** @param {string} paths */
function drawing(paths) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [
    ["viewBox", "0 0 16 16"],
    ["width", "16"],
    ["height", "16"],
    ["aria-hidden", "true"],
  ]) {
    svg.setAttribute(name, value);
  }
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", paths);
  svg.append(path);
  return svg;
}
