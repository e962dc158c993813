// The bill beside the map: a card for every chosen seat with a price type of its own, and what they come to.
// Seats carry their price in each type (data-prices); the server reckons again and decides.
import { money, sum } from "./money.js";

function drop(box) {
  box.checked = false;
  box.dispatchEvent(new Event("change", { bubbles: true }));
  box.focus();
}

function newCard(form, box) {
  const card = form.querySelector("template[data-card]").content.firstElementChild.cloneNode(true);
  card.dataset.seat = box.value;
  card.querySelector(".pick__label").textContent = box.dataset.label;
  card.querySelector(".pick__kind").textContent = box.dataset.kindName;
  const select = card.querySelector("select");
  if (select) {
    select.name = `type-${box.value}`;
    select.setAttribute("aria-label", form.dataset.textType.replace("%s", box.dataset.label));
  }
  return card;
}

function drawCard(form, card, box) {
  const button = card.querySelector(".pick__drop");
  if (button.hidden) {
    button.hidden = false;
    button.setAttribute("aria-label", form.dataset.textDrop.replace("%s", box.dataset.label));
    button.addEventListener("click", () => drop(box));
  }
  const minor = JSON.parse(box.dataset.prices)[card.querySelector("select")?.value ?? form.dataset.base];
  card.querySelector("[data-card-price]").textContent = money(form, minor);
  return minor;
}

export function drawBill(form) {
  const list = form.querySelector("[data-cards]");
  if (!list) return;
  const boxes = [...form.querySelectorAll("input[name=seats]:checked")];
  const old = new Map([...list.children].map((card) => [card.dataset.seat, card]));
  const cards = boxes.map((box) => old.get(box.value) ?? newCard(form, box));
  if (cards.length !== list.children.length || cards.some((card) => !card.isConnected)) list.replaceChildren(...cards);
  const minor = sum(cards.map((card, index) => drawCard(form, card, boxes[index])));
  form.querySelector("[data-cards-none]").hidden = boxes.length > 0;
  form.querySelector("[data-bill-labels]").textContent = boxes.map((box) => box.dataset.label).join(" ");
  form.querySelector("[data-bill-total]").textContent = money(form, minor);
  form.querySelector("[data-bill-go]").setAttribute("aria-disabled", String(boxes.length === 0));
}
