// How long the palette takes to find among very many entries: `node bench/palette.mjs`. The median and the slowest of many queries, one
// letter after the other, as one types.
import { readFileSync } from "node:fs";

const ENTRIES = 5_000;
const ROUNDS = 50;
const QUERIES = ["garden 4", "gdn", "ada lovelace", "zzzz", "r 12"];

const source = readFileSync(new URL("../public/late/palette.js", import.meta.url), "utf8");
const { rank } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
const words = ["Garden", "Kitchen", "Ada Lovelace", "Release planning", "Weekly notes", "Büro Köln"];
const entries = Array.from({ length: ENTRIES }, (_, n) => ({ name: `${words[n % words.length]} ${n}`, detail: `room-${n}`, unread: n % 9 === 0 }));

const times = [];
for (let round = 0; round < ROUNDS; round += 1) {
  for (const query of QUERIES) {
    for (let length = 0; length <= query.length; length += 1) {
      const began = performance.now();
      rank(entries, query.slice(0, length));
      times.push(performance.now() - began);
    }
  }
}
times.sort((a, b) => a - b);
const at = (part) => times[Math.floor((times.length - 1) * part)].toFixed(2);
console.log(`${ENTRIES} entries: median ${at(0.5)} ms, 99 % ${at(0.99)} ms, slowest ${at(1)} ms of ${times.length} queries`);
