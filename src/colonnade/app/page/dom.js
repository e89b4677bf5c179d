/** Elements, made in one line each. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {Node | string | null | undefined | false} Child
 * @typedef {Record<string, any>} Properties
 */

/**
 * Make an element. A property `onclick` and its like is a listener, a boolean switches an
 * attribute on or off, and `value` is set as what is in the field.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Properties} [properties]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  equip(element, properties, children);
  return element;
}

/**
 * Make an element of a drawing.
 *
 * @param {string} tag
 * @param {Properties} [properties]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function s(tag, properties = {}, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  equip(element, properties, children);
  return element;
}

/**
 * @param {HTMLElement | SVGElement} element
 * @param {Properties} properties
 * @param {Child[]} children
 */
function equip(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") /** @type {any} */ (element)[name] = value;
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...shown(children));
}

/**
 * Put other children into an element, and keep the focus on what has the same `data-key`.
 *
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  const focused = document.activeElement;
  const key = focused && element.contains(focused) && focused.getAttribute("data-key");
  element.replaceChildren(...shown(children));
  if (!key) return;
  const again = element.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/**
 * @param {Child[]} children
 * @returns {(Node | string)[]}
 */
function shown(children) {
  return /** @type {(Node | string)[]} */ (
    children.filter((child) => child !== null && child !== undefined && child !== false)
  );
}

/**
 * The element with an id that the page is sure to have.
 *
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * A row of which one is chosen: arrow keys choose the next one, as in every list of tabs.
 *
 * @param {HTMLElement} list
 * @param {{key: string, label: string, controls?: string}[]} choices
 * @param {string} chosen
 * @param {(key: string) => void} choose
 */
export function tabs(list, choices, chosen, choose) {
  const keys = choices.map(({ key }) => key);
  /** @param {KeyboardEvent} event */
  const onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(keys[(keys.indexOf(chosen) + step + keys.length) % keys.length]);
  };
  fill(
    list,
    ...choices.map(({ key, label, controls }) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          "data-key": "tab",
          "aria-selected": String(key === chosen),
          "aria-controls": controls,
          tabindex: key === chosen ? 0 : -1,
          onclick: () => choose(key),
          onkeydown,
        },
        label,
      ),
    ),
  );
  list.querySelectorAll("[aria-selected='false']").forEach((tab) => tab.removeAttribute("data-key"));
}
