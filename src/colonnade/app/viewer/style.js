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
.planes {
  position: relative;
  display: grid;
  flex: 1;
  grid-template: minmax(0, 1fr) / minmax(0, 1fr);
  min-height: 0;
  gap: 1px;
  background: var(--line);
}
.planes.volume { grid-template: repeat(2, minmax(0, 1fr)) / minmax(0, 2fr) minmax(0, 1fr); }
.planes.volume > .stage:first-child { grid-row: span 2; }
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
.last { margin-left: auto; }
select, input[type="number"] {
  height: 26px;
  min-width: 0;
  padding: 0 4px;
  border: 1px solid var(--line);
  border-radius: 5px;
  background: var(--paper);
}
input[type="range"] { min-width: 0; accent-color: var(--accent); }
.panels {
  position: absolute;
  z-index: 2;
  top: 8px;
  right: 8px;
  display: flex;
  flex-direction: column;
  gap: 8px;
  max-height: calc(100% - 16px);
  overflow-y: auto;
  pointer-events: none;
}
.panel {
  display: flex;
  flex-direction: column;
  gap: 8px;
  width: 280px;
  padding: 8px 12px 12px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--paper);
  box-shadow: 0 2px 12px #0003;
  pointer-events: auto;
}
.head { display: flex; align-items: center; justify-content: space-between; }
h2 { margin: 0; font-size: 13px; font-weight: 600; }
.row { display: flex; align-items: center; gap: 8px; }
.row > input[type="range"], .row > select { flex: 1; }
.row > output { min-width: 2.5em; text-align: right; font-variant-numeric: tabular-nums; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px; }
.field { display: flex; flex-direction: column; gap: 2px; color: var(--quiet); }
.field > input { color: var(--ink); }
.presets button { flex: 1; border-color: var(--line); }
.handles { position: relative; height: 88px; }
.handles canvas { width: 100%; height: 72px; border-bottom: 1px solid var(--line); color: var(--quiet); }
.handles input, .divider {
  position: absolute;
  margin: 0;
  background: none;
  appearance: none;
  pointer-events: none;
}
.handles input { inset: 64px -7px auto -7px; width: calc(100% + 14px); height: 16px; }
.handles input::-webkit-slider-thumb {
  width: 14px; height: 14px; border: 2px solid var(--paper); border-radius: 50%;
  background: var(--accent); appearance: none; cursor: ew-resize; pointer-events: auto;
}
.handles input::-moz-range-thumb {
  width: 10px; height: 10px; border: 2px solid var(--paper); border-radius: 50%;
  background: var(--accent); cursor: ew-resize; pointer-events: auto;
}
.divider { inset: 0 -10px; z-index: 1; width: calc(100% + 20px); height: 100%; }
.divider::-webkit-slider-runnable-track { height: 100%; }
.divider::-webkit-slider-thumb {
  width: 20px; height: 100%; appearance: none; cursor: ew-resize; pointer-events: auto;
  background: linear-gradient(to right, #0000 8px, #0009 8px 9px, #fff 9px 11px, #0009 11px 12px, #0000 12px);
}
.divider::-moz-range-thumb {
  width: 20px; height: 100%; border: 0; border-radius: 0; cursor: ew-resize; pointer-events: auto;
  background: linear-gradient(to right, #0000 8px, #0009 8px 9px, #fff 9px 11px, #0009 11px 12px, #0000 12px);
}
.badge {
  position: absolute;
  top: 10px;
  padding: 1px 8px;
  border-radius: 5px;
  background: #0009;
  color: #fff;
  font-size: 12px;
  pointer-events: none;
}
.badge.left { left: 10px; }
.badge.right { right: 10px; }
.slice {
  position: absolute;
  inset: auto 10px 14px calc(33.4% + 40px); /* beside the widest scale bar */
  display: flex;
  align-items: center;
  gap: 6px;
  padding: 1px 8px;
  border-radius: 5px;
  background: #0009;
  color: #fff;
  font-size: 12px;
  font-variant-numeric: tabular-nums;
  white-space: nowrap;
}
.slice input { flex: 1; }
.colourbar {
  position: absolute;
  right: 14px;
  bottom: 14px;
  display: flex;
  flex-direction: column;
  gap: 3px;
  width: 180px;
  padding: 6px 8px;
  border-radius: 5px;
  background: #000a;
  color: #fff;
  font-size: 12px;
  pointer-events: none;
}
.colourbar .band { height: 10px; }
.colourbar .ends { display: flex; justify-content: space-between; color: #fff; font-variant-numeric: tabular-nums; }
.wedge {
  position: absolute;
  top: 8px;
  right: 8px;
  border-radius: 5px;
  background: #0009;
  pointer-events: none;
}
.wedge .unseen { fill: #fff2; stroke: #fff8; stroke-width: 0.6; }
.wedge .seen { fill: none; stroke: #ffb000; stroke-width: 0.8; }
.wedge text { fill: #fff; font-size: 9px; }
.film {
  display: flex;
  align-items: center;
  gap: 4px;
  padding: 2px 6px;
  border-top: 1px solid var(--line);
}
.film input { flex: 1; }
.film output { min-width: 11em; padding-left: 6px; font-variant-numeric: tabular-nums; }
.problem { margin: 0; padding: 6px 10px; border-top: 1px solid var(--line); color: light-dark(#b3261e, #ff8a80); }
.help {
  max-height: 90vh;
  padding: 12px 16px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--paper);
  color: var(--ink);
}
.help::backdrop { background: #0006; }
.help table { border-spacing: 0 4px; }
.help th { padding-right: 20px; text-align: left; font-weight: normal; }
kbd { font: 12px ui-monospace, monospace; }
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
.space { flex: 1; }
.value { color: var(--ink); }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
`;

/** @param {ShadowRoot} root */
export function dress(root) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  root.adoptedStyleSheets = [sheet];
}
