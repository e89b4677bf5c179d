/** Paths of the drawings on the buttons, 16 × 16. */

export const ICONS = {
  fit: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
  plus: "M3 8h10M8 3v10",
  minus: "M3 8h10",
  histogram: "M2 14h12M4 14v-4M7 14V4M10 14V7M13 14v-2",
  invert: "M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12M8 2v12M10 3v10M12 4.6v6.8",
  layer: "M8 2l6 3.5L8 9 2 5.5zM2 9.5L8 13l6-3.5",
  swipe: "M8 1.5v13M5.5 5.5L3 8l2.5 2.5M10.5 5.5L13 8l-2.5 2.5",
  blink: "M1.5 8C4 3.5 12 3.5 14.5 8C12 12.5 4 12.5 1.5 8M8 6a2 2 0 1 1 0 4a2 2 0 1 1 0-4",
  save: "M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11",
  play: "M5 3l8 5-8 5z",
  back: "M10 3L5 8l5 5",
  on: "M6 3l5 5-5 5",
  close: "M4 4l8 8M12 4l-8 8",
};
