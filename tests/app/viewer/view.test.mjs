import assert from "node:assert/strict";
import { test } from "node:test";
import { View } from "../../../src/colonnade/app/viewer/view.js";

/** @param {[number, number]} shape */
function fitted(shape, aspect = 1) {
  const view = new View();
  view.resize(900, 600, 1);
  view.setImage(shape, aspect);
  return view;
}

test("a fitted image touches the stage with its outer edges, not with the centres of its pixels", () => {
  const view = fitted([100, 150]);
  assert.deepEqual(view.toScreen(-0.5, -0.5), [0, 0]);
  assert.deepEqual(view.toScreen(99.5, 149.5), [600, 900]);
});

test("there and back again, with pixels that are not square", () => {
  const view = fitted([80, 210], 1.7);
  view.zoomTo(11.3, 123, 456);
  const [y, x] = view.toImage(...view.toScreen(12.25, 99.5));
  assert.ok(Math.abs(y - 12.25) < 1e-9 && Math.abs(x - 99.5) < 1e-9);
  assert.equal(view.zoomY / view.zoomX, 1.7);
});

test("zooming leaves the position under the pointer where it is", () => {
  const view = fitted([1000, 1000]);
  const before = view.toImage(200, 500);
  view.zoomTo(7, 200, 500);
  const after = view.toImage(200, 500);
  assert.ok(Math.hypot(before[0] - after[0], before[1] - after[1]) < 1e-9);
});

test("the middle of the view never leaves the image", () => {
  const view = fitted([10, 20]);
  view.pan(1e6, -1e6);
  assert.deepEqual(view.centre, [-0.5, 19.5]);
});

test("a fitted image stays fitted when the stage changes its size, another keeps its zoom", () => {
  const view = fitted([100, 100]);
  view.resize(300, 400, 2);
  assert.equal(view.zoom, 3);
  view.zoomTo(5);
  view.resize(900, 900, 2);
  assert.equal(view.zoom, 5);
});

test("zoom has ends, also for an image of one pixel", () => {
  for (const shape of /** @type {[number, number][]} */ ([[1, 1], [1, 5000], [16384, 16384]])) {
    const view = fitted(shape);
    view.zoomTo(1e9);
    assert.ok(view.zoom <= 256);
    view.zoomTo(1e-9);
    assert.ok(view.zoom * Math.max(...shape) >= 15.99);
  }
});
