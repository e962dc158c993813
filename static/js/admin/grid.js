// The seat-grid editor: a board to draw on in front of the form's text, which stays what is sent.
import { dropColumn, dropRow, insertColumn, insertRow, named, numbersOf, painted, readPlan, writePlan } from "./plan.js";

const editor = document.querySelector("[data-grid-editor]");
const draw = editor.querySelector("[data-draw]");
const text = editor.querySelector("[data-plan-text]");
const numbering = editor.elements.numbering;
const focalX = editor.elements.focal_x;
const focalY = editor.elements.focal_y;
const known = JSON.parse(document.getElementById("known-numbers").textContent);
const words = editor.dataset;
const KEYS = { 1: "standard", 2: "vip", 3: "couple", 4: "wheelchair", 5: "companion", 0: "gap", b: "block", f: "focal" };

let rows = readPlan(text.value);
let tool = "standard";
let here = { x: 0, y: 0 };
let past = [];
let future = [];
let dirty = false;
let stroke = null;

function snapshot() {
  return { text: text.value, x: focalX.value, y: focalY.value, numbering: numbering.value };
}

function restore(state) {
  ({ text: text.value, x: focalX.value, y: focalY.value, numbering: numbering.value } = state);
  rows = readPlan(text.value);
  drawAll();
}

/** Do `change` as one step that can be taken back. */
function step(change) {
  const before = snapshot();
  change();
  rows = named(rows);
  text.value = writePlan(rows);
  if (JSON.stringify(before) !== JSON.stringify(snapshot())) {
    past.push(before);
    future = [];
    dirty = true;
  }
  drawAll();
}

function travel(from, to) {
  if (!from.length) return;
  to.push(snapshot());
  restore(from.pop());
  dirty = true;
}

function changed(cell) {
  if (tool === "gap") return null;
  if (tool === "block") return cell && { ...cell, blocked: stroke?.blocks ?? !cell.blocked };
  return { kind: tool, blocked: false };
}

function put(x, y, x1 = x, y1 = y) {
  if (tool === "focal") {
    const again = Number(focalX.value) === x && Number(focalY.value) === y && focalX.value !== "";
    focalX.value = again ? "" : x;
    focalY.value = again ? "" : y;
  } else rows = painted(rows, { x0: x, y0: y, x1, y1 }, changed);
}

function describe(x, y, numbers) {
  const { label, cells } = rows[y];
  const cell = cells[x];
  const name = cell ? `${label}${numbers[x]}` : `${words.wordRow} ${y + 1}, ${words.wordPlace.replace("%s", x + 1)}`;
  const kind = cell ? editor.querySelector(`[data-tool="${cell.kind}"]`).textContent.trim() : words.wordEmpty;
  const best = isFocal(x, y) ? `, ${words.wordFocal}` : "";
  return `${name}, ${kind}${cell?.blocked ? `, ${words.wordBlocked}` : ""}${best}`;
}

function isFocal(x, y) {
  return focalX.value !== "" && Math.round(Number(focalX.value)) === x && Math.round(Number(focalY.value)) === y;
}

function place(x, y, numbers) {
  const cell = rows[y].cells[x];
  const button = document.createElement("button");
  button.type = "button";
  button.className = "place seat";
  button.setAttribute("role", "gridcell");
  button.dataset.x = x;
  button.dataset.y = y;
  button.tabIndex = x === here.x && y === here.y ? 0 : -1;
  if (cell) button.dataset.kind = cell.kind;
  if (cell?.blocked) button.dataset.status = "blocked";
  button.classList.toggle("is-focal", isFocal(x, y));
  button.setAttribute("aria-label", describe(x, y, numbers));
  const shape = document.createElement("span");
  shape.className = "seat__shape";
  shape.textContent = cell ? numbers[x] : "";
  button.append(shape);
  return button;
}

function line(row, y) {
  const element = document.createElement("div");
  element.className = "draw__row";
  element.setAttribute("role", "row");
  const label = document.createElement("input");
  label.value = row.label;
  label.maxLength = 10;
  label.dataset.label = y;
  label.setAttribute("aria-label", `${words.wordRow} ${y + 1}`);
  if (!row.cells.some(Boolean)) label.placeholder = "–";
  const numbers = numbersOf(row, numbering.value, known);
  element.append(label, ...row.cells.map((_cell, x) => place(x, y, numbers)));
  return element;
}

function drawAll() {
  if (!rows.length) rows = [{ label: "", cells: Array(14).fill(null) }];
  here = { x: Math.min(here.x, rows[0].cells.length - 1), y: Math.min(here.y, rows.length - 1) };
  const focused = draw.contains(document.activeElement) && document.activeElement.matches(".place");
  draw.replaceChildren(...rows.map(line));
  const count = rows.reduce((sum, row) => sum + row.cells.filter(Boolean).length, 0);
  editor.querySelector("[data-grid-sum]").textContent = words.wordSeats.replace("%s", count);
  editor.querySelector("[data-do=undo]").disabled = !past.length;
  editor.querySelector("[data-do=redo]").disabled = !future.length;
  if (focused) button(here.x, here.y).focus();
}

function button(x, y) {
  return draw.querySelector(`[data-x="${x}"][data-y="${y}"]`);
}

function go(x, y) {
  button(here.x, here.y).tabIndex = -1;
  here = { x: Math.max(0, Math.min(x, rows[0].cells.length - 1)), y: Math.max(0, Math.min(y, rows.length - 1)) };
  button(here.x, here.y).tabIndex = 0;
  button(here.x, here.y).focus();
}

function choose(name) {
  tool = name;
  for (const one of editor.querySelectorAll("[data-tool]")) one.setAttribute("aria-pressed", String(one.dataset.tool === name));
}

const DEEDS = {
  undo: () => travel(past, future),
  redo: () => travel(future, past),
  "row-before": () => step(() => { rows = insertRow(rows, here.y); }),
  "row-after": () => step(() => { rows = insertRow(rows, here.y + 1); }),
  "row-drop": () => step(() => { rows = dropRow(rows, here.y); }),
  "col-before": () => step(() => { rows = insertColumn(rows, here.x); }),
  "col-after": () => step(() => { rows = insertColumn(rows, here.x + 1); }),
  "col-drop": () => step(() => { rows = rows[0].cells.length > 1 ? dropColumn(rows, here.x) : rows; }),
  preview: (pressed) => {
    const on = pressed.getAttribute("aria-pressed") !== "true";
    pressed.setAttribute("aria-pressed", String(on));
    draw.classList.toggle("is-preview", on);
  },
};

function placeAt(event) {
  return document.elementFromPoint(event.clientX, event.clientY)?.closest(".place");
}

function mark({ x0, y0, x1, y1 }) {
  for (const one of draw.querySelectorAll(".place")) {
    const inside = (value, a, b) => value >= Math.min(a, b) && value <= Math.max(a, b);
    one.classList.toggle("is-marked", inside(Number(one.dataset.x), x0, x1) && inside(Number(one.dataset.y), y0, y1));
  }
}

draw.addEventListener("pointerdown", (event) => {
  const at = event.target.closest(".place");
  if (!at || event.button) return;
  event.preventDefault();
  const [x, y] = [Number(at.dataset.x), Number(at.dataset.y)];
  here = { x, y };
  stroke = { before: snapshot(), x0: x, y0: y, x1: x, y1: y, box: event.shiftKey, blocks: !rows[y].cells[x]?.blocked };
  if (stroke.box) mark(stroke);
  else { put(x, y); drawAll(); }
  button(x, y).focus();
});

window.addEventListener("pointermove", (event) => {
  const at = stroke && placeAt(event);
  if (!at) return;
  const [x, y] = [Number(at.dataset.x), Number(at.dataset.y)];
  if (x === stroke.x1 && y === stroke.y1) return;
  [stroke.x1, stroke.y1] = [x, y];
  if (stroke.box) mark(stroke);
  else if (tool !== "focal") { put(x, y); drawAll(); }
});

window.addEventListener("pointerup", () => {
  if (!stroke) return;
  const { before, box, x0, y0, x1, y1 } = stroke;
  if (box) put(x0, y0, x1, y1);
  rows = named(rows);
  text.value = writePlan(rows);
  stroke = null;
  if (JSON.stringify(before) !== JSON.stringify(snapshot())) {
    past.push(before);
    future = [];
    dirty = true;
  }
  drawAll();
});

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

draw.addEventListener("keydown", (event) => {
  if (!event.target.matches(".place")) return;
  const arrow = ARROWS[event.key];
  if (arrow) {
    event.preventDefault();
    if (event.shiftKey) step(() => put(here.x, here.y));
    go(here.x + arrow[0], here.y + arrow[1]);
    if (event.shiftKey) step(() => put(here.x, here.y));
  } else if (event.key === " " || event.key === "Enter") {
    event.preventDefault();
    step(() => put(here.x, here.y));
    editor.querySelector("[data-grid-voice]").textContent = button(here.x, here.y).getAttribute("aria-label");
  } else if (event.key === "Home" || event.key === "End") {
    event.preventDefault();
    go(event.key === "Home" ? 0 : rows[0].cells.length - 1, here.y);
  } else if (!event.ctrlKey && !event.metaKey && KEYS[event.key.toLowerCase()]) choose(KEYS[event.key.toLowerCase()]);
});

editor.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.matches("textarea, input")) return;
  if (event.key.toLowerCase() === "z") { event.preventDefault(); DEEDS[event.shiftKey ? "redo" : "undo"](); }
  if (event.key.toLowerCase() === "y") { event.preventDefault(); DEEDS.redo(); }
});

editor.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-tool], [data-do]");
  if (chosen?.dataset.tool) choose(chosen.dataset.tool);
  else if (chosen) DEEDS[chosen.dataset.do](chosen);
});

editor.addEventListener("change", (event) => {
  if (event.target.dataset.label !== undefined) {
    const y = Number(event.target.dataset.label);
    step(() => { rows = rows.with(y, { ...rows[y], label: event.target.value.trim() }); });
  } else if (event.target === text) {
    rows = readPlan(text.value);
    dirty = true;
    drawAll();
  } else drawAll();
});

// Enter in a row's name is no wish to save the grid.
draw.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) { event.preventDefault(); event.target.blur(); }
});

// A shape or a copy comes from the server as a whole page; only its drawing is wanted, as a step to take back.
for (const form of document.querySelectorAll("[data-grid-start]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(`?${new URLSearchParams(new FormData(form))}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    step(() => {
      rows = readPlan(page.querySelector("[data-plan-text]").value);
      numbering.value = "left";
      focalX.value = focalY.value = "";
    });
  });
}

window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});
editor.addEventListener("submit", () => { dirty = false; });

editor.querySelector("[data-grid-board]").hidden = false;
drawAll();
