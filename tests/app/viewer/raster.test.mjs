import assert from "node:assert/strict";
import { test } from "node:test";
import { line, makeStamps, stamp } from "../../../src/colonnade/app/viewer/raster.js";

const RED = 0xff0000ff;
const blank = (height, width) => ({ pixels: new Uint32Array(height * width), width, height });

/** Centre of mass of the coverage, in pixels from the picture's corner. */
function centre({ pixels, width }) {
  let [mass, y, x] = [0, 0, 0];
  pixels.forEach((word, i) => {
    mass += word >>> 24;
    y += (word >>> 24) * (Math.floor(i / width) + 0.5);
    x += (word >>> 24) * ((i % width) + 0.5);
  });
  return { y: y / mass, x: x / mass, mass: mass / 255 };
}

test("a dot lies where it is, to an eighth of a pixel, and has its size", () => {
  const stamps = makeStamps(Uint32Array.of(RED), 3, 1, 30);
  for (const [y, x] of [[10, 12], [10.5, 12.5], [9.3, 14.8]]) {
    const raster = blank(24, 30);
    stamp(raster, stamps, y, x, 0);
    const found = centre(raster);
    assert.ok(Math.abs(found.y - y) <= 0.15 && Math.abs(found.x - x) <= 0.15, JSON.stringify(found));
    const area = Math.PI * (9 + 0.7 * (16 - 9));
    assert.ok(Math.abs(found.mass - area) < 0.03 * area);
    assert.equal(raster.pixels[Math.floor(y) * 30 + Math.floor(x)], RED);
  }
});

test("a dot at an edge is cut there, and one beyond leaves nothing", () => {
  const colours = Uint32Array.of(RED);
  const [narrow, wide] = [12, 32].map((width) => makeStamps(colours, 3, 1, width));
  for (const [y, x] of [[0, 0], [0, 11.9], [7.9, 0], [7.9, 11.9], [4, -1], [-2.5, 6]]) {
    const [cut, whole] = [blank(8, 12), blank(28, 32)];
    stamp(cut, narrow, y, x, 0);
    stamp(whole, wide, y + 10, x + 10, 0);
    cut.pixels.forEach((word, i) => {
      assert.equal(word, whole.pixels[(Math.floor(i / 12) + 10) * 32 + (i % 12) + 10]);
    });
    assert.ok(cut.pixels.some(Boolean));
  }
  const raster = blank(8, 12);
  for (const [y, x] of [[-9, 4], [4, -9], [40, 4], [4, 40], [NaN, 4]]) stamp(raster, narrow, y, x, 0);
  assert.ok(!raster.pixels.some(Boolean));
});

test("a line goes from its start to its end in any direction", () => {
  for (const [y1, x1] of [[20, 35], [35, 20], [20, 5], [5, 20], [33, 27], [8, 12]]) {
    const raster = blank(40, 40);
    line(raster, 20.5, 20.5, y1 + 0.5, x1 + 0.5, RED);
    const found = centre(raster);
    assert.ok(Math.abs(found.y - (21 + y1) / 2) < 0.3, `${y1} ${x1} ${JSON.stringify(found)}`);
    assert.ok(Math.abs(found.x - (21 + x1) / 2) < 0.3, `${y1} ${x1} ${JSON.stringify(found)}`);
    assert.equal(raster.pixels[20 * 40 + 20], RED);
    assert.ok(raster.pixels[Math.round(y1) * 40 + Math.round(x1)] >>> 24 > 100);
  }
});

test("a line that reaches far beyond the picture takes no longer than its part in it", () => {
  const raster = blank(10, 10);
  line(raster, 5, -1e9, 5, 1e9, RED);
  assert.ok(raster.pixels.slice(40, 60).every((word) => word));
});
