// Going anywhere by a few letters: rooms, people, threads, actions. It comes when it is opened for the first time.

const SHOWN_MAX = 50;
const FRESH_MS = 30_000;

// What a name is found by: case and accents make no difference.
export const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

// Whether this is none of a word: of ASCII, anything but letters and digits. It is asked very often, so no pattern.
const isGap = (code) => code < 48 || (code > 57 && code < 97) || (code > 122 && code < 128);
const startsWord = (key, at) => at === 0 || isGap(key.charCodeAt(at - 1));
// A whole word is more than the start of one.
const whole = (key, end) => (end >= key.length || isGap(key.charCodeAt(end)) ? 20 : 0);

// How well what was typed fits, -1 where it does not: best at the start, then at the start of a word, then anywhere, then with its letters in
// their order.
export function fit(key, query) {
  const at = key.indexOf(query);
  if (at === 0) return 1000 + whole(key, query.length) - key.length / 100;
  if (at > 0) {
    for (let word = at; word > 0; word = key.indexOf(query, word + 1)) {
      if (startsWord(key, word)) return 800 + whole(key, word + query.length) - word / 10 - key.length / 100;
    }
    return 600 - at / 10 - key.length / 100;
  }
  let points = 400;
  for (let last = -1, n = 0; n < query.length; n += 1) {
    if (query[n] === " ") continue;
    const next = key.indexOf(query[n], last + 1);
    if (next < 0) return -1;
    if (n > 0) points -= next - last - 1;
    if (startsWord(key, next)) points += 5;
    last = next;
  }
  return Math.max(points, 1);
}

// What is meant by the sign before a name.
const MEANT = { "@": "Person", "#": "Room" };

// The entries that fit, the best first, and before them those of the kind that is meant. Without a query those with something unread, then the
// others as they are.
export function rank(entries, query, most = SHOWN_MAX) {
  const typed = query.trim();
  const meant = MEANT[typed[0]];
  const wanted = plain(typed).replace(/^[@#]/, "");
  const urgency = ({ mentions, unread }) => (mentions ? 2 : unread ? 1 : 0);
  const found = [];
  for (const entry of entries) {
    entry.key ??= plain(entry.name);
    entry.also ??= plain(entry.detail ?? "");
    const points = wanted ? Math.max(fit(entry.key, wanted), entry.also ? fit(entry.also, wanted) - 50 : -1) : 0;
    if (points < 0) continue;
    found.push({ entry, points: points + 10 * urgency(entry) + (entry.kind === meant ? 2000 : 0) });
  }
  // Sorting keeps the order of those that fit alike.
  found.sort((one, other) => other.points - one.points);
  return found.slice(0, most).map(({ entry }) => entry);
}

const go = (href) => () => {
  const known = [...document.querySelectorAll("#sidebar a")].find((link) => link.getAttribute("href") === href);
  if (known) return known.click();
  const link = Object.assign(document.createElement("a"), { href, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
};

function rooms() {
  return [...document.querySelectorAll("#sidebar .nav-rooms a")].map((link) => ({
    name: link.querySelector("[dir=auto]").textContent,
    kind: "Room",
    unread: link.matches(".nav-link--new"),
    count: link.querySelector(".nav-count")?.textContent ?? "",
    mentions: link.querySelector(".nav-count--calls") !== null,
    act: () => link.click(),
    href: link.getAttribute("href"),
  }));
}

function actions(openKeys) {
  const member = document.querySelector("#sidebar .me");
  const theme = (value) => () => document.querySelector(`button[name=theme][value=${value}]`).click();
  const list = [
    ["All rooms", go("/"), true],
    ["New room", go("/rooms/new"), member],
    ["New message", go("/messages/new"), member],
    ["Mark all as read", () => document.querySelector(".nav-read button").click(), document.querySelector(".nav-read button")],
    ["Inbox", go("/inbox"), document.querySelector("#sidebar a[href='/inbox']")],
    ["Alerts", go("/alerts"), member],
    ["Set a status", go("/settings/profile"), member],
    ["Profile", go("/settings/profile"), member],
    ["Security", go("/settings/security"), member],
    ["Administration", go("/admin"), document.querySelector("#sidebar a[href='/admin']")],
    ["Theme: dark", theme("dark"), true],
    ["Theme: light", theme("light"), true],
    ["Theme: as the system", theme("system"), true],
    ["Keys", openKeys, true],
    ["Sign out", () => document.querySelector("form[action='/api/fn/logout'] button").click(), member],
  ];
  return list.filter(([, , there]) => there).map(([name, act]) => ({ name, kind: "Action", act }));
}

let answer;
let asked = -Infinity;

// What the page does not have: other rooms, people, threads. What came stays good for a while.
async function ask() {
  if (!document.querySelector("#sidebar .me") || performance.now() - asked < FRESH_MS) return;
  const response = await fetch("/api/fn/palette", { method: "POST" });
  if (!response.ok) return;
  asked = performance.now();
  const found = await response.json();
  answer = [
    ...found.threads.map(({ line, room, slug, seq }) => ({ name: line, detail: room, kind: "Thread", act: go(`/r/${slug}/t/${seq}`) })),
    ...found.rooms.map(({ name, slug }) => ({ name, kind: "Room", act: go(`/r/${slug}`), href: `/r/${slug}` })),
    ...found.people.map(({ name, username }) => ({ name, detail: `@${username}`, kind: "Person", act: go(`/u/${username}`) })),
  ];
}

let dialog, field, list, none, shown, at;

function make() {
  dialog = document.createElement("dialog");
  dialog.className = "palette";
  dialog.ariaLabel = "Go to";
  dialog.innerHTML =
    '<input type="text" role="combobox" aria-label="Go to a room, a person or an action" aria-expanded="true" aria-controls="palette-list" ' +
    'aria-autocomplete="list" autocomplete="off" autocapitalize="none" spellcheck="false" placeholder="Go to…" enterkeyhint="go">' +
    '<ul id="palette-list" role="listbox" aria-label="Found"></ul><p class="palette-none" role="status"></p>';
  [field, list, none] = dialog.children;
  field.addEventListener("input", show);
  dialog.addEventListener("keydown", press);
  dialog.addEventListener("click", ({ target }) => {
    const option = target.closest("[role=option]");
    if (option) choose(Number(option.dataset.at));
    else if (target === dialog) dialog.close();
  });
  document.body.append(dialog);
}

let entries = [];

function gather(openKeys) {
  const own = rooms();
  const there = new Set(own.map(({ href }) => href));
  entries = [...own, ...(answer ?? []).filter(({ href }) => !there.has(href)), ...actions(openKeys)];
}

function show() {
  shown = rank(entries, field.value);
  list.replaceChildren(
    ...shown.map(({ name, detail, kind, count }, n) => {
      const option = Object.assign(document.createElement("li"), { role: "option", id: `palette-${n}` });
      option.dataset.at = n;
      const part = (className, text) => Object.assign(document.createElement("span"), { className, textContent: text });
      const label = part("palette-name", name);
      label.dir = "auto";
      option.append(label, part("palette-kind", detail ? `${kind} · ${detail}` : kind));
      if (count) option.append(part("palette-unread", count));
      return option;
    }),
  );
  none.textContent = shown.length ? "" : "Nothing is called like that.";
  move(0);
}

function move(to) {
  at = shown.length ? (to + shown.length) % shown.length : -1;
  for (const option of list.children) option.ariaSelected = String(Number(option.dataset.at) === at);
  const chosen = list.children[at];
  if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
  else field.removeAttribute("aria-activedescendant");
  chosen?.scrollIntoView({ block: "nearest" });
}

function press(event) {
  if (event.isComposing) return;
  if (event.key === "ArrowDown") move(at + 1);
  else if (event.key === "ArrowUp") move(at - 1);
  else if (event.key === "Enter") choose(at);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function choose(which) {
  const entry = shown[which];
  if (!entry) return;
  dialog.close();
  entry.act();
}

// What it looks like comes first, so that nothing moves.
const style = (href) => new Promise((resolve, reject) => {
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve, onerror: reject }));
});

// Opens it, or closes it where it is open.
export async function open(late, openKeys) {
  if (!dialog) {
    make();
    await style(late["palette.css"]).catch(() => {});
  }
  if (dialog.open) return dialog.close();
  gather(openKeys);
  field.value = "";
  dialog.showModal();
  show();
  // Without an answer there are the rooms of the list, and what can be done.
  await ask().catch(() => {});
  if (!dialog.open) return;
  gather(openKeys);
  show();
}
