// Makes target/site, which the binary has inside, of the browser's part that cargo has compiled, of style/ and of public/:
//   node scripts/site.mjs WASM
// wasm-opt, esbuild and wasm-bindgen are found on the PATH, which the Makefile sets.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const SITE = "target/site";
/** Made here and moved when it is whole: a build that fails leaves the site of the one before. */
const NEXT = "target/site.next";
const PACKAGE = join(NEXT, "pkg");

/** They take nesting, `light-dark()` and `oklch()` as they are written. */
const BROWSERS = "chrome123,firefox128,safari17.5";

/**
 * Functions stand in the order of their names: those that are made of the same generic one are alike, and compress well side by side.
 * The features are those that rustc gives wasm32-unknown-unknown and all of these browsers have.
 */
const WASM_OPT = [
  "-Oz",
  "--converge",
  "--reorder-functions-by-name",
  ...["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"].map((feature) => `--enable-${feature}`),
  "--always-inline-max-function-size=1",
  "--flexible-inline-max-function-size=5",
  "--one-caller-inline-max-function-size=15",
];

/** What gets smaller by it. */
const COMPRESSED = /\.(wasm|js|css|json|svg|txt|webmanifest)$/;

function run(program, ...args) {
  execFileSync(program, args, { stdio: ["ignore", "ignore", "inherit"] });
}

function esbuild(from, to, ...more) {
  run("esbuild", from, "--minify", `--target=${BROWSERS}`, "--log-level=warning", `--outfile=${to}`, ...more);
}

rmSync(NEXT, { recursive: true, force: true });
cpSync("public", NEXT, { recursive: true });
mkdirSync(PACKAGE);

const glue = "target/front/glue";
run("wasm-bindgen", "--target=web", "--no-typescript", "--out-name=snug", `--out-dir=${glue}`, process.argv[2]);
run("wasm-opt", ...WASM_OPT, join(glue, "snug_bg.wasm"), "-o", join(PACKAGE, "snug.wasm"));
esbuild(join(glue, "snug.js"), join(PACKAGE, "snug.js"), "--format=esm");
esbuild("style/main.css", join(PACKAGE, "snug.css"), "--bundle");

for (const name of readdirSync(NEXT, { recursive: true })) {
  if (!COMPRESSED.test(name)) continue;
  const path = join(NEXT, name);
  const data = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(data));
  writeFileSync(`${path}.gz`, gzipSync(data, { level: 9 }));
}

rmSync(SITE, { recursive: true, force: true });
renameSync(NEXT, SITE);
