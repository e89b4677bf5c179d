import assert from "node:assert/strict";
import { test } from "node:test";
import { extent, histogram } from "../../../src/colonnade/app/page/chart.js";
import { asTyped } from "../../../src/colonnade/app/page/downloads.js";
import { withoutImage } from "../../../src/colonnade/app/page/store.js";
import { counts, ordered, placesOf, visible } from "../../../src/colonnade/app/page/tables.js";
import { brief, duration, length, size, withoutName, words } from "../../../src/colonnade/app/page/text.js";

/** @param {Record<string, number[]>} columns */
function table(columns) {
  const entries = Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)]);
  return { rows: entries[0][1].length, columns: Object.fromEntries(entries) };
}

const COLUMNS = table({ y_px: [0, 1, 2, 3], x_px: [5, 6, 7, 8], score: [0.9, 0.5, NaN, 0.2] });

test("a candidate counts from the threshold on, the threshold included", () => {
  assert.deepEqual([...visible(COLUMNS, 0.5)], [1, 1, 0, 0]);
  assert.equal(visible(COLUMNS, null), null);
});

test("what was moved by hand counts whatever its score", () => {
  const edits = [{ op: "move", row: 3, y: 3.5, x: 8 }];
  assert.deepEqual([...visible(COLUMNS, 0.5, { edits })], [1, 1, 0, 1]);
});

test("deleted candidates are taken off only where they counted, added ones always count", () => {
  const edits = [
    { op: "delete", row: 0 },
    { op: "delete", row: 3 },
    { op: "add", y: 9, x: 9 },
  ];
  const found = counts(COLUMNS, visible(COLUMNS, 0.5), edits);
  assert.deepEqual(found, { count: 2, added: 1, moved: 0, deleted: 1 });
});

test("of a volume those rows are seen that the plane cuts", () => {
  const volume = table({ z_px: [4, 9, 10.4], y_px: [1, 2, 3], diameter_px: [2, 6, 0.5] });
  assert.deepEqual([...visible(volume, null, { plane: 10 })], [0, 1, 1]);
});

test("rows are ordered by a column, up or down, with what is unknown last", () => {
  const order = (down) => ordered(COLUMNS, null, { column: "score", down }, new Set([1]));
  assert.deepEqual(order(false), [3, 0, 2]);
  assert.deepEqual(order(true), [0, 3, 2]);
});

test("a histogram counts every finite value once, and ends in the last bar", () => {
  const { counts: bars, first, last } = histogram([0, 1, 2, NaN, 10], 5);
  assert.deepEqual([bars, first, last], [[2, 1, 0, 0, 1], 0, 10]);
  assert.deepEqual(extent([NaN]), [0, 1]);
});

test("a constant has a histogram of one bar", () => {
  assert.equal(histogram([3, 3, 3], 4).counts.reduce((sum, n) => sum + n), 3);
});

test("numbers and names read as a person writes them", () => {
  assert.deepEqual([brief(0.016), brief(-0.00027157), brief(0), brief(NaN)], ["0.016", "-2.72e-4", "0", "–"]);
  assert.deepEqual([length(0.016), length(5), length(3200)], ["16 pm", "5 nm", "3.2 µm"]);
  assert.deepEqual([size(0), size(819616), size(5244224)], ["0 bytes", "820 kB", "5.24 MB"]);
  assert.deepEqual([duration(59.6), duration(61), duration(-1)], ["1 min 00 s", "1 min 01 s", "0 s"]);
  assert.deepEqual(["sigma_y_px", "area_nm2", "e_xx", "snr", "pixel_size", "y_px"].map(words), [
    "Sigma y [px]",
    "Area [nm²]",
    "e_xx",
    "SNR",
    "Pixel size",
    "y [px]",
  ]);
});

test("a sentence loses the name of the file and nothing else", () => {
  assert.equal(withoutName("a: b: 12 columns: all good"), "B: 12 columns: all good");
});

test("the sentence of a film says of which frame it is, counted from one", () => {
  assert.equal(withoutName("film.frame0: 103 columns"), "Frame 1: 103 columns");
  assert.equal(withoutName("grain.tif: 103 columns"), "103 columns");
});

test("the command line has the threshold that is set, once", () => {
  const job = { verb: "locate", command: "colonnade locate a.dm4 --threshold 0.4 --refine com" };
  assert.equal(asTyped(job, { threshold: 0.9 }), "colonnade locate a.dm4 --refine com --threshold 0.9");
  assert.equal(asTyped(job, { threshold: null }), job.command);
  assert.equal(asTyped({ verb: "upscale", command: "colonnade upscale a.tif" }, { threshold: 0.9 }), "colonnade upscale a.tif");
});

test("places of the finer image lie where its pixels lie in the measured one", () => {
  const { columns } = placesOf([{ y_px: 1.5, x_px: 5.5, evidence: 3, kind: "added" }], [1 / 4, 1 / 4]);
  assert.deepEqual([columns.y_px[0], columns.x_px[0]], [0, 1]);
  assert.equal(columns.frame, undefined);
  assert.equal(placesOf([], [1, 1]), null);
});

test("a pattern is told from a list of angles", () => {
  const pattern = { signals: [{ kind: "diffraction", shape: [87, 87], image: null }] };
  assert.match(withoutImage(pattern), /diffraction, 87 × 87/);
  assert.match(withoutImage({ signals: [] }), /same name/);
});
