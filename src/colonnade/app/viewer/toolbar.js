/** The buttons of the tools over an image, and of undo and redo. */

import { button, setPressed } from "./dom.js";

/** @typedef {"look" | "add" | "delete" | "move" | "region" | "profile"} ToolName */

/**
 * @typedef {object} ToolButton
 * @property {ToolName} name
 * @property {string} label
 * @property {string} key
 * @property {string} icon
 * @property {boolean} edits  Whether it changes what a table says.
 */

/** @type {ToolButton[]} */
const TOOLS = [
  { name: "look", label: "Select", key: "v", icon: "M3 2l10 5-4.5 1.5L6.5 13z", edits: false },
  {
    name: "add",
    label: "Add",
    key: "a",
    icon: "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12M8 5v6M5 8h6",
    edits: true,
  },
  {
    name: "delete",
    label: "Delete",
    key: "d",
    icon: "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12M5.5 5.5l5 5M10.5 5.5l-5 5",
    edits: true,
  },
  {
    name: "move",
    label: "Move",
    key: "m",
    icon: "M8 2v12M2 8h12M6 4l2-2 2 2M6 12l2 2 2-2M4 6L2 8l2 2M12 6l2 2-2 2",
    edits: true,
  },
  {
    name: "region",
    label: "Count in a region",
    key: "r",
    icon: "M2.5 6V3.5H5M11 3.5h2.5V6M13.5 10v2.5H11M5 12.5H2.5V10M8 8h0",
    edits: false,
  },
  {
    name: "profile",
    label: "Profile along a line",
    key: "p",
    icon: "M1.5 12h3l2-8 3 8h5",
    edits: false,
  },
];

/** Keys of the tools and what they take up, for the help. */
export const TOOL_KEYS = TOOLS.map(({ key, label }) => /** @type {[string, string]} */ ([key, label]));

export class Toolbar {
  /**
   * @param {HTMLElement} group
   * @param {{take: (name: ToolName) => void, undo: () => void, redo: () => void}} on
   */
  constructor(group, on) {
    this.on = on;
    this.buttons = TOOLS.map((tool) => ({
      ...tool,
      button: button({ name: tool.label, key: tool.key, icon: tool.icon, press: () => on.take(tool.name) }),
    }));
    this.undo = button({
      name: "Undo",
      key: "Ctrl Z",
      icon: "M5 2.5L2 5.5l3 3M2 5.5h7a4 4 0 0 1 0 8H6",
      press: on.undo,
    });
    this.redo = button({
      name: "Redo",
      key: "Ctrl Y",
      icon: "M11 2.5l3 3-3 3M14 5.5H7a4 4 0 0 0 0 8h3",
      press: on.redo,
    });
    group.append(...this.buttons.map(({ button }) => button), this.undo, this.redo);
  }

  /**
   * @param {ToolName} taken  The tool in hand.
   * @param {import("./edits.js").History | null} history  None where nothing can be changed.
   */
  show(taken, history) {
    for (const { name, button, edits } of this.buttons) {
      setPressed(button, name === taken);
      button.hidden = edits && !history;
    }
    this.undo.hidden = this.redo.hidden = !history;
    this.undo.disabled = !history?.past.length;
    this.redo.disabled = !history?.future.length;
  }

  /**
   * @param {ToolName} name
   * @returns {boolean} Whether the tool changes what a table says.
   */
  edits(name) {
    return this.buttons.some((each) => each.name === name && each.edits);
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} Whether it is the key of a tool that can be taken up.
   */
  key({ key }) {
    const tool = this.buttons.find((each) => each.key === key && !each.button.hidden);
    if (tool) this.on.take(tool.name);
    return tool !== undefined;
  }
}
