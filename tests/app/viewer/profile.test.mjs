import assert from "node:assert/strict";
import { test } from "node:test";
import { boxAround, interpolated, profileAlong, readPatch } from "../../../src/colonnade/app/viewer/profile.js";

const [ROWS, COLUMNS, TILE] = [23, 37, 8];
const level = (y, x) => 3 * y - 2 * x + 100;

/** A source whose grey levels rise evenly, in tiles much smaller than it. */
const source = {
  manifest: { axes: { z: { shape: [ROWS, COLUMNS] } }, tile: TILE },
  tile: async (_axis, _plane, _level, row, col) => {
    const shape = [Math.min(TILE, ROWS - row * TILE), Math.min(TILE, COLUMNS - col * TILE)];
    const data = new Uint16Array(shape[0] * shape[1]);
    for (let i = 0; i < data.length; i++) {
      data[i] = level(row * TILE + Math.floor(i / shape[1]), col * TILE + (i % shape[1]));
    }
    return { data, shape };
  },
};
const where = { axis: "z", plane: 0 };
const patch = (from, to) => readPatch(source, where, boxAround(from, to), new AbortController().signal);

test("a patch holds the pixels of all tiles that it touches, and no others", async () => {
  const whole = await patch({ y: -5, x: -5 }, { y: 99, x: 99 });
  assert.deepEqual([whole.height, whole.width], [ROWS, COLUMNS]);
  const part = await patch({ y: 18.5, x: 6.2 }, { y: 5.5, x: 17.1 });
  assert.deepEqual([part.y0, part.x0, part.height, part.width], [5, 6, 15, 13]);
  for (const each of [whole, part]) {
    each.values.forEach((value, i) => {
      assert.equal(value, level(each.y0 + Math.floor(i / each.width), each.x0 + (i % each.width)));
    });
  }
});

test("between pixels the level is interpolated, beyond them there is none", async () => {
  const part = await patch({ y: 0, x: 0 }, { y: ROWS, x: COLUMNS });
  assert.equal(interpolated(part, 7.25, 9.5), level(7.25, 9.5));
  assert.equal(interpolated(part, ROWS - 1, COLUMNS - 1), level(ROWS - 1, COLUMNS - 1));
  assert.ok(Number.isNaN(interpolated(part, ROWS - 0.5, 3)));
  assert.ok(Number.isNaN(interpolated(part, -0.2, 3)));
});

test("a profile knows its distance where pixels are not square", async () => {
  const [from, to] = [{ y: 2, x: 3 }, { y: 5, x: 7 }];
  const part = await patch(from, to);
  const { distance, value, unit } = profileAlong(part, from, to, [0.2, 0.1]);
  assert.equal(unit, "nm");
  assert.ok(Math.abs(distance.at(-1) - Math.hypot(0.6, 0.4)) < 1e-12);
  assert.deepEqual([value[0], value.at(-1)], [level(2, 3), level(5, 7)]);
  const plain = profileAlong(part, from, to, null);
  assert.deepEqual([plain.unit, plain.distance.at(-1)], ["px", 5]);
});

test("a patch outside the image is empty, and its profile is not a number", async () => {
  const [from, to] = [{ y: -9, x: 3 }, { y: -4, x: 3 }];
  const { value } = profileAlong(await patch(from, to), from, to, null);
  assert.ok(value.every(Number.isNaN));
});
