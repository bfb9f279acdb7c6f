// Blocks of code: a button that copies one and, where its language is named and known, colours. The page loads it with the first block
// on screen, and it loads `highlight.js` with the first one in a language.

const LINES_MAX = 300;
const CHARS_MAX = 20_000;
const TOLD_MS = 2_000;

let styled;

function style(late) {
  styled ??= new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: late["code.css"] });
    document.head.append(Object.assign(link, { onload: resolve, onerror: reject }));
  });
  // The next time it is tried again.
  styled.catch(() => (styled = undefined));
  return styled;
}

async function copy(button, code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    // Pages that did not come by https have no clipboard.
    getSelection().selectAllChildren(code);
    document.execCommand("copy");
  }
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), TOLD_MS);
}

const isDone = (pre) => !pre.isConnected || pre.parentElement.className === "code";

// The block and its button, side by side. That they came is nothing to be told of.
function frame(pre) {
  if (isDone(pre)) return;
  const frame = Object.assign(document.createElement("div"), { className: "code" });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "code-copy", textContent: "Copy" });
  frame.setAttribute("aria-live", "off");
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", () => copy(button, pre.firstElementChild));
  pre.replaceWith(frame);
  frame.append(pre, button);
}

async function colour(code, late) {
  const language = /^language-(.+)$/.exec(code.className)?.[1];
  const text = code.textContent;
  if (!language || text.length > CHARS_MAX || text.split("\n").length > LINES_MAX) return;
  const { default: highlighter } = await import(late["highlight.js"]);
  // What it does not know stays as it is: guessing is slow, and often wrong.
  if (!highlighter.getLanguage(language) || code.textContent !== text) return;
  code.innerHTML = highlighter.highlight(text, { language, ignoreIllegals: true }).value;
}

// A block came on screen.
export default async function (pre, late) {
  if (isDone(pre)) return;
  // Without its style the button would take a line of its own for a moment, and the page would jump.
  await Promise.all([style(late).then(() => frame(pre)), colour(pre.firstElementChild, late)]);
}
