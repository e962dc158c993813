// Dragging on the schedule board by mouse, pen or finger. A finger picks up by resting a moment, so that a quick stroke
// still scrolls. Near an edge the board, or the page, moves along.
import { carried, ghostAt, isDay, letGo, pickUp, putDown, root, say, snapped } from "./board.js";

const REST = 350; // ms a finger rests before it picks up
const SLACK = 8; // px it may tremble meanwhile
const EDGE = 48; // px from an edge where things begin to move along
const DAY = 24 * 60;
let gesture = null;

/** Where in the block it was gripped, so that it doesn't jump under the pointer. */
function gripped(element, x) {
  if (!element.matches(".show") || !isDay()) return 0;
  const box = element.getBoundingClientRect();
  const cell = element.closest(".board__cell").getBoundingClientRect();
  return ((x - box.left) / cell.width) * DAY;
}

function follow() {
  const cell = document.elementFromPoint(gesture.x, gesture.y)?.closest(".board__cell");
  gesture.over = cell;
  if (!cell) return;
  const box = cell.getBoundingClientRect();
  const start = isDay() && (gesture.moved || carried.film)
    ? snapped(((gesture.x - box.left) / box.width) * DAY - gesture.grip)
    : (carried.start ?? 240);
  if (cell !== carried.cell || start !== carried.start || !carried.ghost) ghostAt(cell, start);
}

/** How fast to move along: nothing in the middle, more the nearer to an edge. */
function pull(at, low, high) {
  if (at < low + EDGE) return -Math.min(EDGE, low + EDGE - at) / 4;
  if (at > high - EDGE) return Math.min(EDGE, at - high + EDGE) / 4;
  return 0;
}

function scrollAlong() {
  if (!gesture?.up) return;
  if (!carried) return end();
  const board = root().querySelector(".board");
  const box = board.getBoundingClientRect();
  const hall = board.querySelector(".board__hall")?.offsetWidth ?? 0;
  const inside = gesture.y > box.top && gesture.y < box.bottom;
  const across = inside ? pull(gesture.x, Math.max(0, box.left) + hall, Math.min(innerWidth, box.right)) : 0;
  const along = inside ? pull(gesture.y, Math.max(0, box.top), Math.min(innerHeight, box.bottom)) : 0;
  const down = pull(gesture.y, 0, innerHeight);
  if (gesture.moved && (across || along || down)) {
    const { scrollTop } = board;
    board.scrollLeft += across;
    board.scrollTop += along;
    if (board.scrollTop === scrollTop) window.scrollBy(0, down); // the board can go no further
    follow();
  }
  requestAnimationFrame(scrollAlong);
}

function lift() {
  if (!gesture) return;
  gesture.up = true;
  pickUp(gesture.element);
  follow();
  requestAnimationFrame(scrollAlong);
}

function end() {
  clearTimeout(gesture?.timer);
  gesture = null;
}

document.addEventListener("pointerdown", (event) => {
  const element = event.target.closest?.(".show.is-movable, .film");
  if (!element || event.button !== 0 || !event.isPrimary || carried) return;
  const { clientX: x, clientY: y, pointerId } = event;
  gesture = { element, pointerId, x, y, fromX: x, fromY: y, grip: gripped(element, x), touch: event.pointerType === "touch" };
  if (gesture.touch) gesture.timer = setTimeout(() => { lift(); navigator.vibrate?.(15); }, REST);
});

document.addEventListener("pointermove", (event) => {
  if (event.pointerId !== gesture?.pointerId) return;
  Object.assign(gesture, { x: event.clientX, y: event.clientY });
  const far = Math.hypot(gesture.x - gesture.fromX, gesture.y - gesture.fromY);
  if (far > (gesture.touch ? SLACK : SLACK / 2)) gesture.moved = true;
  if (gesture.up && !carried) return end(); // let go by Escape
  if (gesture.up) follow();
  else if (gesture.moved && gesture.touch) end(); // a stroke: the browser scrolls
  else if (gesture.moved) lift();
});

document.addEventListener("pointerup", (event) => {
  if (event.pointerId !== gesture?.pointerId) return;
  const { up, moved, over } = gesture;
  end();
  if (!up) return;
  const swallow = (click) => { click.preventDefault(); click.stopPropagation(); };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
  if (!carried) return;
  if (over && moved) return void putDown();
  letGo();
  say(root().dataset.textDropped);
});

document.addEventListener("pointercancel", (event) => {
  if (event.pointerId !== gesture?.pointerId) return;
  if (gesture.up && carried) { letGo(); say(root().dataset.textDropped); }
  end();
});

// While something is carried the finger doesn't scroll; the long rest opens no menu, and the browser drags nothing.
document.addEventListener("touchmove", (event) => { if (gesture?.up) event.preventDefault(); }, { passive: false });
document.addEventListener("contextmenu", (event) => { if (gesture?.touch) event.preventDefault(); });
document.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-board]")) event.preventDefault(); });

// A film that is only pressed opens the form to place it.
document.addEventListener("click", (event) => {
  const film = event.target.closest?.(".film");
  const form = film && document.querySelector("[data-place-form]");
  if (!form) return;
  form.closest("details").open = true;
  form.elements.movie.value = film.dataset.film;
  form.elements.hall.focus();
  form.scrollIntoView({ block: "center" });
});
