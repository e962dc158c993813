// Uploading a film's stream: in pieces, so that a broken line costs one piece, with the state kept up to date.
const page = document.querySelector("[data-stream-page]");
const HLS_TYPE = "application/vnd.apple.mpegurl";
const LOOK_EVERY = 2000;
const MOST_TRIES = 20;

const find = (name) => page.querySelector(`[data-${name}]`);
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const token = () => page.querySelector("[name=csrfmiddlewaretoken]").value;

function complain(words) {
  const place = find("upload-trouble");
  place.hidden = !words;
  place.textContent = words;
}

async function post(address, body, headers = {}) {
  const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token(), ...headers } });
  const told = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, ...told };
}

function show(sent, size) {
  const percent = Math.floor((100 * sent) / size);
  find("sending-bar").value = percent;
  find("sending-words").textContent = page.dataset.textSending.replace("%s", `${percent} %`);
}

/** Sends the file from where the server has it; answers whether all of it arrived. */
async function sendPieces(file, key) {
  const address = page.dataset.state.replace(/\d+\/stream\/state\/$/, `stream/${key}/piece/`);
  const size = Number(page.dataset.pieceBytes);
  let sent = 0;
  let tries = 0;
  while (sent < file.size) {
    const piece = file.slice(sent, sent + size);
    const type = { "Content-Type": "application/octet-stream", "X-Offset": String(sent) };
    const answer = await post(address, piece, type).catch(() => ({ ok: false, status: 0 }));
    if (answer.ok || answer.status === 409) {
      sent = answer.ok ? sent + piece.size : answer.received;
      tries = 0;
      show(sent, file.size);
    } else if ((answer.status === 0 || answer.status >= 500) && ++tries < MOST_TRIES) {
      find("sending-words").textContent = page.dataset.textAgain;
      await wait(Math.min(1000 * tries, 10_000));
    } else {
      complain(answer.message || page.dataset.textLost);
      return false;
    }
  }
  return true;
}

async function upload(form, file) {
  complain("");
  if (file.size > Number(page.dataset.limit) * 2 ** 20) return complain(page.dataset.textLarge);
  const about = new URLSearchParams({ name: file.name, size: file.size });
  const begun = await post(page.dataset.begin, about).catch(() => ({ ok: false }));
  if (!begun.ok) return complain(begun.message || page.dataset.textLost);
  form.hidden = true;
  find("sending").hidden = false;
  const leaving = (event) => event.preventDefault();
  addEventListener("beforeunload", leaving);
  show(0, file.size);
  const arrived = await sendPieces(file, begun.key);
  removeEventListener("beforeunload", leaving);
  if (arrived) location.reload();
  else await look();
  find("sending").hidden = true;
  form.hidden = Boolean(state());
}

const state = () => page.querySelector("[data-under-way]")?.dataset.underWay ?? "";

/** Fetches the list of uploads; when one is done the whole page is drawn anew. */
async function look() {
  const before = state();
  const answer = await fetch(page.dataset.state).catch(() => null);
  if (answer?.ok) {
    find("uploads").innerHTML = await answer.text();
    if (before && !state()) location.reload();
  }
}

async function preview(video) {
  const { preview: address, hls: library } = video.dataset;
  const broken = () => { find("preview-trouble").textContent = page.dataset.textBroken; };
  video.addEventListener("error", broken);
  if (!/\.m3u8(\?|$)/.test(address) || (!("MediaSource" in window) && video.canPlayType(HLS_TYPE))) {
    video.src = address;
    return;
  }
  const { default: Hls } = await import(library);
  const hls = new Hls({ enableWorker: false, maxBufferLength: 10 });
  hls.on(Hls.Events.ERROR, (_event, fault) => { if (fault.fatal) broken(); });
  hls.loadSource(address);
  hls.attachMedia(video);
}

if (page) {
  const form = find("upload");
  form.addEventListener("submit", (event) => {
    const file = form.querySelector("[data-upload-file]").files[0];
    if (!file) return;
    event.preventDefault();
    upload(form, file);
  });
  setInterval(() => { if (state() && !document.hidden) look(); }, LOOK_EVERY);
  const film = page.querySelector("[data-preview]");
  if (film) preview(film);
}
