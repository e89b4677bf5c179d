import assert from "node:assert/strict";
import { test } from "node:test";
import { COLOUR_MAPS, colourMap, gradient } from "../../../src/colonnade/app/viewer/colourmaps.js";

/** CIE lightness of an RGBA word, from 0 to 100. */
function lightness(/** @type {number} */ word) {
  const [r, g, b] = [word & 255, (word >> 8) & 255, (word >> 16) & 255].map((byte) => {
    const c = byte / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 116 * Math.cbrt(0.2126 * r + 0.7152 * g + 0.0722 * b) - 16;
}

test("grey is linear in bytes", () => {
  colourMap("grey").forEach((word, i) => assert.equal(word & 0xffffff, i * 0x010101));
});

test("every map has 256 opaque colours", () => {
  for (const { name } of COLOUR_MAPS) {
    const colours = colourMap(name);
    assert.equal(colours.length, 256);
    assert.ok(colours.every((word) => word >>> 24 === 255));
    assert.match(gradient(name), /^linear-gradient\(to right, rgb/);
  }
});

test("sequential maps grow lighter all the way, at an even pace", () => {
  for (const name of ["blue-yellow", "heat"]) {
    const along = [...colourMap(name)].map(lightness);
    const paces = along.slice(16).map((level, i) => level - along[i]);
    const even = (along[255] - along[0]) * (16 / 255);
    for (const pace of paces) assert.ok(pace > 0.4 * even && pace < 2.2 * even, `${name}: ${pace} of ${even}`);
  }
});

test("the diverging map is lightest in its middle and as dark at both ends", () => {
  const along = [...colourMap("blue-red")].map(lightness);
  assert.ok(Math.max(...along) - Math.max(along[127], along[128]) < 0.5);
  assert.ok(Math.abs(along[0] - along[255]) < 8);
  assert.ok(along[127] - along[0] > 35);
});

test("the cyclic map ends where it begins and keeps its lightness", () => {
  const colours = [...colourMap("cyclic")];
  const along = colours.map(lightness);
  assert.ok(Math.max(...along) - Math.min(...along) < 12);
  for (const shift of [0, 8, 16]) {
    assert.ok(Math.abs(((colours[0] >> shift) & 255) - ((colours[255] >> shift) & 255)) < 6);
  }
});

test("the first twelve categories are told apart", () => {
  const colours = [...colourMap("categories")].slice(0, 12);
  for (const [i, a] of colours.entries()) {
    for (const b of colours.slice(0, i)) {
      const away = [0, 8, 16].map((shift) => ((a >> shift) & 255) - ((b >> shift) & 255));
      assert.ok(Math.hypot(...away) > 35);
    }
  }
});

test("a map that is not there is said not to be", () => {
  assert.throws(() => colourMap("rainbow"), /no colour map "rainbow"/);
});
