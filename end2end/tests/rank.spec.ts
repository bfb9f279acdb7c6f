// How the palette finds: no browser.
import { expect, test } from "@playwright/test";
import { readFileSync } from "node:fs";

interface Entry {
  name: string;
  detail?: string;
  kind?: string;
  unread?: boolean;
  mentions?: boolean;
}

const source = readFileSync(new URL("../../public/late/palette.js", import.meta.url), "utf8");
const { rank } = (await import(`data:text/javascript,${encodeURIComponent(source)}`)) as {
  rank: (entries: Entry[], query: string, most?: number) => Entry[];
};

const found = (entries: (string | Entry)[], query: string): string[] =>
  rank(
    entries.map((entry) => (typeof entry === "string" ? { name: entry } : entry)),
    query,
  ).map(({ name }) => name);

test("what starts like what was typed stands first, then words, then letters in their order", () => {
  expect(found(["Guard end", "Old garbage den", "Herb garden", "Garden", "Kitchen"], "gard")).toEqual(["Garden", "Herb garden", "Old garbage den", "Guard end"]);
  expect(found(["Random", "Road map design"], "rmd")).toEqual(["Road map design"]);
  expect(found(["Garden"], "x")).toEqual([]);
});

test("case, accents and signs make no difference", () => {
  expect(found(["Great stage", "Étage"], "ETAGE")).toEqual(["Étage", "Great stage"]);
  expect(found(["北京", "東京"], "京")).toEqual(["北京", "東京"]);
  expect(found([{ name: "Adam", detail: "@adam" }, { name: "Ada Lovelace", detail: "@ada" }, { name: "Countess", detail: "@ada2" }], "@ada")).toEqual([
    "Ada Lovelace",
    "Adam",
    "Countess",
  ]);
});

test("a sign before a name says what is meant", () => {
  const entries = [{ name: "Ada's room", kind: "Room" }, { name: "Countess", detail: "@ada", kind: "Person" }, { name: "Ada", kind: "Thread" }];
  expect(found(entries, "@ada")).toEqual(["Countess", "Ada", "Ada's room"]);
  expect(found(entries, "#ada")).toEqual(["Ada's room", "Ada", "Countess"]);
  expect(found(entries, "ada")[0]).toEqual("Ada");
});

test("without a word what is unread stands first, what calls one before it", () => {
  const entries = [{ name: "a" }, { name: "b", unread: true }, { name: "c", unread: true, mentions: true }, { name: "d" }];
  expect(found(entries, "")).toEqual(["c", "b", "a", "d"]);
});

test("of many so many are shown", () => {
  const many = Array.from({ length: 5_000 }, (_, n) => ({ name: `Room ${n}` }));
  expect(rank(many, "room").length).toBe(50);
  expect(rank(many, "4999")[0]?.name).toBe("Room 4999");
});
