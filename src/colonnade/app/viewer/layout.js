/** The frame around the image: toolbar, panels, the lines below, and what is said aloud. */

import { button, element } from "./dom.js";
import { ICONS } from "./icons.js";
import { dress } from "./style.js";

export class Layout {
  #tools = element("div", { class: "tools" });
  #panels = element("div", { class: "panels" });
  #problem = element("p", { class: "problem", role: "alert", hidden: true });
  #spoken = element("div", { class: "spoken", role: "status" });
  /** What holds the stages. */
  planes = element("div", { class: "planes" });
  /** What is put into a page; a notebook is asked to keep its own keys out of it. */
  element = element("div", { "data-lm-suppress-shortcuts": "true" });

  /**
   * @param {HTMLElement[]} stages  The main one first.
   * @param {HTMLElement[]} below  What stands under them.
   */
  constructor(stages, below) {
    this.main = stages[0];
    this.root = this.element.attachShadow({ mode: "open" });
    this.element.style.height = "100%";
    dress(this.root);
    this.planes.append(...stages, this.#panels);
    const parts = [this.#tools, this.planes, ...below, this.#problem, this.#spoken];
    this.root.append(element("div", { class: "viewer" }, ...parts));
    this.#panels.addEventListener("keydown", ({ key }) => key === "Escape" && this.closePanels());
  }

  /** @param {string} label */
  toolbarGroup(label) {
    const group = element("div", { class: "group", role: "group", "aria-label": label });
    this.#tools.append(group);
    return group;
  }

  /**
   * A panel that is hidden, with its title and a way to close it.
   *
   * @param {string} title
   */
  panel(title) {
    const close = button({ name: `Close ${title}`, icon: ICONS.close, press: () => this.closePanels() });
    const head = element("div", { class: "head" }, element("h2", {}, title), close);
    const panel = element("section", { class: "panel", "aria-label": title, hidden: true }, head);
    this.#panels.append(panel);
    return panel;
  }

  /**
   * @param {HTMLElement} panel
   * @param {HTMLElement} opener  The button that shows and hides it.
   */
  togglePanel(panel, opener) {
    panel.hidden = !panel.hidden;
    opener.setAttribute("aria-expanded", String(!panel.hidden));
  }

  closePanels() {
    for (const opener of this.#tools.querySelectorAll("[aria-expanded=true]")) {
      opener.setAttribute("aria-expanded", "false");
    }
    for (const panel of this.#panels.children) panel.toggleAttribute("hidden", true);
    this.main.focus();
  }

  /** @param {string} text  For a screen reader. */
  announce(text) {
    this.#spoken.textContent = text;
  }

  /** @param {string | null} text  What is wrong; null: nothing. */
  showProblem(text) {
    this.#problem.textContent = text;
    this.#problem.hidden = text === null;
  }
}
