// The seat map. The form works without this; here it gains a running bill, the arrow keys, zoom and live changes.
// Other modules may call applySeatStatuses([{seat_id, status}]) with what the server says of seats, and chooseSeats(ids).
import { drawBill } from "./bill.js";
import { walkSeats } from "./roving.js";
import { startZoom } from "./seats-zoom.js";
import { toast } from "./toasts.js";

const form = document.querySelector("[data-seat-form]");
const plan = form?.querySelector("[data-plan]");
const TAKEN = new Set(["sold", "held", "blocked", "mine"]);

function boxes() {
  return [...plan.querySelectorAll("input[name=seats]")];
}

export function say(text) {
  toast(form.querySelector("[data-seat-voice]"), text);
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
  form.dispatchEvent(new Event("seats:drawn"));
}

/** Make these seats the choice, as far as they can be had. */
export function chooseSeats(ids) {
  const wanted = new Set(ids.map(String));
  for (const box of boxes()) {
    box.checked = wanted.has(box.value) && !TAKEN.has(box.closest(".seat").dataset.status);
  }
  drawBill(form);
  form.dispatchEvent(new Event("seats:chosen"));
}

function refuse(event) {
  const box = event.target.closest("input[name=seats]");
  if (!box) return;
  const status = box.closest(".seat").dataset.status;
  const closed = "closed" in form.dataset;
  if (!closed && !TAKEN.has(status)) return;
  event.preventDefault();
  if (closed) return say(form.dataset.textClosed);
  const text = (status === "mine" && form.dataset.textMine) || form.dataset.textTaken;
  say(text.replace("%s", box.dataset.label));
}

function limit(event) {
  if (event.target.name !== "seats") return;
  const most = Number(form.dataset.most);
  if (boxes().filter((box) => box.checked).length > most) {
    event.target.checked = false;
    say(form.dataset.textMost.replace("%s", most));
  }
  drawBill(form);
  form.dispatchEvent(new Event("seats:chosen"));
}

// No more tickets from now on: shown on the map and said once, not found out by sending the form.
function close() {
  form.dataset.closed = "";
  for (const box of boxes()) box.checked = false;
  drawBill(form);
  form.querySelector("[data-bill-go]").disabled = true;
  say(form.dataset.textClosed);
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
  const left = Number(form.dataset.closes);
  if (left > 0 && left < 24 * 3600) setTimeout(close, left * 1000);
  startZoom(form, plan);
  walkSeats(plan);
  drawBill(form);
}

if (plan) start();
