// The player's own side: the stream, the buttons and keys, and what is shown about the room.
const HLS_TYPE = "application/vnd.apple.mpegurl";
const IN_STEP = 0.05;
const STEP_SECONDS = 10;

async function load(video, room) {
  const { stream, hls: library } = room.dataset;
  const playsItself = !("MediaSource" in window || "ManagedMediaSource" in window) && video.canPlayType(HLS_TYPE);
  if (playsItself || !/\.m3u8(\?|$)/.test(stream)) {
    video.src = stream;
    return;
  }
  const { default: Hls } = await import(library);
  // Its own live catch-up would steer against ours, and its worker isn't needed for a film.
  const hls = new Hls({ maxLiveSyncPlaybackRate: 1, enableWorker: false, maxBufferLength: 30 });
  hls.on(Hls.Events.ERROR, (_event, fault) => {
    if (!fault.fatal) return;
    if (fault.type === Hls.ErrorTypes.NETWORK_ERROR) hls.startLoad();
    else if (fault.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    else video.dispatchEvent(new Event("error"));
  });
  hls.loadSource(stream);
  hls.attachMedia(video);
}

function clockFace(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return (parts[0] ? parts : parts.slice(1)).map((part, index) => (index ? String(part).padStart(2, "0") : part)).join(":");
}

export function startPlayer(room, video, { wish, position }) {
  const find = (name) => room.querySelector(`[data-watch-${name}]`);
  const text = (name) => room.dataset[`text${name}`];
  const [toggle, slider, speed, volume, time, badge, waiting, who] = ["toggle", "seek", "rate", "volume", "time", "badge", "waiting", "people"].map(find);
  let line = null;
  let sliding = false;

  function playOrPause() {
    if (line) wish({ type: line.playing || line.reason === "waiting" ? "pause" : "play" });
  }

  function seekTo(seconds) {
    wish({ type: "seek", position: Math.max(0, Math.min(seconds, (video.duration || Infinity) - 0.1)) });
  }

  function fullScreen() {
    const stage = find("stage");
    if (document.fullscreenElement) document.exitFullscreen();
    else if (stage.requestFullscreen) stage.requestFullscreen();
    else video.webkitEnterFullscreen?.();
  }

  function mute() {
    video.muted = !video.muted;
    volume.value = video.muted ? 0 : video.volume;
  }

  const keys = {
    " ": playOrPause, k: playOrPause, f: fullScreen, m: mute,
    ArrowLeft: () => seekTo(position() - STEP_SECONDS), ArrowRight: () => seekTo(position() + STEP_SECONDS),
    ArrowUp: () => { volume.value = video.volume = Math.min(1, video.volume + 0.1); video.muted = false; },
    ArrowDown: () => { volume.value = video.volume = Math.max(0, video.volume - 0.1); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select, button, dialog, a, summary")) return;
    const act = keys[event.key];
    const controlling = !["f", "m", "ArrowUp", "ArrowDown"].includes(event.key);
    if (!act || (controlling && toggle.disabled)) return;
    event.preventDefault();
    act();
  });
  toggle.addEventListener("click", playOrPause);
  slider.addEventListener("input", () => { sliding = true; time.textContent = clockFace(Number(slider.value)); });
  slider.addEventListener("change", () => { sliding = false; seekTo(Number(slider.value)); });
  speed.addEventListener("change", () => wish({ type: "rate", rate: Number(speed.value) }));
  volume.addEventListener("input", () => { video.volume = Number(volume.value); video.muted = video.volume === 0; });
  const subtitles = find("subtitles");
  const tracks = () => [...video.textTracks].filter((track) => ["subtitles", "captions"].includes(track.kind));
  video.textTracks.addEventListener("addtrack", () => { subtitles.hidden = !tracks().length; });
  subtitles.addEventListener("click", () => {
    const on = subtitles.getAttribute("aria-pressed") !== "true";
    subtitles.setAttribute("aria-pressed", String(on));
    tracks().forEach((track, index) => { track.mode = on && index === 0 ? "showing" : "disabled"; });
  });
  find("full").addEventListener("click", fullScreen);
  find("copy")?.addEventListener("click", async (event) => {
    await navigator.clipboard?.writeText(find("link").value).catch(() => find("link").select());
    event.currentTarget.textContent = text("Copied");
  });
  video.addEventListener("durationchange", () => { if (Number.isFinite(video.duration)) slider.max = video.duration; });
  load(video, room).catch(() => video.dispatchEvent(new Event("error")));

  function showTime() {
    const at = position();
    if (!sliding) slider.value = at;
    slider.setAttribute("aria-valuetext", clockFace(at));
    time.textContent = `${clockFace(sliding ? Number(slider.value) : at)} / ${clockFace(video.duration)}`;
  }

  return {
    show(next, mayControl) {
      line = next;
      const goes = line.playing || line.reason === "waiting";
      toggle.setAttribute("aria-pressed", String(goes));
      toggle.querySelector("[data-watch-word]").textContent = goes ? text("Pause") : text("Play");
      for (const control of [toggle, slider, speed]) control.disabled = !mayControl;
      if ([...speed.options].some((option) => Number(option.value) === line.rate)) speed.value = String(line.rate);
      waiting.hidden = !line.waiting_on.length;
      waiting.textContent = line.waiting_on.length ? text("Waiting").replace("%s", line.waiting_on.join("、")) : "";
      room.querySelector("[data-watch-mine]").hidden = mayControl;
      showTime();
    },
    step(state, error) {
      const inStep = !state.playing || (error !== null && Math.abs(error) <= IN_STEP);
      badge.dataset.inStep = String(inStep);
      badge.textContent = inStep ? text("InStep") : text("CatchingUp");
      showTime();
    },
    people({ count, users }) {
      who.textContent = `${text("Here").replace("%s", count)} ${users.map((user) => user.username).join("、")}`;
    },
    trouble(words) {
      find("voice").textContent = words;
    },
  };
}
