import assert from "node:assert/strict";
import { test } from "node:test";
import { UNKNOWN, describe, places } from "../../../src/colonnade/app/viewer/quantities.js";
import { drawn } from "./draws.mjs";

test("whole numbers are categories, and -1 is none of them", () => {
  const values = Float64Array.of(3, 0, -1, NaN, 3, 7);
  const quantity = describe(values);
  assert.equal(quantity.kind, "categories");
  assert.deepEqual(quantity.categories, [0, 3, 7]);
  assert.deepEqual([...places(values, quantity)], [1, 0, UNKNOWN, UNKNOWN, 1, 2]);
});

test("a quantity on both sides of zero has zero in the middle of its colours", () => {
  const draw = drawn(2);
  const strain = Float64Array.from({ length: 999 }, () => 0.03 * draw() - 0.01);
  const quantity = describe(strain);
  assert.equal(quantity.kind, "signed");
  assert.equal(quantity.range[0], -quantity.range[1]);
  const [zero, most, least] = places(Float64Array.of(0, 9, -9), quantity);
  assert.ok(Math.abs(zero - 127.5) <= 0.5);
  assert.deepEqual([least, most], [0, 255]);
});

test("an intensity that noise takes below zero here and there is not signed", () => {
  const draw = drawn(3);
  const values = Float64Array.from({ length: 500 }, (_, i) => (i < 20 ? -0.5 * draw() : 100 * draw()));
  assert.equal(describe(values).kind, "sequence");
});

test("one outlier does not take the colours of all others", () => {
  const values = Float64Array.from({ length: 1000 }, (_, i) => i / 1000 + 0.1);
  values[500] = 1e9;
  const quantity = describe(values);
  assert.ok(quantity.range[1] < 1.2);
  assert.equal(places(values, quantity)[500], 255);
});

test("columns of one value, of none and infinite ones have colours", () => {
  for (const value of [2.5, NaN, 0.1]) {
    const values = new Float64Array(4).fill(value);
    const expected = Number.isNaN(value) ? UNKNOWN : 0;
    assert.deepEqual([...places(values, describe(values))], [expected, expected, expected, expected]);
  }
  const values = Float64Array.of(0.5, Infinity, -Infinity, 1.5);
  assert.deepEqual([...places(values, describe(values))], [0, 255, 0, 255]);
});
