import assert from "node:assert/strict";
import { test } from "node:test";
import { percentile } from "../../../src/colonnade/app/viewer/contrast.js";
import { greyLevel, length } from "../../../src/colonnade/app/viewer/format.js";
import { round } from "../../../src/colonnade/app/viewer/scalebar.js";
import { place } from "../../../src/colonnade/app/viewer/status.js";
import { describe } from "../../../src/colonnade/app/viewer/wedge.js";

test("grey levels are written out as long as they are short", () => {
  const written = [0, -7, 65535, 0.5, 1 / 3, 1.2345678e-20, -4e9, 3.1e12, NaN].map(greyLevel);
  assert.deepEqual(written, ["0", "−7", "65535", "0.5", "0.33333", "1.2346e−20", "−4e9", "3.1e12", "no value"]);
});

test("lengths have the unit in which they read well", () => {
  const written = [0.0098, 0.2, 1, 999, 1000, 25000, 3e6].map(length);
  assert.deepEqual(written, ["9.8 pm", "200 pm", "1 nm", "999 nm", "1 µm", "25 µm", "3 mm"]);
});

test("a scale bar is 1, 2 or 5 times a power of ten, and never too long", () => {
  assert.deepEqual([0.0031, 0.1, 1.99, 2, 49, 50, 7e4].map(round), [0.002, 0.1, 1, 2, 20, 50, 5e4]);
});

test("a position is told in pixels and nm, of the axes that are seen", () => {
  const axis = { planes: 1, shape: /** @type {[number, number]} */ ([1024, 1024]), levels: [], pixel_size: null };
  assert.equal(place(axis, "z", 3.14, 2), "x 2.0  y 3.1 px");
  assert.equal(place({ ...axis, pixel_size: [2, 1] }, "y", -0.4, 10), "x 10.0  z −0.4 px  ·  x 10.0  z −0.8 nm");
});

test("percentiles of a histogram", () => {
  const histogram = { first: 0, last: 4, counts: [10, 0, 10, 20] };
  assert.equal(percentile(histogram, 0.125), 0.5);
  assert.equal(percentile(histogram, 0.5), 3);
  assert.equal(percentile(histogram, 1), 4);
});

test("what a tilt series has not seen", () => {
  assert.match(describe([-60, 0, 70]), /3 views from −60° to 70°; 50° are missing/);
});
