// Shows the description of the API, with nothing from elsewhere.

const place = document.getElementById("api");
const { theme } = document.documentElement.dataset;
const dark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
document.documentElement.classList.toggle("dark-mode", dark);
place.replaceChildren();
SwaggerUIBundle({
  url: place.dataset.description,
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  queryConfigEnabled: false,
  validatorUrl: null,
});
