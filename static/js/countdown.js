// The time a hold has left. The server's clock decides: the page carries the seconds that were left when it was made.
// Told politely: screen readers hear it at five, two and one minute and at the end, not every second.
const TOLD_AT = [300, 120, 60, 30];
const WARNED_FROM = 120;

function clockFace(seconds) {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
}

function start(clock) {
  const face = clock.querySelector("[data-countdown-left]");
  const voice = clock.querySelector("[data-countdown-voice]");
  const end = performance.now() + Number(clock.dataset.countdown) * 1000;
  let told = Infinity;

  function say(seconds) {
    const due = TOLD_AT.filter((mark) => seconds <= mark && mark < told).pop();
    if (due === undefined) return;
    told = due;
    voice.textContent = clock.dataset.textLeft.replace("%s", clockFace(seconds));
  }

  function tick() {
    const seconds = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    face.textContent = clockFace(seconds);
    clock.toggleAttribute("data-soon", seconds <= WARNED_FROM);
    if (seconds > 0) return say(seconds);
    clearInterval(timer);
    voice.textContent = clock.dataset.textOver;
    location.reload(); // The server now says what became of the seats and offers them again.
  }

  const timer = setInterval(tick, 1000);
  tick();
}

for (const clock of document.querySelectorAll("[data-countdown]")) start(clock);
