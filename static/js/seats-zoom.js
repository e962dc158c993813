// The hall as one surface: it opens whole, is panned and pinched by finger, and zoomed by wheel, button or key.
// The seats' size is the only thing that changes (--seat), so names of rows stay put and every seat stays a checkbox.
import { drawMinimap } from "./seats-minimap.js";

const NEAR = 40; // what a tap on a hall too small to hit goes to
const TAPPABLE = 24;
const LEAST = 6;
const MOST = 72;

export function startZoom(form, plan) {
  const hall = plan.closest("[data-hall]");
  const frame = hall.querySelector(".hall__scroll");
  const rows = [...plan.querySelectorAll("[data-row]")];
  const columns = Math.max(...rows.map((row) => row.children.length - 1));
  const fingers = new Map();
  let seat = 0;
  let pinch = null;

  function fitted() {
    const style = getComputedStyle(frame);
    const width = frame.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const lines = plan.querySelectorAll(".plan__row").length;
    const height = Math.max(260, innerHeight * 0.62) - 60;
    return Math.max(LEAST, Math.min(36, width / (columns * 1.12), height / (lines * 1.12)));
  }

  // The point under the finger (in the frame) stays where it is.
  function zoomTo(size, at = { x: frame.clientWidth / 2, y: frame.clientHeight / 2 }) {
    const next = Math.min(MOST, Math.max(Math.min(LEAST, fitted()), size));
    const before = plan.getBoundingClientRect();
    const box = frame.getBoundingClientRect();
    const share = { x: (at.x + box.left - before.left) / before.width, y: (at.y + box.top - before.top) / before.height };
    seat = next;
    plan.style.setProperty("--seat", `${seat}px`);
    plan.style.setProperty("--gap", `${Math.max(1, seat * 0.12)}px`);
    plan.toggleAttribute("data-tiny", seat < 17);
    const after = plan.getBoundingClientRect();
    frame.scrollLeft += after.left + share.x * after.width - (at.x + box.left);
    frame.scrollTop += after.top + share.y * after.height - (at.y + box.top);
    draw();
  }

  function draw() {
    const whole = frame.scrollWidth <= frame.clientWidth + 1 && frame.scrollHeight <= frame.clientHeight + 1;
    drawMinimap(hall.querySelector("[data-minimap]"), plan, frame, !whole);
  }

  function pointIn(event) {
    const box = frame.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  function spread() {
    const [one, two] = [...fingers.values()];
    return { gap: Math.hypot(one.x - two.x, one.y - two.y), x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
  }

  frame.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch") return;
    fingers.set(event.pointerId, pointIn(event));
    if (fingers.size === 2) pinch = { gap: spread().gap, seat };
  });
  frame.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, pointIn(event));
    if (fingers.size === 2 && pinch) zoomTo((pinch.seat * spread().gap) / pinch.gap, spread());
  });
  for (const name of ["pointerup", "pointercancel"]) {
    addEventListener(name, (event) => {
      fingers.delete(event.pointerId);
      if (fingers.size < 2) pinch = null;
    });
  }
  // The browser's own pinch would zoom the page, and its pan ends a pinch: two fingers on the hall are ours.
  frame.addEventListener("touchmove", (event) => { if (event.touches.length > 1) event.preventDefault(); }, { passive: false });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomTo(seat * Math.exp(-event.deltaY / 300), pointIn(event));
  }, { passive: false });

  // A hall too small to hit: the first tap goes there, the second takes the seat.
  plan.addEventListener("click", (event) => {
    if (seat >= TAPPABLE || event.detail === 0 || !matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    zoomTo(NEAR, pointIn(event));
  }, { capture: true });
  plan.addEventListener("focusin", (event) => {
    if (seat < TAPPABLE && event.target.matches(":focus-visible")) zoomTo(NEAR);
    if (event.target.matches(":focus-visible")) event.target.closest(".seat")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  for (const button of form.querySelectorAll("[data-zoom-to]")) {
    button.addEventListener("click", () => {
      const steps = { in: seat < TAPPABLE ? NEAR : seat * 1.4, out: seat / 1.4, fit: fitted() };
      zoomTo(steps[button.value]);
    });
  }
  for (const tools of form.querySelectorAll("[data-zoom-tools]")) tools.hidden = false;
  frame.addEventListener("scroll", draw, { passive: true });
  for (const news of ["seats:drawn", "seats:chosen"]) form.addEventListener(news, draw);
  hall.dataset.ready = "";
  zoomTo(fitted());
  addEventListener("resize", () => { if (seat < TAPPABLE) zoomTo(fitted()); });
}
