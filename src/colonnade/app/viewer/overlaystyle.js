/** How what lies over the image looks. */

export const OVERLAY_CSS = `
.numbers {
  display: grid;
  grid-template-columns: auto 1fr;
  gap: 1px 10px;
  margin: 0;
  font-variant-numeric: tabular-nums;
}
.numbers dt { color: var(--quiet); }
.numbers dd { margin: 0; text-align: right; }
.numbers dt:empty + dd { grid-column: 1 / -1; text-align: left; color: var(--quiet); }
.numbers dt:empty { display: none; }
.quiet { color: var(--quiet); margin: 4px 0; }
.chart, .legend { margin: 0; }
.chart svg { display: block; width: 100%; height: auto; border-block: 1px solid var(--line); }
.trace { fill: none; stroke: var(--accent); stroke-width: 1.5; }
.trace-1 { stroke: var(--quiet); stroke-dasharray: 4 2; }
.key::before {
  content: "";
  display: inline-block;
  width: 14px;
  margin-right: 4px;
  border-top: 2px solid var(--accent);
  vertical-align: middle;
}
.key-1::before { border-top: 2px dashed var(--quiet); }
.ends {
  display: flex;
  justify-content: space-between;
  gap: 6px;
  color: var(--quiet);
  font-size: 12px;
  font-variant-numeric: tabular-nums;
}
.legends { position: absolute; left: 14px; bottom: 58px; pointer-events: none; }
.legend {
  width: 180px;
  padding: 6px 8px;
  border-radius: 5px;
  background: #000a;
  color: #fff;
  font-size: 12px;
}
.legend .ends { color: inherit; }
.legend .bar { height: 10px; margin: 3px 0; }
.legend ul { display: flex; flex-wrap: wrap; gap: 0 10px; margin: 2px 0 0; padding: 0; list-style: none; }
.swatch { display: inline-block; width: 10px; height: 10px; margin-right: 4px; border-radius: 50%; }
`;
