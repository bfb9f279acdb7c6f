// Offers people while one types user names: a combobox with a list, for each field that says where to ask. The field keeps the focus, the
// list is gone through by arrow keys, and what it holds is announced.

const DELAY_MS = 120;

function offer(input) {
  const { people: source, several } = input.dataset;
  delete input.dataset.people;
  const box = document.createElement("div");
  const list = document.createElement("ul");
  const said = document.createElement("p");
  box.className = "chooser";
  Object.assign(list, { id: `${input.id}-people`, role: "listbox", ariaLabel: "People", hidden: true });
  Object.assign(said, { role: "status", className: "visually-hidden" });
  box.append(list);
  input.after(box, said);
  Object.assign(input, { role: "combobox", ariaAutoComplete: "list", ariaExpanded: "false" });
  input.setAttribute("aria-controls", list.id);

  let timer;
  let asked = 0;
  let active = -1;

  // Where the name begins and ends that is being typed: in a field for several it is the one at the caret.
  const word = () => {
    const { value, selectionEnd } = input;
    if (several === undefined) return [0, value.length];
    const start = value.slice(0, selectionEnd).search(/[^\s,]*$/);
    const rest = value.slice(selectionEnd).search(/[\s,]/);
    return [start, rest < 0 ? value.length : selectionEnd + rest];
  };

  const mark = (at) => {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = at;
    const option = list.children[at];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  };

  // What is still on its way comes too late after this.
  const close = () => {
    clearTimeout(timer);
    asked++;
    mark(-1);
    list.hidden = true;
    input.ariaExpanded = "false";
  };

  const show = (html) => {
    mark(-1);
    list.innerHTML = html;
    const [from, to] = word();
    const others = new Set((several === undefined ? "" : input.value.slice(0, from) + input.value.slice(to)).split(/[\s,@]+/));
    for (const option of [...list.children]) if (others.has(option.dataset.username)) option.remove();
    const count = list.children.length;
    [...list.children].forEach((option, at) => (option.id = `${list.id}-${at}`));
    list.hidden = count === 0;
    input.ariaExpanded = String(count > 0);
    said.textContent = count === 0 ? "Nobody else has this in a name." : count === 1 ? "One person found." : `${count} people found.`;
    said.className = count === 0 ? "field-hint" : "visually-hidden";
  };

  const look = async () => {
    const text = input.value.slice(...word()).replace(/^@/, "").trim();
    if (!text) {
      said.textContent = "";
      return close();
    }
    clearTimeout(timer);
    const mine = ++asked;
    try {
      const answer = await fetch(`${source}?${new URLSearchParams({ text })}`, { redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      const html = await answer.text();
      if (mine === asked) show(html);
    } catch {
      // The field takes a name that is typed to its end.
      if (mine === asked) close();
    }
  };

  const choose = (option) => {
    const { username } = option.dataset;
    input.setRangeText(several === undefined ? username : `${username} `, ...word(), "end");
    close();
    said.textContent = `${username} is in the field.`;
    said.className = "visually-hidden";
  };

  const keys = {
    ArrowDown: (last) => mark(active < last ? active + 1 : 0),
    ArrowUp: (last) => mark(active > 0 ? active - 1 : last),
    Enter: () => choose(list.children[active]),
    Escape: close,
  };

  input.addEventListener("keydown", (event) => {
    const { key, isComposing, altKey, ctrlKey, metaKey } = event;
    if (isComposing || altKey || ctrlKey || metaKey || !(key in keys)) return;
    if (list.hidden && key === "ArrowDown") look();
    else if (list.hidden || (key === "Enter" && active < 0)) return;
    else keys[key](list.children.length - 1);
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("input", ({ isComposing }) => {
    clearTimeout(timer);
    // What is marked in the list is no answer to what is typed now.
    mark(-1);
    if (!isComposing) timer = setTimeout(look, DELAY_MS);
  });
  input.addEventListener("compositionend", look);
  input.addEventListener("blur", close);
  // A press in the list does not take the focus out of the field.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const option = target.closest("[role=option]");
    if (option) choose(option);
  });
}

document.querySelectorAll("input[data-people]").forEach(offer);
