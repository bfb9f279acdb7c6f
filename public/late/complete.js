// Completes what one types in the composer: people behind an @, emoji behind a :, rooms behind a #, commands behind a / at the start. The
// page loads it with the first of these characters.

const SHOWN = 8;
const PAUSE_MS = 80;
const COMPOSING_KEY = 229;
// What stands before the caret: a mark at the start of a word, and the part of a name.
const NAME = /(?:^|[\s([{"'*_~|>,;–—-])([@#:])([\p{L}\p{N}_.+-]*)$/u;
// A command is one only as the first word of a text.
const COMMAND = /^(\/)([\w-]*)$/;
const WHOLE_EMOJI = /(?:^|[^\w:]):([\w+-]+):$/;

const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

const list = make("div", { id: "completion", className: "completion", popover: "manual" });
list.role = "listbox";
list.ariaLabel = "Suggestions";
const told = make("p", { className: "visually-hidden" });
told.role = "status";

let field, late, shown, dismissed, turn = 0;

// The names that begin like this come first, then those that have it somewhere.
function best(all, word, names) {
  const near = all.map((one) => {
    const own = names(one).map((name) => name.toLowerCase());
    return [own.some((name) => name.startsWith(word)) ? 0 : own.some((name) => name.includes(word)) ? 1 : 2, one];
  });
  const found = near.filter(([far]) => far < 2).sort(([one], [other]) => one - other);
  return found.slice(0, SHOWN).map(([, one]) => one);
}

let emoji;

function loadEmoji() {
  const load = async () => {
    const answer = await fetch(late["emoji.json"]);
    if (!answer.ok) throw new Error(`the emoji did not come: ${answer.status}`);
    return (await answer.json()).groups.flatMap((group) => group.emoji);
  };
  emoji ??= load();
  // The next time it is tried again.
  emoji.catch(() => (emoji = undefined));
  return emoji;
}

const asked = new Map();

// What the room that one is in has to say to these words. It is kept for a while only: others may come into the room.
async function ask(path, words = {}) {
  const room = decodeURIComponent(location.pathname.split("/")[2]);
  const body = new URLSearchParams({ room, ...words });
  const key = `${path}?${body}`;
  if (!asked.has(key)) {
    const now = turn;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (now !== turn) return [];
    const answer = await fetch(path, { method: "POST", body, headers: { accept: "application/json" } });
    if (!answer.ok) return [];
    asked.set(key, await answer.json());
    setTimeout(() => asked.delete(key), 60_000);
  }
  return asked.get(key);
}

const sources = {
  async "@"(word) {
    const people = await ask("/api/fn/complete_name", { text: word });
    return people.map(({ username, name }) => ({ text: `@${username}`, label: name, more: `@${username}` }));
  },

  async "/"(word) {
    // Another text for a message is never a command.
    if (field.form.querySelector(".composer-editing")) return [];
    const found = best(await ask("/api/fn/complete_command"), word, ({ word }) => [word]);
    return found.map(({ word, name }) => ({ text: `/${word}`, label: `/${word}`, more: name }));
  },

  async "#"(word) {
    const links = [...document.querySelectorAll('.nav-rooms a[href^="/r/"]')];
    const rooms = links.map((link) => ({ slug: link.pathname.split("/")[2], name: link.textContent.trim() }));
    // Conversations have no names of their own to be called by.
    const named = rooms.filter(({ slug }) => /[a-z]/.test(slug) && !/^[\da-f]{8}-/.test(slug));
    return best(named, word, ({ slug, name }) => [slug, name]).map(({ slug, name }) => ({ text: `#${slug}`, label: name, more: `#${slug}` }));
  },

  async ":"(word) {
    if (word.length < 2) return [];
    const found = best(await loadEmoji(), word, ([, names]) => names.split(" "));
    return found.map(([text, names]) => {
      const name = names.split(" ").find((name) => name.includes(word)) ?? names.split(" ")[0];
      return { text, label: text, more: `:${name}:` };
    });
  },
};

// What is being named before the caret. In a block of code nothing is.
function named() {
  const { selectionStart: caret, selectionEnd: end, value } = field;
  const before = value.slice(0, caret);
  const found = caret === end && (before.split("```").length % 2 ? (COMMAND.exec(before) ?? NAME.exec(before)) : null);
  return found ? { mark: found[1], word: found[2].toLowerCase(), start: caret - found[2].length - 1, caret } : undefined;
}

async function update() {
  const now = ++turn;
  const name = document.activeElement === field ? named() : undefined;
  if (name?.start !== dismissed) dismissed = undefined;
  const { value } = field;
  const found = name && dismissed === undefined ? await sources[name.mark](name.word).catch(() => []) : [];
  // It may have been sent meanwhile.
  if (now !== turn || field.value !== value) return;
  if (found.length > 0) show(name, found);
  else hide();
}

function show(name, found) {
  const was = shown?.options[shown.at]?.text;
  const at = Math.max(0, found.findIndex(({ text }) => text === was));
  const options = found.map(({ text, label, more }, n) => {
    const element = make("div", { id: `completion-${n}` }, make("bdi", { textContent: label }), make("span", { textContent: more }));
    element.role = "option";
    return { text, element };
  });
  if (shown?.options.length !== options.length) told.textContent = options.length === 1 ? "1 suggestion" : `${options.length} suggestions`;
  shown = { name, options };
  list.replaceChildren(...options.map(({ element }) => element));
  field.setAttribute("aria-controls", list.id);
  activate(at);
  if (!list.matches(":popover-open")) list.showPopover();
  const { left, top, width } = field.getBoundingClientRect();
  list.style.setProperty("--left", `${left}px`);
  list.style.setProperty("--width", `${width}px`);
  list.style.setProperty("--top", `${Math.max(8, top - list.offsetHeight - 4)}px`);
}

function activate(at) {
  shown.at = at;
  shown.options.forEach(({ element }, n) => (element.ariaSelected = String(n === at)));
  field.setAttribute("aria-activedescendant", shown.options[at].element.id);
  shown.options[at].element.scrollIntoView({ block: "nearest" });
}

function hide() {
  if (!shown) return;
  shown = undefined;
  told.textContent = "";
  list.hidePopover();
  for (const name of ["aria-controls", "aria-activedescendant"]) field.removeAttribute(name);
}

function replace(text, start, end) {
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function choose(option) {
  const { start, caret } = shown.name;
  hide();
  turn += 1;
  replace(/^\s/.test(field.value.slice(caret)) ? option.text : `${option.text} `, start, caret);
  field.focus();
}

// A name of an emoji that was typed to its end.
async function turnEmoji() {
  const { selectionStart: caret, value } = field;
  const before = value.slice(0, caret);
  const name = before.split("```").length % 2 ? WHOLE_EMOJI.exec(before)?.[1] : undefined;
  if (!name) return;
  const known = (await loadEmoji()).find(([, names]) => names.split(" ").includes(name));
  if (known && field.value === value && field.selectionStart === caret) replace(known[0], caret - name.length - 2, caret);
}

function key(event) {
  if (!shown || event.isComposing || event.keyCode === COMPOSING_KEY || event.ctrlKey || event.metaKey || event.altKey) return;
  const { name, options, at } = shown;
  // A command that stands there whole goes out.
  if (event.key === "Enter" && name.mark === "/" && field.value.toLowerCase() === options[at].text) return hide();
  const act = {
    ArrowDown: () => activate((at + 1) % options.length),
    ArrowUp: () => activate((at + options.length - 1) % options.length),
    Enter: () => choose(options[at]),
    Tab: () => choose(options[at]),
    Escape() {
      dismissed = shown.name.start;
      hide();
    },
  }[event.key];
  if (!act || event.shiftKey) return;
  // The composer would send.
  event.preventDefault();
  event.stopImmediatePropagation();
  act();
}

list.addEventListener("pointerdown", (event) => event.preventDefault());
list.addEventListener("mousedown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const option = shown?.options.find(({ element }) => element.contains(event.target));
  if (option) choose(option);
});

const known = new WeakSet();

// One of the characters was typed here.
export default function (composer, files) {
  late = files;
  if (field !== composer) {
    hide();
    field = composer;
    field.setAttribute("aria-autocomplete", "list");
  }
  if (!known.has(composer)) {
    known.add(composer);
    if (!list.isConnected) {
      document.head.append(make("link", { rel: "stylesheet", href: late["complete.css"] }));
      composer.closest("main").append(list, told);
    }
    composer.addEventListener("keydown", key, { capture: true });
    composer.addEventListener("input", (event) => {
      if (event.isComposing) return;
      if (event.data === ":") turnEmoji().catch(() => {});
      update();
    });
    composer.addEventListener("compositionend", update);
    composer.addEventListener("click", update);
    composer.addEventListener("keyup", (event) => /^(Arrow(Left|Right)|Home|End)$/.test(event.key) && update());
    composer.addEventListener("blur", hide);
  }
  update();
}
