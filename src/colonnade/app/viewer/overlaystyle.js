/** How what lies over the image looks. */

export const OVERLAY_CSS = `
.cards {
  position: absolute;
  top: 8px;
  right: 8px;
  display: flex;
  flex-direction: column;
  gap: 8px;
  width: 240px;
  max-height: calc(100% - 16px);
  overflow: auto;
  cursor: default;
  user-select: text;
}
.cards:not(:has(.card:not([hidden]))) { display: none; }
.card, .legend {
  padding: 6px 10px 8px;
  border: 1px solid var(--line);
  border-radius: 6px;
  background: color-mix(in srgb, var(--paper) 94%, transparent);
}
.card header { display: flex; align-items: center; justify-content: space-between; }
.card h3 { margin: 0; font-size: 13px; font-weight: 600; }
.card dl {
  display: grid;
  grid-template-columns: auto 1fr;
  gap: 1px 10px;
  margin: 2px 0 6px;
  font-variant-numeric: tabular-nums;
}
.card dt { color: var(--quiet); }
.card dd { margin: 0; text-align: right; }
.card dt:empty + dd { grid-column: 1 / -1; text-align: left; color: var(--quiet); }
.card dt:empty { display: none; }
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
.legends { position: absolute; right: 8px; bottom: 8px; pointer-events: none; }
.legend figcaption { font-size: 12px; }
.legend .bar { width: 150px; height: 8px; margin: 3px 0 2px; border-radius: 2px; }
.legend ul { display: flex; flex-wrap: wrap; gap: 2px 10px; max-width: 190px; margin: 2px 0 0; padding: 0; list-style: none; font-size: 12px; }
.swatch { display: inline-block; width: 10px; height: 10px; margin-right: 4px; border-radius: 50%; }
`;
