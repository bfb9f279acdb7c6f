// Emoji: the picker, those that were used last, and who reacted. The page loads it when somebody reaches for any of that.

const KEPT = "snug.emoji";
const QUICK = "snug.emoji.quick";
const USUAL = ["👍", "❤️", "😂"];
const TONES = ["", "🏻", "🏼", "🏽", "🏾", "🏿"];
const PERSONS = ["🧑", "👨", "👩"];
const FOUND_MAX = 120;
const REMEMBERED = 24;

const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

// What this browser remembers: a skin tone, and how often which emoji was used.
function kept() {
  try {
    return { tone: 0, used: [], ...JSON.parse(localStorage.getItem(KEPT)) };
  } catch {
    return { tone: 0, used: [] };
  }
}

function keep(what) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(what));
    // What the toolbar of a message offers.
    const most = what.used.map(([emoji]) => emoji).concat(USUAL);
    localStorage.setItem(QUICK, [...new Set(most)].slice(0, USUAL.length).join(" "));
  } catch {
    // A browser that keeps nothing offers the usual ones.
  }
}

function use(emoji) {
  const { tone, used } = kept();
  const before = used.find(([other]) => other === emoji)?.[1] ?? 0;
  // The newest of those used equally often comes first.
  const now = [[emoji, before + 1], ...used.filter(([other]) => other !== emoji)].sort((one, other) => other[1] - one[1]);
  const few = now.length > REMEMBERED ? now.slice(0, REMEMBERED / 2).concat([[emoji, before + 1]]) : now;
  const worn = few[0][1] > 50 ? few.map(([other, count]) => [other, Math.ceil(count / 2)]) : few;
  keep({ tone, used: [...new Map(worn)] });
}

// As `scripts/emoji.mjs` says: 1 behind the first character, 2 behind each person.
function toned([emoji, , , rule], tone) {
  if (!rule || !tone) return emoji;
  const [first, ...rest] = [...emoji];
  if (rest[0] === "\uFE0F") rest.shift();
  return [first, tone, ...rest.flatMap((part) => (rule === 2 && PERSONS.includes(part) ? [part, tone] : [part]))].join("");
}

let styled;

function style(late) {
  styled ??= new Promise((resolve, reject) => {
    document.head.append(make("link", { rel: "stylesheet", href: late["emoji.css"], onload: resolve, onerror: reject }));
  });
  styled.catch(() => (styled = undefined));
  return styled;
}

let loading;

function load(late) {
  const fetched = async () => {
    const answer = await fetch(late["emoji.json"]);
    if (!answer.ok) throw new Error(`the emoji did not come: ${answer.status}`);
    return (await answer.json()).groups;
  };
  loading ??= Promise.all([fetched(), style(late)]).then(([groups]) => groups);
  // The next time it is tried again.
  loading.catch(() => (loading = undefined));
  return loading;
}

// How well an emoji is named by this word: less is better.
function distance([, names, tags], word) {
  const own = names.split(" ");
  if (own.includes(word)) return 0;
  if (own.some((name) => name.startsWith(word))) return 1;
  if (own.some((name) => name.includes(`_${word}`))) return 2;
  if (tags.split(" ").includes(word)) return 3;
  if (tags.split(" ").some((tag) => tag.startsWith(word))) return 4;
  return names.includes(word) ? 5 : Infinity;
}

function find(groups, query) {
  const words = query.toLowerCase().split(/[\s_:]+/).filter(Boolean);
  const rows = groups.flatMap((group) => group.emoji);
  const found = rows.map((row, at) => ({ row, at, far: Math.max(...words.map((word) => distance(row, word))) }));
  const near = found.filter(({ far }) => far < Infinity).sort((one, other) => one.far - other.far || one.at - other.at);
  return near.slice(0, FOUND_MAX).map(({ row }) => row);
}

class Picker {
  constructor(groups) {
    this.groups = groups;
    this.search = make("input", { type: "search", id: "emoji-search", autocomplete: "off", placeholder: "Search" });
    this.search.role = "combobox";
    this.search.ariaLabel = "Search emoji";
    this.search.ariaExpanded = "true";
    this.search.setAttribute("aria-controls", "emoji-list");
    this.search.setAttribute("aria-autocomplete", "list");
    this.list = make("div", { id: "emoji-list", className: "emoji-list" });
    this.list.role = "listbox";
    this.list.ariaLabel = "Emoji";
    this.note = make("p", { className: "emoji-note" });
    this.note.role = "status";
    this.ways = make("div", { className: "emoji-ways" });
    this.ways.role = "group";
    this.ways.ariaLabel = "Groups of emoji";
    this.tone = make("select", {}, ...TONES.map((tone, at) => make("option", { value: at, textContent: `✋${tone}` })));
    this.tone.ariaLabel = "Skin tone";
    const close = make("button", { type: "button", className: "emoji-close", textContent: "×" });
    close.ariaLabel = "Close";
    this.dialog = make(
      "dialog",
      { className: "emoji-picker" },
      make("div", { className: "emoji-head" }, this.search, this.tone, close),
      this.ways,
      this.list,
      this.note,
    );
    this.dialog.ariaLabel = "Choose an emoji";
    document.body.append(this.dialog);

    close.addEventListener("click", () => this.dialog.close());
    this.search.addEventListener("input", () => this.show());
    this.search.addEventListener("keydown", (event) => this.key(event));
    this.tone.addEventListener("change", () => {
      keep({ ...kept(), tone: this.tone.selectedIndex });
      this.show();
    });
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.list.addEventListener("pointerover", (event) => {
      const option = event.target.closest("[role=option]");
      if (option && event.pointerType === "mouse") this.activate(option, false);
    });
    // A press beside it: the backdrop counts to the dialog itself.
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
  }

  open(opener, done) {
    this.done = done;
    this.search.value = "";
    this.tone.selectedIndex = kept().tone;
    this.show();
    this.dialog.showModal();
    // Where the toolbar is not shown, the menu was used.
    this.place((opener.checkVisibility() ? opener : opener.closest(".message") ?? opener).getBoundingClientRect());
    this.list.scrollTop = 0;
    this.search.focus();
  }

  // Above what opened it where there is room, and never beyond the screen. On a phone the style sheet makes it a sheet.
  place(from) {
    const { offsetWidth: width, offsetHeight: height, style } = this.dialog;
    const within = (value, most) => `${Math.max(8, Math.min(value, most - 8))}px`;
    style.setProperty("--left", within(from.right - width, innerWidth - width));
    style.setProperty("--top", within(from.top > height + 16 ? from.top - height - 8 : from.bottom + 8, innerHeight - height));
  }

  show() {
    const query = this.search.value.trim();
    const shown = query ? [{ name: "Found", emoji: find(this.groups, query) }] : this.all();
    this.options = [];
    this.list.replaceChildren(...shown.filter(({ emoji }) => emoji.length > 0).map((group) => this.group(group)));
    this.list.scrollTop = 0;
    this.ways.replaceChildren(...(query ? [] : shown.map((group, at) => this.way(group, at))));
    const none = this.options.length === 0;
    this.note.textContent = none ? `No emoji is called “${query}”. Try another word.` : "";
    this.active = undefined;
    this.search.removeAttribute("aria-activedescendant");
    if (query && !none) this.activate(this.options[0]);
  }

  all() {
    const rows = new Map(this.groups.flatMap(({ emoji }) => emoji.map((row) => [row[0], row])));
    const last = kept().used.map(([emoji]) => rows.get(emoji) ?? [emoji, "", "", 0]);
    return last.length > 0 ? [{ name: "Last used", emoji: last }, ...this.groups] : this.groups;
  }

  group({ name, emoji }) {
    const heading = make("div", { className: "emoji-heading", textContent: name });
    heading.ariaHidden = "true";
    const group = make("div", { className: "emoji-group" }, heading, ...emoji.map((row) => this.option(row)));
    group.role = "group";
    group.ariaLabel = name;
    return group;
  }

  option(row) {
    const emoji = toned(row, TONES[this.tone.selectedIndex]);
    const name = row[1].split(" ")[0];
    const option = make("div", { id: `emoji-${this.options.length}`, textContent: emoji, title: name && `:${name}:` });
    option.role = "option";
    option.ariaLabel = name.replaceAll("_", " ") || emoji;
    option.ariaSelected = "false";
    this.options.push(option);
    return option;
  }

  // The way to a group in the list.
  way({ name, emoji }, at) {
    const way = make("button", { type: "button", textContent: name === "Last used" ? "🕘" : emoji[0][0], title: name });
    way.ariaLabel = name;
    way.addEventListener("click", () => {
      const group = this.list.children[at];
      this.list.scrollTop = group.offsetTop - this.list.offsetTop;
      this.activate(group.querySelector("[role=option]"), false);
      this.search.focus();
    });
    return way;
  }

  activate(option, scroll = true) {
    if (!option) return;
    if (this.active) this.active.ariaSelected = "false";
    this.active = option;
    option.ariaSelected = "true";
    this.search.setAttribute("aria-activedescendant", option.id);
    this.note.textContent = option.title;
    if (scroll) option.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.isComposing) return;
    const at = this.options.indexOf(this.active);
    // As long as one types, these move in what is typed.
    const typing = this.search.value !== "" && (at <= 0 || this.search.selectionStart < this.search.value.length);
    const next = {
      ArrowRight: () => !typing && this.options[at + 1],
      ArrowLeft: () => !typing && this.options[at - 1],
      ArrowDown: () => (at < 0 ? this.options[0] : this.beside(at, 1)),
      ArrowUp: () => this.beside(at, -1),
      Enter: () => this.active,
    }[event.key]?.();
    if (event.key === "Enter") event.preventDefault();
    if (!next) return;
    event.preventDefault();
    if (event.key === "Enter") this.choose(next);
    else this.activate(next);
  }

  // The nearest of the row above or below.
  beside(at, step) {
    if (at < 0) return undefined;
    const from = this.options[at].getBoundingClientRect();
    let best, row, least;
    for (let next = at + step; next in this.options; next += step) {
      const box = this.options[next].getBoundingClientRect();
      if (box.top === from.top) continue;
      row ??= box.top;
      if (box.top !== row) break;
      const far = Math.abs(box.left - from.left);
      if (best === undefined || far < least) [best, least] = [this.options[next], far];
    }
    return best;
  }

  choose(option) {
    if (!option) return;
    this.dialog.close();
    use(option.textContent);
    this.done(option.textContent);
  }
}

let picker;

async function pick(opener, late) {
  let groups;
  try {
    groups = await load(late);
  } catch {
    return say(opener, ["The emoji did not come. Check the connection and try again."]);
  }
  picker ??= new Picker(groups);
  if (picker.dialog.open) return;
  // The row may be made anew while one chooses, the field not.
  const field = document.getElementById(opener.dataset.into ?? "");
  const row = opener.closest(".message");
  picker.open(opener, (emoji) => (field ? insert(field, emoji) : row && react(row, emoji)));
}

function insert(field, emoji) {
  field.setRangeText(emoji, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  field.focus();
}

// The page takes any press on an emoji in a row.
function react(row, emoji) {
  const button = make("button", { type: "button", hidden: true });
  button.dataset.emoji = emoji;
  row.append(button);
  button.click();
  button.remove();
}

// Who reacted: beside the reaction that is pointed at, focused, or held.

const tip = make("div", { id: "emoji-tip", className: "emoji-tip", popover: "manual" });
tip.role = "tooltip";
document.body.append(tip);

let told;

function say(beside, words) {
  hush();
  told = beside;
  tip.replaceChildren(...words);
  tip.showPopover();
  const { left, top, bottom } = beside.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(left, innerWidth - tip.offsetWidth - 8))}px`;
  tip.style.top = `${top > tip.offsetHeight + 8 ? top - tip.offsetHeight - 4 : bottom + 4}px`;
  beside.setAttribute("aria-describedby", tip.id);
}

let waiting;

function hush() {
  clearTimeout(waiting);
  told?.removeAttribute("aria-describedby");
  told = undefined;
  if (tip.matches(":popover-open")) tip.hidePopover();
}

async function who(chip) {
  const [, , room, , seq] = new URL(chip.href).pathname.split("/");
  const body = new URLSearchParams({ room: decodeURIComponent(room), seq, emoji: chip.dataset.emoji });
  const answer = await fetch("/api/fn/who_reacted", { method: "POST", body, headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const { names, more } = await answer.json();
  const words = names.flatMap((name, at) => [
    at === 0 ? "" : at === names.length - 1 && !more ? " and " : ", ",
    make("bdi", { textContent: name }),
  ]);
  if (names.length > 0) return [...words, more ? ` and ${more} more` : "", ` reacted with ${chip.dataset.emoji}`];
}

function tellSoon(chip, pause, late) {
  if (told === chip) return;
  hush();
  waiting = setTimeout(async () => {
    const now = waiting;
    const [words] = await Promise.all([who(chip), style(late)]).catch(() => []);
    if (words && waiting === now && chip.isConnected) say(chip, words);
  }, pause);
}

for (const kind of ["pointercancel", "scroll"]) addEventListener(kind, hush, { capture: true, passive: true });
addEventListener("focusout", hush);
addEventListener("keydown", (event) => event.key === "Escape" && hush());
addEventListener("pointerout", (event) => event.pointerType === "mouse" && event.target.closest?.("[data-emoji]") && hush());
// A finger that was held to see who is not one that reacts.
addEventListener("pointerup", (event) => {
  if (event.pointerType === "mouse") return;
  clearTimeout(waiting);
  if (!told) return;
  const swallow = (click) => {
    click.preventDefault();
    click.stopPropagation();
  };
  addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => removeEventListener("click", swallow, { capture: true }), 100);
  setTimeout(hush, 3000);
});

// What happened on an element of ours.
export default function (event, spot, late) {
  const chip = event.target.closest("[data-emoji]");
  if (event.type === "click") {
    const opener = event.target.closest("button");
    if (!chip) return opener && pick(opener, late);
    hush();
    if (chip.ariaPressed !== "false") use(chip.dataset.emoji);
  } else if (chip?.href) {
    tellSoon(chip, 500, late);
  }
}
