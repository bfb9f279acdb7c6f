// What every page does by script, whether the WebAssembly has come or not.

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

// A page that the browser shows again as it was left waits for nothing.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll(".form [aria-busy]")) button.ariaBusy = null;
});
