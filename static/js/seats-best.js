// "Choose for me" in place: nothing that was typed or chosen is lost, and others can be had by the next press.
import { chooseSeats, say } from "./seats.js";

const form = document.querySelector("[data-seat-form]");
const button = form?.querySelector("[data-choose]");
const other = form?.querySelector("[data-choose-other]");
let seen = [];

async function choose(without) {
  const query = new URLSearchParams({ best: form.elements.best.value });
  if (form.elements.kind?.value) query.set("kind", form.elements.kind.value);
  for (const id of without) query.append("without", id);
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`${form.dataset.choice}?${query}`, { headers: { Accept: "application/json" } });
    const { seats, text } = await answer.json();
    if (seats.length) {
      chooseSeats(seats);
      form.querySelector("input[name=seats]:checked")?.closest(".seat").scrollIntoView({ block: "nearest", inline: "center" });
      seen = [...without, ...seats];
    } else if (without.length) {
      return choose((seen = [])); // round again
    }
    say(text);
    other.hidden = !seats.length;
  } catch {
    say(form.dataset.textOffline);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

button?.addEventListener("click", (event) => {
  event.preventDefault();
  choose([]);
});
other?.addEventListener("click", () => choose(seen));
for (const field of [form?.elements.best, form?.elements.kind]) {
  field?.addEventListener("change", () => { other.hidden = true; });
}
