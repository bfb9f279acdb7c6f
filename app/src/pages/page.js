// What every page does by script, whether the WebAssembly has come or not. The server puts before it where to find what comes `late`.

const YEAR = 365 * 24 * 60 * 60;

// Shows the colours that were chosen, and keeps them in the cookie that the server goes by.
function choose(button) {
  const theme = button.value;
  const system = theme === "system";
  if (system) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.cookie = `snug_theme=${theme}; Path=/; Max-Age=${system ? 0 : YEAR}; SameSite=Lax`;
  for (const other of button.form.elements) {
    if (other.name === "theme") other.setAttribute("aria-pressed", other === button);
  }
}

addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button?.name === "theme") {
    event.preventDefault();
    choose(button);
  } else if (event.target.matches(".form")) {
    // A second click while the answer is on its way would send the form twice.
    if (button?.ariaBusy) event.preventDefault();
    else if (button) button.ariaBusy = "true";
  }
});

const sidebar = document.getElementById("sidebar");

// The drawer has done its work with the press of a link, also where the link leads nowhere else.
sidebar.addEventListener("click", (event) => {
  if (event.target.closest("a")) sidebar.hidePopover();
});

// The room that one is in can be seen in the list, also when one goes to another and when the drawer opens.
const reveal = () => sidebar.querySelector(".nav-rooms [aria-current]")?.scrollIntoView({ block: "nearest" });
sidebar.addEventListener("toggle", reveal);
new MutationObserver(reveal).observe(sidebar, { subtree: true, attributeFilter: ["aria-current"] });
reveal();

// A document that is shown beside the page instead of in its place, where a link says so: the members of a room. What only shows
// something else in there stays in there; what changes something loads the page, as everywhere.
const panel = document.createElement("aside");
panel.className = "panel";
panel.popover = "auto";
panel.tabIndex = 0; // what scrolls is scrolled by keys too
document.body.append(panel);

async function showBeside(address) {
  try {
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    panel.replaceChildren(...page.querySelector("main").children);
    // Scripts of a page that was fetched do not run by themselves.
    for (const script of panel.querySelectorAll("script")) {
      const own = document.createElement("script");
      Object.assign(own, { type: "module", nonce: document.querySelector("script").nonce, textContent: script.textContent });
      script.replaceWith(own);
    }
    panel.dataset.path = new URL(address).pathname;
    panel.ariaLabel = panel.querySelector("h1").textContent;
    panel.showPopover();
    panel.focus();
  } catch {
    location = address;
  }
}

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const plain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const inside = link && panel.contains(link);
  if (!plain || !link || !(link.dataset.panel === "" || (inside && link.pathname === panel.dataset.path))) return;
  event.preventDefault();
  showBeside(link.href);
});

// Forms whose effect comes by the socket: a page that lives stays as it is.
addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-stay]") || !document.documentElement.hasAttribute("data-hydrated")) return;
  event.preventDefault();
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
  if (!answer?.ok) form.submit();
});

// What is folded in the list of rooms is so on all devices.
sidebar.addEventListener("toggle", ({ target }) => {
  const { section } = target.dataset;
  if (!section || !isMember() || target.dataset.open === String(target.open)) return;
  target.dataset.open = target.open;
  fetch("/api/fn/fold_section", { method: "POST", body: new URLSearchParams({ section, folded: !target.open }) }).catch(() => {});
}, true);

// What is not needed to read and write comes late, when one reaches for it. Without a connection it does not come, and the next reach tries
// again: it is fetched first, since some browsers never again import what once did not come.
const brought = {};
const bring = (name) => brought[name] ??= fetch(late[name]).then(() => import(late[name])).catch((fault) => {
  delete brought[name];
  throw fault;
});

// Ways by keyboard, on every page.
const showKeys = () => showBeside(`${location.origin}/keys`);
const showPalette = () => bring("palette.js").then((palette) => palette.open(late, showKeys), () => {});

addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-palette]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  showPalette();
});

// The next room of the list, or the next one with something unread, round and round.
function step(by, unread) {
  const links = [...sidebar.querySelectorAll(".nav-rooms a")];
  const here = links.findIndex((link) => link.hasAttribute("aria-current"));
  const start = here < 0 && by < 0 ? 0 : here;
  for (let n = 1; n <= links.length; n += 1) {
    const link = links[(start + n * by + n * links.length) % links.length];
    if (!unread || link.matches(".nav-link--new")) return link.click();
  }
}

// Browsers that fill in a field, and extensions, send events of keys that are none. They have no `key`, and what reads it would throw: they
// end here.
addEventListener("keydown", (event) => {
  if (event.key === undefined) event.stopImmediatePropagation();
}, true);

addEventListener("keydown", (event) => {
  const { key, altKey, shiftKey, target, isComposing, defaultPrevented } = event;
  const command = event.ctrlKey || event.metaKey;
  if (isComposing || defaultPrevented || document.querySelector("dialog[open]:not(.palette)")) return;
  if (command && !altKey && !shiftKey && key.toLowerCase() === "k") showPalette();
  else if (key === "?" && !command && !altKey && !target.closest?.("input, textarea, select, [contenteditable]")) showKeys();
  else if (altKey && !command && key === "ArrowDown") step(1, shiftKey);
  else if (altKey && !command && key === "ArrowUp") step(-1, shiftKey);
  else return;
  event.preventDefault();
});

addEventListener("submit", (event) => {
  const form = event.target;
  if (!panel.contains(form) || form.method !== "get") return;
  event.preventDefault();
  showBeside(`${form.action}?${new URLSearchParams(new FormData(form))}`);
});

// Scripts in files of their own, each with a function that is told what happened, on which element of its own, and where the other files
// are.
for (const kind of ["pointerover", "focusin", "click"]) {
  addEventListener(kind, async (event) => {
    const spot = event.target.closest?.("[data-late]");
    if (!spot) return;
    try {
      await (await bring(spot.dataset.late)).default(event, spot, late);
    } catch {
      // The next reach tries again.
    }
  });
}

// A block of code has a button that copies it, and colours, by a script that comes with the first one on screen. Without it the block is as
// readable.
const onScreen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    onScreen.unobserve(target);
    bring("code.js").then((code) => code.default(target, late)).catch(() => {});
  }
});

// New texts: their blocks of code, and in one's own the things to do, which can be ticked once the page is alive.
function lookAt() {
  for (const block of document.querySelectorAll(".message-body pre:not(.code > pre)")) onScreen.observe(block);
  if (document.documentElement.dataset.hydrated === undefined) return;
  for (const box of document.querySelectorAll(".message--own .task > :disabled")) box.disabled = false;
}
new MutationObserver(lookAt).observe(document, { subtree: true, childList: true, attributeFilter: ["data-hydrated"] });
lookAt();

// What completes names in the composer comes with the first character that may begin one.
addEventListener("input", ({ target, data }) => {
  if (!target.matches(".composer textarea") || !/[@#:/]/.test(data)) return;
  bring("complete.js").then((complete) => complete.default(target, late), () => {});
});

// Where no WebSocket gets through, another way comes late.
addEventListener("snug:blocked", () => bring("events.js").catch(() => {}));

// After a panic nothing on the page reacts any more, so it says so and offers the way out.
function stop(fault) {
  if (!(fault instanceof WebAssembly.RuntimeError) || document.querySelector(".stopped")) return;
  const bar = Object.assign(document.createElement("div"), { className: "stopped", role: "alert" });
  const link = Object.assign(document.createElement("a"), { className: "button", rel: "external", textContent: "Reload" });
  // External, so that no click handler of the dead page steps in; without the part after `#`, since that alone would only scroll.
  link.href = location.pathname + location.search;
  bar.append("This page has stopped working. What was sent is safe. ", link);
  document.body.append(bar);
}
addEventListener("error", ({ error }) => stop(error));
addEventListener("unhandledrejection", ({ reason }) => stop(reason));

const SIGN_OUT = 'form[action="/api/fn/logout"]';

const isMember = () => document.querySelector(SIGN_OUT) !== null;

// What the pages keep in this browser goes with the person: once they are out, not when they only tried.
const LEAVING = "snug.leaving";

addEventListener("submit", (event) => {
  if (!event.target.matches(SIGN_OUT)) return;
  document.documentElement.dataset.leaving = "";
  sessionStorage.setItem(LEAVING, "");
});

// Browsers that keep nothing for this site throw at the very name of a storage.
try {
  if (sessionStorage.getItem(LEAVING) !== null) {
    sessionStorage.removeItem(LEAVING);
    const kept = isMember() ? [] : Object.keys(localStorage).filter((key) => key.startsWith("snug."));
    for (const key of kept) localStorage.removeItem(key);
  }
} catch {}

// A member's page that comes back out of the browser's memory may be of somebody who has left: it is not shown before it has been asked
// for anew.
addEventListener("pagehide", (event) => {
  if (event.persisted && isMember()) document.documentElement.hidden = true;
});

addEventListener("pageshow", (event) => {
  if (event.persisted && document.documentElement.hidden) location.reload();
  // What is shown again as it was left waits for nothing.
  for (const button of document.querySelectorAll(".form [aria-busy]")) button.ariaBusy = null;
});

// How much is new stands on title, icon and app, and goes from all three at once. While somebody is not to be disturbed it does not
// stand there: in hours of each day, and until a moment.
const root = document.documentElement;
const icon = document.querySelector('link[rel="icon"]');
const plain = icon.getAttribute("href");

function isQuiet() {
  const [from, to, until] = (root.dataset.quiet ?? "").split(" ").map(Number);
  const now = Math.floor(Date.now() / 60000) % 1440;
  if (Date.now() < until) return true;
  return from < to ? from <= now && now < to : from > to && (from <= now || now < to);
}

function showUnread() {
  const count = isQuiet() ? 0 : Number(root.dataset.unread ?? 0);
  const name = document.title.replace(/^\(\d+\+?\) /, "");
  const title = count ? `(${count > 99 ? "99+" : count}) ${name}` : name;
  if (document.title !== title) document.title = title;
  const picture = count ? "/favicon-new.svg" : plain;
  if (icon.getAttribute("href") !== picture) icon.setAttribute("href", picture);
  const told = count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  told?.catch(() => {});
}

new MutationObserver(showUnread).observe(root, { attributeFilter: ["data-unread", "data-quiet"] });
new MutationObserver(showUnread).observe(document.querySelector("title"), { childList: true });
setInterval(showUnread, 30000);
showUnread();
