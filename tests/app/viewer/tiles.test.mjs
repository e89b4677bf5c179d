import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { Tiles } from "../../../src/colonnade/app/viewer/tiles.js";

const at = (/** @type {number} */ col) => ({ axis: "z", plane: 0, level: 0, row: 0, col });
const tile = (/** @type {number} */ bytes) => ({ data: new Uint8Array(bytes), shape: [1, bytes] });

/** A source that answers when it is told to. */
function slow(bytes = 4) {
  /** @type {Map<number, {give: () => void, fail: (error: Error) => void, signal: AbortSignal}>} */
  const asked = new Map();
  const source = {
    manifest: /** @type {any} */ ({}),
    tile: (_axis, _plane, _level, _row, col, signal) =>
      new Promise((give, fail) => {
        asked.set(col, { give: () => give(tile(bytes)), fail, signal });
        signal.addEventListener("abort", () => fail(signal.reason));
      }),
  };
  return { source, asked };
}

test("what is wanted first is asked for first, six at a time", async () => {
  const { source, asked } = slow();
  const tiles = new Tiles(source, () => {}, assert.fail);
  tiles.want([9, 8, 7, 6, 5, 4, 3, 2].map(at));
  assert.deepEqual([...asked.keys()], [9, 8, 7, 6, 5, 4]);
  asked.get(9)?.give();
  await setImmediate();
  assert.ok(tiles.get(at(9)));
  assert.deepEqual([...asked.keys()].slice(6), [3]);
});

test("what is wanted no more is not waited for, and that is no failure", async () => {
  const { source, asked } = slow();
  const tiles = new Tiles(source, () => {}, assert.fail);
  tiles.want([at(1), at(2)]);
  tiles.want([at(2)]);
  assert.ok(asked.get(1)?.signal.aborted);
  assert.ok(!asked.get(2)?.signal.aborted);
  await setImmediate();
});

test("a tile that fails is told of once and not asked for again at once", async () => {
  const { source, asked } = slow();
  /** @type {unknown[]} */
  const told = [];
  const tiles = new Tiles(source, () => {}, (error) => told.push(error));
  tiles.want([at(1)]);
  asked.get(1)?.fail(new Error("The disk is gone"));
  await setImmediate();
  asked.delete(1);
  tiles.want([at(1)]);
  assert.equal(told.length, 1);
  assert.ok(!asked.has(1));
  tiles.destroy();
});

test("the tiles used longest ago are let go when there are too many bytes", async () => {
  const bytes = 60 * 2 ** 20;
  const source = { manifest: /** @type {any} */ ({}), tile: async () => tile(bytes) };
  const tiles = new Tiles(/** @type {any} */ (source), () => {}, assert.fail);
  for (const col of [1, 2, 3]) await tiles.load(at(col));
  tiles.get(at(1));
  await tiles.load(at(4));
  assert.ok(tiles.get(at(1)) && tiles.get(at(3)) && tiles.get(at(4)));
  assert.equal(tiles.get(at(2)), undefined);
});

test("after the end nothing is kept and nobody is called", async () => {
  const { source, asked } = slow();
  const tiles = new Tiles(source, assert.fail, assert.fail);
  tiles.want([at(1)]);
  tiles.destroy();
  asked.get(1)?.give();
  await setImmediate();
  assert.equal(tiles.get(at(1)), undefined);
});
