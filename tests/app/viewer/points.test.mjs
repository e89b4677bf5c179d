import assert from "node:assert/strict";
import { test } from "node:test";
import { add, begin, move, remove } from "../../../src/colonnade/app/viewer/edits.js";
import { buildIndex, nearest, rowsIn, spans, usualSpacing } from "../../../src/colonnade/app/viewer/pick.js";
import { PointSet } from "../../../src/colonnade/app/viewer/pointset.js";
import { decodeTable, wordOf } from "../../../src/colonnade/app/viewer/table.js";
import { chosenBy, regionAt, regionBetween, regionWords } from "../../../src/colonnade/app/viewer/regions.js";
import { drawn } from "./draws.mjs";

const FIELDS = { y: "y_px", x: "x_px", sigmaY: null, sigmaX: null };

/** @param {[number, number][]} positions */
function pointSet(positions) {
  const columns = { y_px: drawnColumn(positions, 0), x_px: drawnColumn(positions, 1) };
  return new PointSet({ rows: positions.length, columns }, FIELDS);
}

function drawnColumn(positions, axis) {
  return Float64Array.from(positions, (position) => position[axis]);
}

test("a box holds the points that a search through all finds, whatever their spread", () => {
  const draw = drawn(1);
  for (const [tall, wide, count] of [[100, 100, 1000], [1, 5000, 700], [0, 0, 50], [300, 0, 200]]) {
    const y = Float64Array.from({ length: count }, () => tall * draw() - 20);
    const x = Float64Array.from({ length: count }, () => wide * draw() + 1e4);
    y[3] = NaN;
    const index = buildIndex(y, x);
    assert.ok(index.starts.length < 4 * count + 10, "cells without end");
    for (let i = 0; i < 30; i++) {
      const [y0, x0] = [tall * draw() - 25, wide * draw() + 1e4 - 5];
      const box = { y0, x0, y1: y0 + tall * draw() + 6, x1: x0 + wide * draw() + 6 };
      const inside = [...y.keys()].filter(
        (row) => y[row] >= box.y0 && y[row] <= box.y1 && x[row] >= box.x0 && x[row] <= box.x1,
      );
      assert.deepEqual(rowsIn(index, box).sort((a, b) => a - b), inside);
    }
  }
});

test("the nearest point is the nearest on screen where pixels are not square", () => {
  const index = buildIndex(Float64Array.of(0, 3), Float64Array.of(4, 0));
  assert.equal(nearest(index, { y: 0, x: 0 }, { y: 10, x: 10 }), 1);
  assert.equal(nearest(index, { y: 0, x: 0 }, { y: 5, x: 10 }), 0);
  assert.equal(nearest(index, { y: 0, x: 0 }, { y: 2, x: 2 }), null);
});

test("a view of part of the image asks for part of the points", () => {
  const side = 100;
  const all = Array.from({ length: side * side }, (_, i) => [Math.floor(i / side), i % side]);
  const index = buildIndex(drawnColumn(all, 0), drawnColumn(all, 1));
  const looked = spans(index, { y0: 10, x0: 10, y1: 20, x1: 20 }).reduce((n, [from, to]) => n + to - from, 0);
  assert.ok(looked >= 121 && looked < 400, `${looked}`);
  assert.ok(Math.abs(usualSpacing(index) - 1) < 1e-9);
});

test("the spacing of a lattice, of a line and of one point", () => {
  const spacing = (y, x) => usualSpacing(buildIndex(Float64Array.from(y), Float64Array.from(x)));
  assert.ok(Math.abs(spacing([0, 0, 7, 7, 14, 14], [3, 10, 3, 10, 3, 10]) - 7) < 1e-9);
  assert.ok(Math.abs(spacing([5, 5, 5], [0, 4, 8]) - 4) < 1e-9);
  for (const [y, x] of [[[5], [2]], [[], []], [[5, 5], [2, 2]]]) assert.ok(spacing(y, x) > 0);
});

test("edits decide where a point is and whether it is there", () => {
  const points = pointSet([[0, 0], [0, 10], [10, 0], [10, 10]]);
  points.visible = Uint8Array.of(1, 1, 1, 0);
  const near = (y, x) => points.nearest({ y, x }, { y: 2, x: 2 });
  assert.equal(near(10, 10), null);
  points.history = add(move(remove(begin(), 4, [0]), 4, 1, { y: 5, x: 5 }), { y: 20, x: 20 });
  assert.deepEqual([near(0, 0), near(0, 10), near(5.5, 5), near(20, 19), near(10, 0)], [null, null, 1, 4, 2]);
  assert.deepEqual(points.position(4), { y: 20, x: 20 });
  assert.equal(points.count(), 3);
  const walked = [];
  for (let point = points.next(null, 1); point !== null; point = points.next(point, 1)) walked.push(point);
  assert.deepEqual(walked, [1, 2, 4]);
  assert.equal(points.next(null, -1), 4);
});

test("a moved column counts though its score is below the threshold", () => {
  const points = pointSet([[0, 0], [5, 5]]);
  points.visible = Uint8Array.of(0, 0);
  points.history = move(begin(), 2, 0, { y: 1, x: 1 });
  assert.equal(points.count(), 1);
  points.visible = null;
  assert.equal(points.count(), 2);
});

test("a film has the points of its frame, and an added one keeps its own", () => {
  const columns = { y_px: Float64Array.of(1, 1, 1), x_px: Float64Array.of(1, 5, 1), frame: Float64Array.of(0, 0, 1) };
  const points = new PointSet({ rows: 3, columns }, FIELDS);
  points.history = move(add(begin(), { y: 9, x: 9, frame: 1 }), 3, 3, { y: 8, x: 8 });
  const near = (y, x) => points.nearest({ y, x }, { y: 2, x: 2 });
  points.frame = 0;
  assert.deepEqual([near(1, 1), near(1, 5), near(8, 8), points.count()], [0, 1, null, 2]);
  points.frame = 1;
  assert.deepEqual([near(1, 1), near(1, 5), near(8, 8), points.count()], [2, null, 3, 2]);
  assert.deepEqual(points.history.present, [{ op: "add", y: 8, x: 8, frame: 1 }]);
  points.frame = null;
  assert.equal(points.count(), 4);
});

test("the mask is looked at, not copied", () => {
  const points = pointSet([[0, 0], [5, 5]]);
  points.visible = Uint8Array.of(1, 1);
  points.visible[1] = 0;
  assert.equal(points.count(), 1);
});

test("regions choose every point once and hold to the image", () => {
  const points = pointSet([[0, 0], [5, 5], [9, 9]]);
  const shape = [10, 10];
  const first = regionBetween({ y: 6, x: 6 }, { y: -30, x: -30 }, shape);
  assert.deepEqual(first, { y0: -0.5, x0: -0.5, y1: 6, x1: 6 });
  const second = regionBetween({ y: 4, x: 4 }, { y: 99, x: 99 }, shape);
  assert.deepEqual([second.y1, second.x1], [9.5, 9.5]);
  assert.deepEqual(chosenBy([first, second], points), [0, 1, 2]);
  assert.equal(regionAt([first, second], { y: 5, x: 5 }), 1);
  assert.equal(regionAt([first, second], { y: 0, x: 9 }), null);
  assert.equal(regionWords(first, 2, "column", [0.01, 0.02]), "2 columns, 0.13 × 0.065 nm");
});

test("a table comes over the wire as views of one buffer", () => {
  const header = new TextEncoder().encode(JSON.stringify({ rows: 3, columns: ["y_px", "score"], words: { score: ["no", "yes"] } }));
  const length = Math.ceil((4 + header.length) / 8) * 8 - 4;
  const buffer = new ArrayBuffer(4 + length + 48);
  new DataView(buffer).setUint32(0, length, true);
  new Uint8Array(buffer, 4, length).fill(32).set(header);
  new Float64Array(buffer, 4 + length).set([1.5, 2.5, NaN, 0.1, 0.2, 0.3]);
  const table = decodeTable(buffer);
  assert.equal(table.rows, 3);
  assert.deepEqual([...table.columns.y_px], [1.5, 2.5, NaN]);
  assert.deepEqual([...table.columns.score], [0.1, 0.2, 0.3]);
  assert.equal(table.columns.score.buffer, buffer);
  assert.deepEqual([wordOf(table, "score", 1), wordOf(table, "y_px", 1)], ["yes", undefined]);
});
