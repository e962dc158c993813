// Keeps the screen awake while tickets are shown, shares a link to them, and says when the doors open.
const page = document.querySelector("[data-tickets]");
const share = document.querySelector("[data-share]");
const doors = document.querySelector("[data-doors]");
let lock;

async function wake() {
  if (document.hidden || lock) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => { lock = undefined; });
  } catch {
    // A device may refuse, for one when its battery is low: the ticket is shown all the same.
  }
}

function countDown() {
  const minutes = Math.ceil((Date.parse(doors.dataset.doors) - Date.now()) / 60_000);
  doors.hidden = minutes > 24 * 60 || Date.now() > Date.parse(doors.dataset.end);
  if (doors.hidden) return;
  const time = minutes >= 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes} min`;
  doors.textContent = minutes > 0 ? doors.dataset.textIn.replace("%s", time) : doors.dataset.textOpen;
}

if (page && "wakeLock" in navigator) {
  wake();
  document.addEventListener("visibilitychange", wake);
}
if (share && "share" in navigator) {
  share.hidden = false;
  share.addEventListener("click", () => navigator.share({ title: document.title, text: share.dataset.text, url: share.dataset.url }).catch(() => {}));
}
if (doors) {
  countDown();
  setInterval(countDown, 30_000);
}
