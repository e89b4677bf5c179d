import assert from "node:assert/strict";
import { test } from "node:test";
import { colourMap } from "../../../src/colonnade/app/viewer/colourmaps.js";
import {
  drawPart,
  drawSmoothPart,
  limits,
  lookups,
  mixture,
  Palette,
  rgba,
  run,
} from "../../../src/colonnade/app/viewer/render.js";

const PLAIN = { low: 0, high: 255, gamma: 1, invert: false };

/** @param {number} word */
const red = (word) => word & 255;

test("8-bit grey levels are drawn as they are", () => {
  const palette = new Palette(PLAIN, colourMap("grey"));
  for (let level = 0; level < 256; level++) assert.equal(palette.colour(level), rgba(level, level, level));
});

test("levels beyond the limits are black and white, and NaN has no colour of its own", () => {
  const palette = new Palette({ ...PLAIN, low: -5, high: 5 }, colourMap("grey"));
  assert.equal(red(palette.colour(-1e300)), 0);
  assert.equal(red(palette.colour(1e300)), 255);
  assert.equal(red(palette.colour(-Infinity)), 0);
});

test("listed colours of integers are those that each level has", () => {
  for (const Type of [Uint8Array, Int8Array, Uint16Array, Int16Array]) {
    const palette = new Palette({ ...PLAIN, low: -90, high: 100 }, colourMap("heat"));
    const data = Type.from([-128, -1, 0, 5, 120]);
    const listed = palette.listed(data);
    assert.ok(listed);
    for (const level of data) assert.equal(listed.words[level - listed.first], palette.colour(level));
  }
});

test("limits are apart even for tiny, huge and constant levels", () => {
  for (const [low, high] of [[0, 0], [7, 7], [5, 3], [1e-20, 1e-20], [1e300, 1e300], [-4e-21, 1e-20]]) {
    const [from, to] = limits({ ...PLAIN, low, high });
    assert.ok(to > from);
    assert.ok(Number.isFinite(new Palette({ ...PLAIN, low, high }, colourMap("grey")).scale));
  }
});

test("a column of the screen takes the pixel under its middle, none outside", () => {
  assert.deepEqual([...lookups(6, -1, 0.5, 2, 1)], [-1, -1, 0, 0, 1, 1]);
  assert.deepEqual([...lookups(4, 0, 2, 7, 2)], [0, 1, 2, -1]); // the middle of the last is at 7
  assert.deepEqual(run(Int32Array.of(-1, 0, 0, 1, 2, -1), 0, 6, 1, 3), [3, 5]);
});

test("a part is drawn from its tile and nothing else is touched", () => {
  const words = new Uint32Array(12).fill(9);
  drawPart({
    words,
    width: 4,
    rows: [1, 3],
    columns: [1, 3],
    rowOf: Int32Array.of(-1, 512, 512),
    columnOf: Int32Array.of(-1, 1024, 1025, -1),
    tile: { data: Uint8Array.of(10, 20, 30, 40), shape: [2, 2] },
    corner: [512, 1024],
    palette: new Palette(PLAIN, colourMap("grey")),
    hatch: true,
  });
  const [ten, twenty] = [rgba(10, 10, 10), rgba(20, 20, 20)];
  assert.deepEqual([...words], [9, 9, 9, 9, 9, ten, twenty, 9, 9, ten, twenty, 9]);
});

test("pixels without a value are left as they are unless they are to be hatched", () => {
  const palette = new Palette({ ...PLAIN, high: 1 }, colourMap("grey"));
  const part = {
    width: 2,
    rows: /** @type {[number, number]} */ ([0, 1]),
    columns: /** @type {[number, number]} */ ([0, 2]),
    rowOf: Int32Array.of(0),
    columnOf: Int32Array.of(0, 1),
    tile: { data: Float32Array.of(NaN, 1), shape: /** @type {[number, number]} */ ([1, 2]) },
    corner: /** @type {[number, number]} */ ([0, 0]),
    palette,
  };
  const bare = new Uint32Array(2);
  drawPart({ ...part, words: bare, hatch: false });
  assert.deepEqual([...bare], [0, rgba(255, 255, 255)]);
  const hatched = new Uint32Array(2);
  drawPart({ ...part, words: hatched, hatch: true });
  assert.notEqual(hatched[0], 0);
});

test("a mixture of a ramp is the ramp", () => {
  const columns = /** @type {[number, number]} */ ([0, 10]);
  const rows = /** @type {[number, number]} */ ([0, 1]);
  const words = new Uint32Array(10);
  const right = mixture(columns, (i) => 0.5 + 1.3 * i, 0, 16);
  const down = mixture(rows, () => 0, 0, 1);
  const data = Float64Array.from({ length: 16 }, (_, i) => 10 * i);
  const palette = new Palette(PLAIN, colourMap("grey"));
  drawSmoothPart({ words, width: 10, rows, columns, down, right, tile: { data, shape: [1, 16] }, palette, hatch: true });
  words.forEach((word, i) => assert.ok(Math.abs(red(word) - 10 * (0.5 + 1.3 * i)) <= 1));
});
