// Light or dark at once, without a round trip; the cookie lets the server draw the next page right from the start.
const YEAR = 365 * 24 * 3600;
const root = document.documentElement;
const form = document.querySelector("[data-theme-form]");

function shownTheme() {
  return root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function paint(button) {
  const use = button.querySelector("use");
  const icon = shownTheme() === "dark" ? "sun" : "moon";
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
}

if (form) {
  const button = form.querySelector("button");
  paint(button);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    root.dataset.theme = shownTheme() === "dark" ? "light" : "dark";
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
    paint(button);
  });
}
