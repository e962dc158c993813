// The schedule board: showtimes lie along the hours; a film or a showtime is picked up, carried and put down, by
// keyboard here, by mouse, pen or finger in board-drag.js. What is put down is sent by the page's own forms, and the
// server has the last word.
const DAY = 24 * 60;
const SNAP = 5;
export let carried = null;

export const root = () => document.querySelector("[data-board]");
export const isDay = () => root().dataset.view === "day";

export function say(text) {
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

function number(element, ...names) {
  return names.map((name) => Number(element.dataset[name]));
}

/** When a showtime takes its hall, by the wall clock in minutes after six: advertising, film, cleaning, done. */
function span(show) {
  const [start, film, end, clear] = number(show, "start", "film", "end", "clear");
  return { start, film, end, clear };
}

/** Three parts side by side, as long as advertising, film and cleaning take. */
function parts({ start, film, end, clear }) {
  const bar = document.createElement("span");
  bar.className = "show__bar";
  bar.setAttribute("aria-hidden", "true");
  for (const [name, minutes] of [["preshow", film - start], ["film", end - film], ["cleaning", clear - end]]) {
    const part = document.createElement("span");
    part.className = `show__${name}`;
    part.style.flexGrow = minutes;
    if (minutes > 0) bar.append(part);
  }
  return bar;
}

function lie(element, { start, clear }) {
  element.style.insetInlineStart = `${(100 * start) / DAY}%`;
  element.style.width = `${(100 * (Math.min(clear, DAY) - start)) / DAY}%`;
}

export function layOut() {
  const board = root().querySelector(".board");
  for (const show of board.querySelectorAll(".show")) {
    show.prepend(parts(span(show)));
    if (isDay()) lie(show, span(show));
    if (root().dataset.mayMove !== undefined) show.classList.add("is-movable");
  }
  if (!isDay()) return;
  board.classList.add("is-live");
  const first = board.querySelector(".show");
  board.scrollLeft = board.scrollWidth * ((first ? span(first).start - 30 : 180) / DAY);
  const palette = root().querySelector("[data-palette]");
  if (palette) palette.hidden = false;
}

/** How long a carried thing would take a hall: a showtime keeps its trailers, a film takes the form's or the hall's. */
function spanAt(cell, start) {
  const line = cell.closest("[data-hall]");
  const asked = document.querySelector("[data-place-form]")?.elements.preshow_minutes.value;
  const [usual, turnaround] = number(line, "preshow", "turnaround");
  const preshow = carried.show ? number(carried.show, "preshow")[0] : asked ? Number(asked) : usual;
  const film = start + preshow;
  return { start, film, end: film + carried.length, clear: film + carried.length + turnaround };
}

/** What is in the way at this place, or how long the hall would stand empty before and after. */
function look(cell, start) {
  const { clear } = spanAt(cell, start);
  let gap = Infinity;
  for (const other of cell.querySelectorAll(".show")) {
    if (other === carried.show) continue;
    const there = span(other);
    if (there.start < clear && there.clear > start) return { clash: `${clock(there.start)} ${other.dataset.title}` };
    gap = Math.min(gap, there.start >= clear ? there.start - clear : start - there.clear);
  }
  return { gap };
}

function verdict(cell, start) {
  const { dataset } = root();
  const { clash, gap } = look(cell, start);
  const words = [gap === Infinity ? dataset.textFree : dataset.textGap.replace("%s", gap)];
  if (clash) words[0] = dataset.textClash.replace("%s", clash);
  if (wallClock(cell.dataset.day, start) < dataset.now) words.push(dataset.textPast);
  if (carried.show?.matches(".is-fixed")) words.push(dataset.textFixed);
  return { clash, words: words.join(" · ") };
}

export function ghostAt(cell, start) {
  carried.ghost?.remove();
  carried.cell?.classList.remove("is-target");
  Object.assign(carried, { cell, start });
  const { clash, words } = verdict(cell, start);
  const there = spanAt(cell, start);
  const times = [there.start, there.film, there.end, there.clear].map(clock);
  const text = there.film > start ? root().dataset.textTimes : root().dataset.textTimesFilm;
  const ghost = document.createElement(isDay() ? "div" : "li");
  ghost.className = clash ? "ghost is-clash" : "ghost";
  const label = document.createElement("span");
  label.textContent = `${times[0]}${there.film > start ? ` (${times[1]})` : ""}–${times[2]} ${carried.title}`;
  ghost.append(parts(there), label);
  if (isDay()) lie(ghost, there);
  cell.append(ghost);
  cell.classList.add("is-target");
  carried.ghost = ghost;
  const hall = cell.closest("[data-hall]").querySelector(".board__hall").textContent.trim();
  const spoken = ["%1", "%2", "%3", "%4"].reduce((line, mark, at) => line.replace(mark, times[at]), text);
  say(`${hall} · ${cell.dataset.day} · ${carried.title} · ${spoken} · ${words}`);
}

export function pickUp(element) {
  const { title, length } = element.dataset;
  carried = { title, length: Number(length), from: element };
  if (element.matches(".show")) {
    element.classList.add("is-carried");
    Object.assign(carried, { show: element, start: span(element).start });
  } else carried.film = element.dataset.film;
}

export function letGo() {
  carried?.ghost?.remove();
  carried?.cell?.classList.remove("is-target");
  carried?.show?.classList.remove("is-carried");
  carried = null;
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
  const { scrollLeft: left, scrollTop: top } = root().querySelector(".board");
  for (const part of ["[data-board]", ".board-forms"]) {
    const fresh = page.querySelector(part);
    if (fresh) document.querySelector(part).replaceWith(fresh);
  }
  layOut();
  Object.assign(root().querySelector(".board"), { scrollLeft: left, scrollTop: top });
}

/** A showtime with tickets goes by the page that first shows whom it would concern; all else is done at once. */
export async function putDown() {
  const { cell, start, film, show } = carried;
  const place = { hall: cell.closest("[data-hall]").dataset.hall, starts_at: wallClock(cell.dataset.day, start) };
  if (show?.matches(".is-fixed")) {
    if (show.dataset.movePage) location.href = `${show.dataset.movePage}?${new URLSearchParams(place)}`;
    else say(root().dataset.textFixed);
    return letGo();
  }
  const form = document.querySelector(film ? "[data-place-form]" : "[data-move-form]");
  const facts = film ? { movie: film } : { showtime: show.dataset.showtime, seen: show.dataset.seen };
  for (const [name, value] of Object.entries({ ...facts, ...place })) form.elements[name].value = value;
  letGo();
  await send(form);
  document.querySelector(film ? `[data-film="${film}"]` : `[data-showtime="${facts.showtime}"] a`)?.focus();
}

function begin(element) {
  pickUp(element);
  const first = root().querySelector(".board__cell");
  const cell = carried.show ? carried.show.closest(".board__cell") : first;
  if (carried.film) carried.start = firstFree(cell);
  ghostAt(cell, carried.start);
  carried.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
  say(root().dataset.textPicked.replace("%s", carried.title));
}

function firstFree(cell) {
  for (let start = 240; start < DAY; start += SNAP) {
    if (!look(cell, start).clash) return start;
  }
  return 240;
}

/** A start on full five minutes within the cinema's day. */
export function snapped(minutes) {
  return Math.max(0, Math.min(DAY - SNAP, Math.round(minutes / SNAP) * SNAP));
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function carry(event) {
  const step = STEPS[event.key];
  if (event.key === "Escape") { letGo(); say(root().dataset.textDropped); }
  else if (event.key === "Enter") putDown();
  else if (step) {
    const all = [...root().querySelectorAll(".board__cell")];
    const [across, down] = step;
    let at = all.indexOf(carried.cell) + down * (isDay() ? 1 : 7);
    let start = carried.start;
    if (isDay()) start = snapped(start + across * (event.shiftKey ? 60 : SNAP));
    else at += across;
    ghostAt(all[at] ?? carried.cell, start);
    carried.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
  } else return;
  event.preventDefault();
}

document.addEventListener("keydown", (event) => {
  if (carried?.ghost && !event.ctrlKey && !event.metaKey) return carry(event);
  const show = event.target.closest?.(".show.is-movable");
  const film = event.target.closest?.(".film");
  if (show && event.key.toLowerCase() === "m") begin(show);
  else if (film && event.key === "Enter") { event.preventDefault(); begin(film); }
});

layOut();
