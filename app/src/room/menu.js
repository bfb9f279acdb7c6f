// The menu of a message: where it stands, how one goes through it by keys, and that a finger opens it by a long press.

const PRESS_MS = 500;
const PRESS_PX = 10;

const items = (menu) => [...menu.querySelectorAll("[role=menuitem]:not([hidden])")];

// Beside the toolbar that opened it, inside the window; on narrow screens the style sheet has a place for it.
addEventListener("toggle", ({ target, newState }) => {
  if (!target.matches(".message-menu") || newState !== "open") return;
  const from = target.closest(".room").querySelector(".message .message-tools")?.getBoundingClientRect();
  if (from) {
    const { offsetWidth: width, offsetHeight: height } = target;
    const below = from.bottom + height < innerHeight;
    target.style.setProperty("--top", `${Math.max(8, below ? from.bottom : from.top - height)}px`);
    target.style.setProperty("--left", `${Math.max(8, from.right - width)}px`);
  }
  items(target)[0]?.focus();
}, true);

addEventListener("keydown", (event) => {
  if (event.target.getAttribute?.("role") !== "menuitem") return;
  const menu = event.target.closest(".message-menu");
  const all = items(menu), at = all.indexOf(event.target), last = all.length - 1;
  const to = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, Home: 0, End: last }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  else if (to === undefined) return;
  event.preventDefault();
  if (to !== undefined) all[to]?.focus();
});

// A long press. The menu opens when the finger leaves: opened before, it would be closed by that.
let press;

// Times are of the finger, not of when a busy page hears of it.
addEventListener("pointerdown", ({ target, pointerType, clientX: x, clientY: y, timeStamp: since }) => {
  const row = target.closest?.(".message");
  press = pointerType === "touch" && row && !target.closest(".message-tools, .reactions") ? { row, x, y, since } : null;
});

addEventListener("pointermove", ({ clientX, clientY }) => {
  if (press && Math.hypot(clientX - press.x, clientY - press.y) > PRESS_PX) press = null;
});

addEventListener("pointercancel", () => (press = null));

addEventListener("contextmenu", (event) => {
  if (press && !event.target.closest("a")) event.preventDefault();
  else press = null;
});

addEventListener("pointerup", ({ timeStamp }) => {
  const { row: pressed, x, y, since } = press ?? {};
  press = null;
  if (!pressed || timeStamp - since < PRESS_MS) return;
  // What was on its way under the finger may have arrived meanwhile, and be another row.
  const row = pressed.isConnected ? pressed : document.elementFromPoint(x, y)?.closest(".message");
  if (!row) return;
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  setTimeout(() => row.closest(".room").querySelector(".message-menu").showPopover());
});

// What is to be copied stands on the menu for a moment. Where the clipboard is closed to scripts (no HTTPS), the old way is open.
addEventListener("click", async ({ target }) => {
  const text = target.dataset?.copy;
  if (text === undefined) return;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
});
