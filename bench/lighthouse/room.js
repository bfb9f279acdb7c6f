/**
 * Lighthouse for the page of a public room with 50 messages in it: as a guest with a middling phone on a slow 4G line loads it (Lighthouse's
 * own simulation), the median of some runs.
 *
 *     node room.js BINARY CHROMIUM RUNS
 */

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const MESSAGES = 50;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const TIMES = ["largest-contentful-paint", "first-contentful-paint", "total-blocking-time", "cumulative-layout-shift"];
const LINES = [
  "Morning! The new oven is in. First test bake is today at four.",
  "The plain wheat one, so that we can compare:\n\n- 70 % water\n- 20 % starter\n- 2 % salt",
  "I can bring the *old* thermometer, the one that we **trust**.",
  "> Which bread?\n\nAnything that is warm when I come by.",
  "The notes of last week are [on the wiki](https://example.org/bread), and `starter.csv` has the numbers.",
];

const [binary, chromium, runs] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "snug-lighthouse-"));
const server = spawn(binary, ["serve", "--addr", "127.0.0.1:0", "--data-dir", folder], {
  env: { SNUG_LOG: "warn" },
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const url = await ready(server);
  await fillRoom(url);
  print(await measure(`${url}/r/lobby`));
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Where the server listens, as soon as it says so. */
async function ready({ stdout }) {
  for await (const line of createInterface({ input: stdout })) {
    const url = /http:\/\/[\d.:]+/.exec(line);
    if (url) return url[0];
  }
  throw new Error("The server ended before it was ready.");
}

async function fillRoom(url) {
  const member = await submit(url, "register", { username: "ada", display_name: "Ada Lindqvist", password: "seven small boats" });
  const cookie = member.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");
  for (let number = 0; number < MESSAGES; number++) {
    const client_id = `0190a5e0-7c1e-7d3a-9f10-${number.toString(16).padStart(12, "0")}`;
    await submit(url, "send_message", { room: "lobby", client_id, body: LINES[number % LINES.length] }, cookie);
  }
}

/** Sends a form as a browser without scripts does. */
async function submit(url, name, fields, cookie = "") {
  const headers = { accept: "text/html", "sec-fetch-site": "same-origin", cookie };
  const answer = await fetch(`${url}/api/fn/${name}`, { method: "POST", headers, body: new URLSearchParams(fields), redirect: "manual" });
  if (answer.status >= 400 || answer.headers.get("location")?.includes("error")) {
    throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
  }
  return answer;
}

/** The results of all runs, each with a browser of its own. */
async function measure(page) {
  // Chromium refuses to start its sandbox as root.
  const chromeFlags = ["--headless=new", ...(process.getuid() === 0 ? ["--no-sandbox"] : [])];
  const results = [];
  for (let run = 0; run < Number(runs); run++) {
    const chrome = await launch({ chromePath: chromium, chromeFlags });
    try {
      // Without more words: a phone, and a slow 4G line that is simulated.
      const { lhr } = await lighthouse(page, { port: chrome.port, logLevel: "error", onlyCategories: CATEGORIES });
      if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
      results.push(lhr);
    } finally {
      chrome.kill();
    }
  }
  return results;
}

function print(results) {
  const row = (name, values, shown) => {
    const [low, median, high] = spread(values);
    console.log(`${name.padEnd(26)} ${shown(median).padStart(8)}   ${shown(low)} to ${shown(high)}`);
  };
  const score = (category) => results.map((result) => result.categories[category].score * 100);
  const time = (audit) => results.map((result) => result.audits[audit].numericValue);
  for (const category of CATEGORIES) row(category, score(category), (value) => value.toFixed(0));
  for (const audit of TIMES) row(audit, time(audit), (value) => (audit.endsWith("shift") ? value.toFixed(3) : `${value.toFixed(0)} ms`));
  const lost = results.flatMap((result) => CATEGORIES.flatMap((category) => failing(result, category)));
  for (const line of new Set(lost)) console.log(line);
}

function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
}

/** What costs a category points. The times do so by degrees and have their own rows. */
function failing({ categories, audits }, category) {
  const lost = categories[category].auditRefs.filter(({ id, weight }) => weight > 0 && !TIMES.includes(id) && (audits[id].score ?? 1) < 1);
  return lost.map(({ id }) => `${category}: ${audits[id].title}`);
}
