// What the hall's rule against single empty seats says, while seats are chosen: the culprit is drawn, the mend is a tap away.
import { chooseSeats } from "./seats.js";

const form = document.querySelector("[data-seat-form][data-rule]");
const note = form?.querySelector("[data-advice]");
const take = form?.querySelector("[data-advice-take]");
let timer;
let asked = 0;
let instead = [];

function draw({ singles = [], text = "", seats = [], instead: words = "" }) {
  for (const seat of form.querySelectorAll(".seat.is-single")) seat.classList.remove("is-single");
  for (const id of singles) form.querySelector(`input[value="${Number(id)}"]`)?.closest(".seat").classList.add("is-single");
  note.hidden = text === "";
  note.querySelector("[data-advice-text]").textContent = text;
  take.hidden = seats.length === 0;
  take.textContent = words;
  instead = seats;
}

async function ask() {
  const mine = ++asked;
  const chosen = [...form.querySelectorAll("input[name=seats]:checked")].map((box) => ["seats", box.value]);
  if (!chosen.length) return draw({});
  try {
    const answer = await fetch(`${form.dataset.choice}?${new URLSearchParams(chosen)}`);
    if (mine === asked) draw(answer.ok ? await answer.json() : {});
  } catch {
    draw({}); // the server says it when the form is sent
  }
}

if (form) {
  form.addEventListener("seats:chosen", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });
  take.addEventListener("click", () => chooseSeats(instead));
  ask();
}
