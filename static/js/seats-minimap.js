// A small picture of the whole hall while only a part of it is seen: what is free, what is chosen, where one is.
const COLOURS = { available: "#4d9a9b", chosen: "#ff7a5c", mine: "#ff7a5c" };

export function drawMinimap(canvas, plan, frame, needed) {
  canvas.hidden = !needed;
  if (!needed) return;
  const whole = plan.getBoundingClientRect();
  const scale = Math.min(canvas.width / whole.width, canvas.height / whole.height);
  const left = (canvas.width - whole.width * scale) / 2;
  const pen = canvas.getContext("2d");
  const size = Math.max(1.5, plan.querySelector(".seat").getBoundingClientRect().width * scale * 0.8);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  for (const seat of plan.querySelectorAll(".seat")) {
    const box = seat.getBoundingClientRect();
    const status = seat.querySelector(":checked") ? "chosen" : seat.dataset.status;
    pen.fillStyle = COLOURS[status] ?? "#3b4648";
    pen.fillRect(left + (box.left - whole.left) * scale, (box.top - whole.top) * scale, size, size);
  }
  const seen = frame.getBoundingClientRect();
  pen.strokeStyle = "#ffe9d6";
  pen.lineWidth = 1.5;
  pen.strokeRect(
    left + (seen.left - whole.left) * scale, (seen.top - whole.top) * scale, frame.clientWidth * scale, frame.clientHeight * scale
  );
}
