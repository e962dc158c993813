// The phone's menu is a <details>; this closes it by Escape or by a click elsewhere, and brings the day looked at into view.
const menu = document.querySelector("[data-menu]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu?.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  if (menu?.open && !event.target.closest(".head")) menu.open = false;
});

for (const strip of document.querySelectorAll("[data-strip]")) {
  const current = strip.querySelector("[aria-current]");
  if (current) strip.scrollLeft = current.offsetLeft - (strip.clientWidth - current.clientWidth) / 2;
}
