// The bill at the counter: a line and a price type for every seat chosen on the map, the total, the change due.
// The map itself (arrow keys, zoom, live changes) is seats.js; the server reckons again and decides.
import { money as moneyText, sum } from "../money.js";

const form = document.querySelector("[data-counter]");
const NOTES = [10, 20, 50, 100, 200, 500];
const UNITS = 10 ** Number(form?.dataset.decimals ?? 2);

function money(minor) {
  return moneyText(form, minor);
}

function chosen() {
  return [...form.querySelectorAll("input[name=seats]:checked")];
}

function newLine(box) {
  const line = form.querySelector("template[data-line]").content.firstElementChild.cloneNode(true);
  line.dataset.seat = box.value;
  line.querySelector("b").textContent = box.dataset.label;
  const select = line.querySelector("select");
  select.name = `type-${box.value}`;
  select.setAttribute("aria-label", form.dataset.textType.replace("%s", box.dataset.label));
  return line;
}

function total(lines) {
  return sum(lines.map(({ line, box }) => {
    const minor = JSON.parse(box.dataset.prices)[line.querySelector("select").value];
    line.querySelector("[data-line-price]").textContent = money(minor);
    return minor;
  }));
}

function drawChange(minor) {
  const row = form.querySelector("[data-change-row]");
  const text = form.elements.received.value.trim();
  const change = Math.round(Number(text) * UNITS) - minor;
  row.hidden = text === "" || Number.isNaN(change) || minor === 0;
  row.toggleAttribute("data-short", change < 0);
  const place = row.querySelector("[data-change]");
  place.textContent = change < 0 ? form.dataset.textShort.replace("%s", money(-change)) : money(change);
}

function drawNotes(minor) {
  const place = form.querySelector("[data-notes]");
  const sums = [...new Set(NOTES.map((note) => Math.ceil(minor / UNITS / note) * note))].filter((sum) => sum * UNITS > minor);
  place.hidden = minor === 0 || sums.length === 0;
  place.replaceChildren(...sums.slice(0, 4).map((sum) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.value = sum;
    button.textContent = money(sum * UNITS);
    return button;
  }));
}

let drawn = "";

function draw() {
  const list = form.querySelector("[data-counter-lines]");
  const old = new Map([...list.children].map((line) => [line.dataset.seat, line]));
  const lines = chosen().map((box) => ({ box, line: old.get(box.value) ?? newLine(box) }));
  const seats = lines.map(({ box }) => box.value).join();
  if (seats !== drawn || list.children.length !== lines.length) list.replaceChildren(...lines.map(({ line }) => line));
  drawn = seats;
  const minor = total(lines);
  form.querySelector("[data-counter-none]").hidden = lines.length > 0;
  form.querySelector("[data-counter-total]").textContent = money(minor);
  for (const group of form.querySelectorAll("[data-all-types]")) group.hidden = lines.length < 2;
  for (const button of form.querySelectorAll("[data-pay]")) button.setAttribute("aria-disabled", String(!lines.length));
  drawChange(minor);
  if (form.dataset.minor !== String(minor)) drawNotes(minor);
  form.dataset.minor = minor;
}

function allOfOneType(event) {
  const button = event.target.closest("[data-all-types] button");
  if (!button) return;
  for (const select of form.querySelectorAll("[data-counter-lines] select")) select.value = button.value;
  draw();
}

function note(event) {
  const button = event.target.closest("[data-notes] button");
  if (!button) return;
  form.elements.received.value = button.value;
  draw();
}

function keys(event) {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
  // Enter never sells by accident: on a seat it chooses, in the cash field it is the word to sell.
  event.preventDefault();
  if (event.target.name === "seats") event.target.click();
  if (event.target.name === "received") form.querySelector("[data-pay][value=cash]").click();
}

function once(event) {
  if (!chosen().length || form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
}

if (form) {
  form.querySelector("[data-reckon]").hidden = true;
  form.addEventListener("keydown", keys);
  form.addEventListener("change", draw);
  form.addEventListener("input", draw);
  form.addEventListener("click", allOfOneType);
  form.addEventListener("click", note);
  form.addEventListener("submit", once);
  addEventListener("pageshow", () => { delete form.dataset.sent; });
  // Seats that someone else took are unticked by the live map, which then says so.
  form.addEventListener("seats:drawn", draw);
  form.addEventListener("seats:chosen", draw);
  draw();
}
