// Writes src/colonnade/app/viewer.js, one readable ES module, from src/colonnade/app/viewer/.
// With --check nothing is written: the exit status says whether the committed file is up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const app = join(dirname(fileURLToPath(import.meta.url)), "../src/colonnade/app");
const target = join(app, "viewer.js");

const bundle = await build({
  absWorkingDir: app,
  entryPoints: ["viewer/index.js"],
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  write: false,
  banner: {
    js: [
      "// The Colonnade viewer. Built from viewer/*.js by `npm run build` in frontend/; do not edit.",
      "// SPDX-License-Identifier: GPL-3.0-or-later",
      "// @ts-nocheck: its sources are checked",
    ].join("\n"),
  },
});
const text = bundle.outputFiles[0].text;

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error("viewer.js is not what viewer/*.js build to: run `npm run build` in frontend/");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
