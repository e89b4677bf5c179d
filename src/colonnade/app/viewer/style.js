/** How the viewer looks, in light and in dark. The page may set the --colonnade-… colours. */

const CSS = `
:host {
  display: block;
  min-height: 0;
  color-scheme: light dark;
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.viewer {
  --accent: var(--colonnade-accent, light-dark(#0b6bcb, #6cb2ff));
  --paper: var(--colonnade-paper, light-dark(#ffffff, #1b1d21));
  --stage: var(--colonnade-stage, light-dark(#e9ebee, #101114));
  --ink: var(--colonnade-ink, light-dark(#1d2126, #e6e8eb));
  --quiet: var(--colonnade-quiet, light-dark(#59616b, #a3abb5));
  --line: var(--colonnade-line, light-dark(#d5d9de, #363b42));
  display: flex;
  flex-direction: column;
  height: 100%;
  min-height: 160px;
  overflow: hidden;
  background: var(--paper);
  color: var(--ink);
  font: 13px/1.4 var(--colonnade-font, system-ui, sans-serif);
}
.tools {
  display: flex;
  flex-wrap: wrap;
  gap: 2px 10px;
  padding: 4px 6px;
  border-bottom: 1px solid var(--line);
}
.group { display: flex; align-items: center; gap: 2px; }
button, select, input { font: inherit; color: inherit; }
button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-width: 28px;
  height: 28px;
  padding: 0 6px;
  border: 1px solid transparent;
  border-radius: 5px;
  background: none;
  cursor: pointer;
}
button:hover { background: light-dark(#00000010, #ffffff18); }
button[aria-pressed="true"], button[aria-expanded="true"] {
  border-color: var(--accent);
  color: var(--accent);
}
button:disabled { opacity: 0.4; cursor: default; }
button svg { fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.stage:focus-visible { outline-offset: -2px; }
.middle { display: flex; flex: 1; min-height: 0; }
.planes { display: grid; flex: 1; min-width: 0; min-height: 0; gap: 1px; background: var(--line); }
.stage {
  position: relative;
  min-width: 0;
  min-height: 0;
  overflow: hidden;
  background: var(--stage);
  cursor: crosshair;
  touch-action: none;
  user-select: none;
}
.stage canvas { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none; }
.status {
  display: flex;
  gap: 16px;
  padding: 3px 8px;
  border-top: 1px solid var(--line);
  color: var(--quiet);
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
  overflow: hidden;
}
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;

/** @param {ShadowRoot} root */
export function dress(root) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
}
