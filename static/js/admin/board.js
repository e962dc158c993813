// The schedule board: showtimes lie along the hours, films and showtimes are dragged or carried by keyboard.
// What is dropped is sent by the page's own forms, and the server has the last word.
const DAY = 24 * 60;
const SNAP = 5;
let carried = null;

const root = () => document.querySelector("[data-board]");
const isDay = () => root().dataset.view === "day";

function say(text) {
  root().querySelector("[data-board-voice]").textContent = text;
}

function clock(minutes) {
  const at = (minutes + 360 + DAY) % DAY;
  return `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;
}

/** The wall clock of so many minutes after six on a day, as datetime-local wants it. */
function wallClock(day, minutes) {
  const moment = new Date(`${day}T06:00:00Z`);
  moment.setUTCMinutes(moment.getUTCMinutes() + minutes);
  return moment.toISOString().slice(0, 16);
}

function span(show) {
  const [start, length, cleaning] = ["start", "length", "cleaning"].map((name) => Number(show.dataset[name]));
  return { start, end: start + length, clear: start + length + cleaning };
}

function layOut() {
  const board = root().querySelector(".board");
  if (isDay()) {
    board.classList.add("is-live");
    for (const show of board.querySelectorAll(".show")) {
      const { start, end, clear } = span(show);
      show.style.insetInlineStart = `${(100 * start) / DAY}%`;
      show.style.width = `${(100 * (Math.min(clear, DAY) - start)) / DAY}%`;
      const cleaning = document.createElement("span");
      cleaning.className = "show__cleaning";
      cleaning.style.width = `${(100 * (clear - end)) / (clear - start)}%`;
      show.append(cleaning);
    }
    const first = board.querySelector(".show");
    board.scrollLeft = board.scrollWidth * ((first ? span(first).start - 30 : 180) / DAY);
    const palette = root().querySelector("[data-palette]");
    if (palette) palette.hidden = false;
    for (const film of root().querySelectorAll(".film")) film.draggable = true;
  }
  for (const show of board.querySelectorAll(".show:not(.is-fixed)")) {
    if (root().dataset.mayMove !== undefined) show.draggable = true;
    show.querySelector("a").draggable = false;
  }
}

/** What is in the way at this place, or how long the hall would stand empty before and after. */
function look(cell, start) {
  const turnaround = Number(cell.closest("[data-hall]").dataset.turnaround);
  const clear = start + carried.length + turnaround;
  let gap = Infinity;
  for (const other of cell.querySelectorAll(".show")) {
    if (other === carried.show) continue;
    const there = span(other);
    if (there.start < clear && there.clear > start) return { clash: `${clock(there.start)} ${other.dataset.title}` };
    gap = Math.min(gap, there.start >= clear ? there.start - clear : start - there.clear);
  }
  return { gap };
}

function ghostAt(cell, start) {
  const { dataset } = root();
  carried.ghost?.remove();
  carried.cell?.classList.remove("is-target");
  Object.assign(carried, { cell, start });
  const seen = look(cell, start);
  const words = seen.clash
    ? dataset.textClash.replace("%s", seen.clash)
    : seen.gap === Infinity ? dataset.textFree : dataset.textGap.replace("%s", seen.gap);
  const ghost = document.createElement(isDay() ? "div" : "li");
  ghost.className = seen.clash ? "ghost is-clash" : "ghost";
  ghost.textContent = `${clock(start)}–${clock(start + carried.length)} ${carried.title}`;
  if (isDay()) {
    ghost.style.insetInlineStart = `${(100 * start) / DAY}%`;
    ghost.style.width = `${(100 * carried.length) / DAY}%`;
  }
  cell.append(ghost);
  cell.classList.add("is-target");
  carried.ghost = ghost;
  const hall = cell.closest("[data-hall]").querySelector(".board__hall").textContent.trim();
  say(`${hall} ${cell.dataset.day} ${ghost.textContent}: ${words}`);
}

function pickUp(element) {
  if (element.matches(".is-fixed")) return say(root().dataset.textFixed);
  const { title, length } = element.dataset;
  carried = { title, length: Number(length), grab: 0, from: element };
  if (element.matches(".show")) {
    element.classList.add("is-carried");
    Object.assign(carried, { show: element, start: span(element).start });
  } else carried.film = element.dataset.film;
  return true;
}

function letGo() {
  carried?.ghost?.remove();
  carried?.cell?.classList.remove("is-target");
  carried?.show?.classList.remove("is-carried");
  carried = null;
}

function cells() {
  return [...root().querySelectorAll(".board__cell")];
}

/** Send a form in the background and show the board that comes back, with the server's messages. */
async function send(form) {
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.querySelector(".messagelist")?.remove();
  const messages = page.querySelector(".messagelist");
  if (messages) {
    messages.setAttribute("role", "status");
    document.querySelector("#content-start").prepend(messages);
  }
  const left = root().querySelector(".board").scrollLeft;
  for (const part of ["[data-board]", ".board-forms"]) {
    const fresh = page.querySelector(part);
    if (fresh) document.querySelector(part).replaceWith(fresh);
  }
  layOut();
  root().querySelector(".board").scrollLeft = left;
}

async function putDown() {
  const { cell, start, film, show } = carried;
  const again = show?.dataset.showtime;
  const form = document.querySelector(film ? "[data-place-form]" : "[data-move-form]");
  const fields = form.elements;
  if (film) fields.movie.value = film;
  else fields.showtime.value = again;
  fields.hall.value = cell.closest("[data-hall]").dataset.hall;
  fields.starts_at.value = wallClock(cell.dataset.day, start);
  letGo();
  await send(form);
  (document.querySelector(again ? `[data-showtime="${again}"] a` : `[data-film="${film}"]`))?.focus();
}

function startAt(cell, event) {
  if (!isDay()) return carried.start;
  const box = cell.getBoundingClientRect();
  const minutes = ((event.clientX - box.left) / box.width) * DAY - carried.grab;
  return Math.max(0, Math.min(DAY - SNAP, Math.round(minutes / SNAP) * SNAP));
}

document.addEventListener("dragstart", (event) => {
  const element = event.target.closest?.(".show, .film");
  if (!element || !pickUp(element)) return;
  event.dataTransfer.setData("text/plain", element.dataset.title);
  event.dataTransfer.effectAllowed = "move";
  if (carried.show && isDay()) {
    const box = element.getBoundingClientRect();
    const { start, clear } = span(element);
    carried.grab = ((event.clientX - box.left) / box.width) * (clear - start);
  }
});

document.addEventListener("dragover", (event) => {
  const cell = carried && event.target.closest?.(".board__cell");
  if (!cell) return;
  event.preventDefault();
  const start = startAt(cell, event);
  if (cell !== carried.cell || start !== carried.start || !carried.ghost) ghostAt(cell, start);
});

document.addEventListener("drop", (event) => {
  const cell = carried && event.target.closest?.(".board__cell");
  if (!cell) return;
  event.preventDefault();
  ghostAt(cell, startAt(cell, event));
  putDown();
});

document.addEventListener("dragend", () => { if (carried) letGo(); });

function begin(element) {
  if (!pickUp(element)) return;
  const all = cells();
  const cell = carried.show ? carried.show.closest(".board__cell") : all[0];
  if (carried.film) carried.start = firstFree(cell);
  ghostAt(cell, carried.start);
  say(root().dataset.textPicked.replace("%s", carried.title));
}

function firstFree(cell) {
  for (let start = 240; start < DAY; start += SNAP) {
    if (!look(cell, start).clash) return start;
  }
  return 240;
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function carry(event) {
  const step = STEPS[event.key];
  if (event.key === "Escape") { letGo(); say(root().dataset.textDropped); }
  else if (event.key === "Enter") putDown();
  else if (step) {
    const all = cells();
    const wide = isDay() ? 1 : 7;
    const [across, down] = step;
    let at = all.indexOf(carried.cell) + down * wide;
    let start = carried.start;
    if (isDay()) start = Math.max(0, Math.min(DAY - SNAP, start + across * (event.shiftKey ? 60 : SNAP)));
    else at += across;
    ghostAt(all[at] ?? carried.cell, start);
    carried.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
  } else return;
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (carried?.ghost && !event.ctrlKey && !event.metaKey) return carry(event);
  const show = event.target.closest?.(".show");
  const film = event.target.closest?.(".film");
  if (show && event.key.toLowerCase() === "m" && root().dataset.mayMove !== undefined) begin(show);
  else if (film && event.key === "Enter") { event.preventDefault(); begin(film); }
});

layOut();
