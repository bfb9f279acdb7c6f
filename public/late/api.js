// Shows the description of the API, with nothing from elsewhere.

const place = document.getElementById("api");
const { theme } = document.documentElement.dataset;
const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.classList.toggle("dark-mode", dark);
place.replaceChildren();
// What every program begins with; the others come as the description has them.
const first = ["auth", "me", "rooms"];
const rank = (tag) => (first.includes(tag) ? first.indexOf(tag) : first.length);
SwaggerUIBundle({
  url: place.dataset.description,
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  tagsSorter: (one, other) => rank(one) - rank(other),
  queryConfigEnabled: false,
  validatorUrl: null,
});

// The page has its main part, and this is within it.
new MutationObserver(() => {
  for (const main of place.querySelectorAll("main:not([role])")) main.role = "presentation";
}).observe(place, { childList: true, subtree: true });
