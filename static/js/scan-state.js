// Asks our own server whether the code on this page has been paid, and goes on when the waiting is over.
const PAUSE = 2_000;
const PAUSE_AWAY = 10_000;

function start(box) {
  const voice = box.querySelector("[data-scan-voice]");

  async function look() {
    try {
      const answer = await fetch(box.dataset.scan, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { waits } = await answer.json();
      voice.textContent = "";
      if (!waits) return location.reload(); // The server says what became of it, and leads back to the order.
      setTimeout(look, PAUSE);
    } catch {
      voice.textContent = voice.dataset.textAway;
      setTimeout(look, PAUSE_AWAY);
    }
  }

  setTimeout(look, PAUSE);
}

for (const box of document.querySelectorAll("[data-scan]")) start(box);
