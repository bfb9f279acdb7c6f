// Writes public/late/emoji.json from npm's emojibase-data: `npm install --no-save emojibase-data@17.0.0` somewhere, then
// `node scripts/emoji.mjs …/node_modules/emojibase-data`. Run again when there is a new Unicode.
//
// Each emoji is [emoji, names, tags, tones]: names are those of GitHub where it has any, the tags without what the names say already, and
// tones tell where a skin tone goes: 0 nowhere, 1 behind the first character, 2 behind each person.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const source = process.argv[2] ?? "node_modules/emojibase-data";
const read = (name) => JSON.parse(readFileSync(join(source, "en", name), "utf8"));
const [emoji, github, emojibase, messages] = ["data.json", "shortcodes/github.json", "shortcodes/emojibase.json", "messages.json"].map(read);

const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"];
const PERSONS = new Set(["🧑", "👨", "👩"]);
const COMPONENTS = 2;

// As Unicode's list has it: what is colourful by itself is not asked for it.
const qualified = (emoji) => emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, "$1");

const list = (value) => (value === undefined ? [] : [value].flat());

// The emoji with a tone, by the rule of this number. A tone takes the place of the sign that asks for the colourful form.
function toned(emoji, tone, rule) {
  const [first, ...rest] = [...emoji];
  if (rest[0] === "\uFE0F") rest.shift();
  return [first, tone, ...rest.flatMap((part) => (rule === 2 && PERSONS.has(part) ? [part, tone] : [part]))].join("");
}

function rule(entry) {
  const skins = list(entry.skins).filter((skin) => !Array.isArray(skin.tone));
  if (skins.length === 0) return 0;
  const fits = (rule) => skins.every((skin) => qualified(skin.emoji) === toned(qualified(entry.emoji), TONES[skin.tone - 1], rule));
  const found = [1, 2].find(fits);
  if (found === undefined) console.warn(`no rule for the tones of ${entry.emoji}`);
  return found ?? 0;
}

function row(entry) {
  const names = github[entry.hexcode] ? list(github[entry.hexcode]) : list(emojibase[entry.hexcode]);
  const said = new Set(names.flatMap((name) => [name, ...name.split("_")]));
  const tags = [...new Set([...entry.label.toLowerCase().split(/[^\p{L}\p{N}]+/u), ...list(entry.tags)])];
  return [qualified(entry.emoji), names.join(" "), tags.filter((tag) => tag !== "" && !said.has(tag)).join(" "), rule(entry)];
}

const groups = messages.groups
  .filter((group) => group.order !== COMPONENTS)
  .sort((one, other) => one.order - other.order)
  .map((group) => {
    const members = emoji.filter((entry) => entry.group === group.order).sort((one, other) => one.order - other.order);
    return { name: group.message[0].toUpperCase() + group.message.slice(1), emoji: members.map(row) };
  });

const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
const notice = `Made by scripts/emoji.mjs from emojibase-data ${version} (MIT, data under Unicode-3.0): see NOTICE.txt beside it.`;
const lines = groups.map(({ name, emoji }) => `{"name":${JSON.stringify(name)},"emoji":[\n${emoji.map((row) => JSON.stringify(row)).join(",\n")}]}`);
writeFileSync(
  new URL("../public/late/emoji.json", import.meta.url),
  `{"notice":${JSON.stringify(notice)},"groups":[\n${lines.join(",\n")}]}\n`,
);
console.log(groups.map(({ name, emoji }) => `${emoji.length} ${name}`).join(", "));
