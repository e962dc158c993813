// The player's own side: the stream, the buttons and keys, and what is shown about the room.
import { Company, listed } from "./watch-people.js";
import { feedSubtitles, startSubtitles } from "./watch-subtitles.js";

const HLS_TYPE = "application/vnd.apple.mpegurl";
const IN_STEP = 0.05;
const STEP_SECONDS = 10;
const IDLE_MS = 3000;
const AIM_MS = 1000; // for so long a further step goes on from where the last one aimed
const NOTICE_MS = 6000;

async function load(video, room) {
  const { stream, hls: library } = room.dataset;
  const playsItself = !("MediaSource" in window || "ManagedMediaSource" in window) && video.canPlayType(HLS_TYPE);
  if (playsItself || !/\.m3u8(\?|$)/.test(stream)) {
    video.src = stream;
    return;
  }
  const { default: Hls } = await import(library);
  // Its own live catch-up would steer against ours, and its worker isn't needed for a film.
  const hls = new Hls({ maxLiveSyncPlaybackRate: 1, enableWorker: false, maxBufferLength: 30, renderTextTracksNatively: false });
  feedSubtitles(video, hls, Hls.Events);
  hls.on(Hls.Events.ERROR, (_event, fault) => {
    if (!fault.fatal) return;
    if (fault.type === Hls.ErrorTypes.NETWORK_ERROR) hls.startLoad();
    else if (fault.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else video.dispatchEvent(new Event("error"));
  });
  hls.loadSource(stream);
  hls.attachMedia(video);
}

/** The link into the clipboard; where the browser keeps that to itself, the link is chosen for copying by hand. */
function startCopying(button, link, done) {
  const words = button.textContent;
  button.addEventListener("click", async () => {
    link.select();
    const copied = navigator.clipboard ? await navigator.clipboard.writeText(link.value).then(() => true, () => false) : document.execCommand("copy");
    if (!copied) return;
    button.textContent = done;
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}

/** In full screen the buttons make room for the film while nobody stirs. */
function noticeIdling(stage) {
  let timer = null;
  function stir() {
    clearTimeout(timer);
    stage.removeAttribute("data-idle");
    timer = setTimeout(() => stage.setAttribute("data-idle", ""), IDLE_MS);
  }
  for (const event of ["pointermove", "pointerdown", "fullscreenchange"]) stage.addEventListener(event, stir);
  document.addEventListener("keydown", stir);
}

function clockFace(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return (parts[0] ? parts : parts.slice(1)).map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
}

export function startPlayer(room, video, { wish, position }) {
  const find = (name) => room.querySelector(`[data-watch-${name}]`);
  const text = (name) => room.dataset[`text${name}`];
  const [toggle, slider, speed, volume, silence, time, badge, waiting] = ["toggle", "seek", "rate", "volume", "mute", "time", "badge", "waiting"].map(find);
  const goOn = find("go-on");
  const company = new Company(room, wish);
  let line = null;
  let sliding = false;
  let aim = null;
  let notice = null;

  function playOrPause() {
    if (line) wish({ type: line.playing || line.reason === "waiting" ? "pause" : "play" });
  }

  function seekTo(seconds) {
    const to = Math.max(0, Math.min(seconds, (video.duration || Infinity) - 0.1));
    aim = { to, until: performance.now() + AIM_MS };
    wish({ type: "seek", position: to });
  }

  function step(seconds) {
    seekTo((aim && performance.now() < aim.until ? aim.to : position()) + seconds);
  }

  function fullScreen() {
    const stage = find("stage");
    if (document.fullscreenElement) document.exitFullscreen();
    else if (stage.requestFullscreen) stage.requestFullscreen();
    else video.webkitEnterFullscreen?.();
  }

  function mute() {
    video.muted = !video.muted;
  }

  function louder(step) {
    video.volume = Math.max(0, Math.min(1, video.volume + step));
    video.muted = video.volume === 0;
  }

  const keys = {
    " ": playOrPause, k: playOrPause, f: fullScreen, m: mute, c: () => subtitles.next(),
    ArrowLeft: () => step(-STEP_SECONDS), ArrowRight: () => step(STEP_SECONDS),
    ArrowUp: () => louder(0.1), ArrowDown: () => louder(-0.1),
  };
  const own = new Set(["f", "m", "c", "ArrowUp", "ArrowDown"]); // what changes nothing for the others
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, dialog")) return;
    // A button or link takes the space bar itself; outside the player the arrows scroll and choose.
    if (event.target.closest("button, a, summary") && (event.key === " " || !event.target.closest("[data-watch-stage]"))) return;
    if (event.target.closest("[data-chat]") && event.key.startsWith("Arrow")) return;
    const act = keys[event.key];
    if (!act || (!own.has(event.key) && toggle.disabled)) return;
    event.preventDefault();
    if (!event.repeat || event.key.startsWith("Arrow")) act();
  });
  toggle.addEventListener("click", playOrPause);
  goOn.addEventListener("click", () => wish({ type: "go_on" }));
  slider.addEventListener("input", () => { sliding = true; time.textContent = clockFace(Number(slider.value)); });
  slider.addEventListener("change", () => { sliding = false; seekTo(Number(slider.value)); });
  speed.addEventListener("change", () => wish({ type: "rate", rate: Number(speed.value) }));
  volume.addEventListener("input", () => { video.volume = Number(volume.value); video.muted = video.volume === 0; });
  silence.addEventListener("click", mute);
  video.addEventListener("volumechange", () => {
    volume.value = video.muted ? 0 : video.volume;
    silence.setAttribute("aria-pressed", String(video.muted));
  });
  // By mouse only: a thumb that slips on a phone should not stop everybody's film.
  video.addEventListener("click", (event) => { if (!toggle.disabled && event.pointerType === "mouse") playOrPause(); });
  const subtitles = startSubtitles(video, find("subtitles"), find("track"));
  find("full").addEventListener("click", fullScreen);
  noticeIdling(find("stage"));
  startCopying(find("copy"), find("link"), text("Copied"));
  video.addEventListener("durationchange", () => { if (Number.isFinite(video.duration)) slider.max = video.duration; });
  load(video, room).catch(() => video.dispatchEvent(new Event("error")));

  function showTime() {
    const at = position();
    if (!sliding) slider.value = at;
    slider.setAttribute("aria-valuetext", clockFace(at));
    time.textContent = `${clockFace(sliding ? Number(slider.value) : at)} / ${clockFace(video.duration)}`;
  }

  return {
    show(next, { mayControl, me, moderates }) {
      line = next;
      const goes = line.playing || line.reason === "waiting";
      toggle.setAttribute("aria-pressed", String(goes));
      toggle.querySelector("[data-watch-word]").textContent = goes ? text("Pause") : text("Play");
      for (const control of [toggle, slider, speed]) control.disabled = !mayControl;
      if ([...speed.options].some((option) => Number(option.value) === line.rate)) speed.value = String(line.rate);
      waiting.hidden = !line.waiting_on.length;
      waiting.textContent = line.waiting_on.length ? text("Waiting").replace("%s", listed(line.waiting_on)) : "";
      goOn.hidden = waiting.hidden || !mayControl;
      company.follow(line, { mayControl, me, moderates });
      showTime();
    },
    step(state, error) {
      const inStep = !state.playing || (error !== null && Math.abs(error) <= IN_STEP);
      badge.dataset.inStep = String(inStep);
      badge.textContent = inStep ? text("InStep") : text("CatchingUp");
      showTime();
    },
    people: (presence) => company.people(presence),
    /** A notice goes when what it says is over; only what stays so stays. */
    trouble(words, stays = false) {
      clearTimeout(notice);
      find("voice").textContent = words;
      if (!stays) notice = setTimeout(() => { find("voice").textContent = ""; }, NOTICE_MS);
    },
  };
}
