// Messages that everybody gets: shown, and read out since they stand in a live region. They go by themselves after a
// while, at a tap or by Escape; what they say stays visible in the page itself.
const SHOWN_FOR = 9000;
const MOST = 3;

export function toast(region, text) {
  for (const old of region.children) if (old.textContent === text) old.remove();
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  region.append(note);
  while (region.children.length > MOST) region.firstElementChild.remove();
  let timer = setTimeout(() => note.remove(), SHOWN_FOR);
  note.addEventListener("pointerenter", () => clearTimeout(timer));
  note.addEventListener("pointerleave", () => { timer = setTimeout(() => note.remove(), SHOWN_FOR / 3); });
  note.addEventListener("click", () => note.remove());
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const note of document.querySelectorAll(".toast")) note.remove();
});
