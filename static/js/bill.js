// The bill beside the map: which seats, and what they come to with the reduced tickets asked for.
// Seats carry their price in each type (data-prices); the server reckons again and decides.
function reducedTypes(form, seats) {
  const asked = [...form.querySelectorAll("[data-type]")].flatMap((input) => {
    const number = Math.max(0, Math.floor(Number(input.value) || 0));
    return Array(Math.min(number, seats)).fill(input.dataset.type);
  });
  return asked.slice(0, seats);
}

function money(form, cents) {
  return form.dataset.currency + (cents / 100).toFixed(2).replace(/\.00$/, "");
}

// As the server does it: seats in the map's order, the reduced types first, the rest at the full price.
function reckon(boxes, types, base) {
  return boxes.reduce((sum, box, index) => sum + JSON.parse(box.dataset.prices)[types[index] ?? base], 0);
}

function seatChip(form, box) {
  const chip = document.createElement("span");
  chip.className = "bill__seat";
  chip.append(box.dataset.label);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", form.dataset.textDrop.replace("%s", box.dataset.label));
  button.addEventListener("click", () => {
    box.checked = false;
    box.dispatchEvent(new Event("change", { bubbles: true }));
    box.focus();
  });
  chip.append(button);
  return chip;
}

export function drawBill(form) {
  const boxes = [...form.querySelectorAll("input[name=seats]:checked")];
  const types = reducedTypes(form, boxes.length);
  const list = form.querySelector("[data-bill-seats]");
  const none = document.createElement("span");
  none.className = "soft";
  none.textContent = form.dataset.textNone;
  list.replaceChildren(...(boxes.length ? boxes.map((box) => seatChip(form, box)) : [none]));
  for (const place of form.querySelectorAll("[data-bill-labels]")) {
    place.textContent = boxes.map((box) => box.dataset.label).join(" ");
  }
  for (const place of form.querySelectorAll("[data-bill-total]")) {
    place.textContent = money(form, reckon(boxes, types, form.dataset.base));
  }
  for (const button of form.querySelectorAll("[data-bill-go]")) {
    button.setAttribute("aria-disabled", String(boxes.length === 0));
  }
}

export function startSteppers(root) {
  for (const stepper of root.querySelectorAll("[data-stepper]")) {
    const input = stepper.querySelector("input");
    for (const button of stepper.querySelectorAll("button")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        button.value === "up" ? input.stepUp() : input.stepDown();
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
  }
}
