// Who is there: says whether this device is in use, asks for the people on the page, and shows how they are. The socket is the page's own;
// what is said goes through it (`snug:say`), and what comes of people is handed over here (`snugHears`).

const AWAY_MS = 300_000;
const LOOK_MS = 15_000;
const PEOPLE_MAX = 200;
const LABELS = { online: "Online", away: "Away", do_not_disturb: "Do not disturb", offline: "Offline" };

const known = new Map();
let watched = "";
let touched = Date.now();
let away = false;

const say = (frame) => dispatchEvent(new CustomEvent("snug:say", { detail: JSON.stringify(frame) }));

// Set only where it differs: what changes here is observed below.
const set = (element, name, value) => {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
};

function show() {
  for (const dot of document.querySelectorAll("[data-person]")) {
    const person = known.get(dot.dataset.person);
    if (!person) continue;
    const label = LABELS[person.presence] ?? "";
    set(dot, "data-presence", person.presence);
    set(dot, "role", "img");
    set(dot, "aria-label", label);
    set(dot, "title", label);
  }
  for (const line of document.querySelectorAll("[data-status]")) {
    const person = known.get(line.dataset.status);
    // What people say who are offline is not told: what the page came with stays.
    if (!person || person.presence === "offline") continue;
    const { emoji = "", text = "" } = person.status ?? {};
    const said = `${emoji} ${text}`.trim();
    if (line.textContent.trim() !== said) line.textContent = said;
  }
}

function watch() {
  const ids = new Set([...document.querySelectorAll("[data-person]")].map((dot) => dot.dataset.person));
  const people = [...ids].slice(0, PEOPLE_MAX);
  const wanted = people.toSorted().join();
  if (wanted !== watched) {
    watched = wanted;
    say({ type: "watch_people", people });
  }
  show();
}

globalThis.snugHears = (text) => {
  const frame = JSON.parse(text);
  if (frame.type === "presence") {
    for (const person of frame.people) known.set(person.user, person);
    show();
  } else {
    // Another connection: it knows nothing of this page yet.
    watched = "";
    if (away) say({ type: "presence", state: "away" });
    watch();
  }
};

function look() {
  const now = Date.now() - touched >= AWAY_MS;
  if (now === away) return;
  away = now;
  say({ type: "presence", state: away ? "away" : "online" });
}

const touch = () => {
  touched = Date.now();
  if (away) look();
};

for (const event of ["pointerdown", "pointermove", "keydown", "wheel", "touchstart", "focus"]) {
  addEventListener(event, touch, { passive: true, capture: true });
}
setInterval(look, LOOK_MS);

let due;
const soon = new MutationObserver(() => {
  clearTimeout(due);
  due = setTimeout(watch, 100);
});
for (const part of document.querySelectorAll("#sidebar, .panel")) soon.observe(part, { childList: true, subtree: true });
watch();
