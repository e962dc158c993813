// The seat map. The form works without this; here it gains a running bill, the arrow keys, zoom and live changes.
// Other modules may call applySeatStatuses([{seat_id, status}]) with what the server says of seats.
import { drawBill, startSteppers } from "./bill.js";
import { walkSeats } from "./roving.js";

const form = document.querySelector("[data-seat-form]");
const plan = form?.querySelector("[data-plan]");
const voice = form?.querySelector("[data-seat-voice]");
const TAKEN = new Set(["sold", "held", "blocked", "mine"]);

function boxes() {
  return [...plan.querySelectorAll("input[name=seats]")];
}

function say(text) {
  voice.textContent = "";
  requestAnimationFrame(() => { voice.textContent = text; });
}

function describe(seat, box, status) {
  const words = status === "available" ? "" : `, ${form.dataset[`word${status[0].toUpperCase()}${status.slice(1)}`] ?? status}`;
  box.setAttribute("aria-label", box.dataset.name + words);
  seat.title = box.dataset.name + words;
}

/** Bring seats to the statuses the server tells; one of the reader's own choice that is gone is taken off, and said. */
export function applySeatStatuses(changes) {
  if (!plan) return;
  const lost = [];
  for (const { seat_id: id, status } of changes) {
    const box = plan.querySelector(`input[value="${Number(id)}"]`);
    const seat = box?.closest(".seat");
    if (!seat || seat.dataset.status === status) continue;
    seat.dataset.status = status;
    seat.classList.remove("is-changed");
    void seat.offsetWidth;
    seat.classList.add("is-changed");
    describe(seat, box, status);
    const taken = TAKEN.has(status);
    if (taken && box.checked) {
      box.checked = false;
      lost.push(box.dataset.label);
    }
    box.setAttribute("aria-disabled", String(taken));
  }
  drawBill(form);
  if (lost.length) say(form.dataset.textLost.replace("%s", lost.join("、")));
}

function refuse(event) {
  const box = event.target.closest("input[name=seats]");
  if (box && TAKEN.has(box.closest(".seat").dataset.status)) {
    event.preventDefault();
    say(form.dataset.textTaken.replace("%s", box.dataset.label));
  }
}

function limit(event) {
  if (event.target.name !== "seats") return;
  const most = Number(form.dataset.most);
  if (boxes().filter((box) => box.checked).length > most) {
    event.target.checked = false;
    say(form.dataset.textMost.replace("%s", most));
  }
  drawBill(form);
}

function zoom(button) {
  plan.dataset.zoom = button.value;
  for (const other of form.querySelectorAll("[data-zoom-to]")) other.setAttribute("aria-pressed", String(other === button));
  centre();
}

function centre() {
  const frame = form.querySelector(".hall__scroll");
  const chosen = plan.querySelector("input:checked")?.closest(".seat");
  const middle = chosen ? chosen.getBoundingClientRect().left - plan.getBoundingClientRect().left + plan.offsetLeft : frame.scrollWidth / 2;
  frame.scrollLeft = middle - frame.clientWidth / 2;
}

function start() {
  for (const box of boxes()) {
    // Without JavaScript a taken seat is disabled; with it, it can be reached by key and tells why it can't be had.
    box.dataset.name ??= box.getAttribute("aria-label");
    box.closest(".seat").title = box.getAttribute("aria-label");
    if (box.disabled) box.setAttribute("aria-disabled", "true");
    box.disabled = false;
  }
  plan.addEventListener("click", refuse);
  form.addEventListener("change", limit);
  form.addEventListener("input", () => drawBill(form));
  for (const button of form.querySelectorAll("[data-zoom-to]")) button.addEventListener("click", () => zoom(button));
  const widest = Math.max(...[...plan.querySelectorAll("[data-row]")].map((row) => row.children.length - 1));
  plan.style.setProperty("--columns", widest);
  for (const tools of form.querySelectorAll("[data-zoom-tools]")) tools.hidden = false;
  startSteppers(form);
  walkSeats(plan);
  drawBill(form);
  centre();
}

if (plan) start();
