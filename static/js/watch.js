// Watching together: the player follows the room's timeline, which the server keeps.
import { PartyLine } from "./watch-line.js";
import { startPlayer } from "./watch-player.js";
import { freshMemory, positionAt, step } from "./sync-control.js";

const STEP_MS = 100;
const RATE_GRAIN = 0.001;
const SHORT_MS = 600;
const SEEK_MS = 2000;

function startRoom(room) {
  const video = room.querySelector("video");
  let line = null;
  let memory = freshMemory();
  let playTimer = null;
  let error = null;
  let blocked = false;
  let everReady = false;
  let shortSince = null;

  const wire = new PartyLine(room.dataset.room, room.dataset.name, {
    state(next) {
      if (line !== null && next.rev < line.rev) return;
      line = next;
      controls.show(line, { mayControl: wire.mayControl(line), me: wire.you?.user_id ?? null, moderates: wire.moderates });
      go();
    },
    people: (presence) => controls.people(presence),
    trouble: (text, stays) => controls.trouble(text, stays),
    online: (on) => room.toggleAttribute("data-offline", !on),
  });
  const controls = startPlayer(room, video, {
    wish: (frame) => wire.wish(frame),
    position: () => (line === null ? 0 : positionAt(line, now() + (wire.clock?.offset ?? 0), video.duration || Infinity)),
  });

  function now() {
    return performance.timeOrigin + performance.now();
  }

  function seen() {
    return {
      position: video.currentTime,
      paused: video.paused,
      seeking: video.seeking,
      enough: video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA,
      duration: Number.isFinite(video.duration) ? video.duration : Infinity,
    };
  }

  async function play() {
    try {
      await video.play();
      blocked = false;
    } catch (refusal) {
      blocked = refusal.name === "NotAllowedError";
    }
    room.toggleAttribute("data-blocked", blocked);
  }

  function setRate(rate) {
    if (video.playbackRate !== rate) video.playbackRate = rate;
  }

  function act(action) {
    if (action.do === "play") play();
    if (action.do === "pause") video.pause();
    if (action.do === "seek") video.currentTime = action.to;
    if (action.do === "rate" && (Math.abs(video.playbackRate - action.to) >= RATE_GRAIN || action.to === line.rate)) setRate(action.to);
    if (action.do === "playIn") playTimer = setTimeout(play, action.ms);
  }

  function go() {
    if (line === null || !wire.clock || video.readyState === HTMLMediaElement.HAVE_NOTHING || blocked) return;
    clearTimeout(playTimer);
    const answer = step(memory, { now: now(), offset: wire.clock.offset, line, player: seen() });
    memory = answer.memory;
    error = answer.error;
    answer.actions.forEach(act);
    controls.step(line, error);
  }

  /** How this player is doing. Short of data counts only once it has lasted, a jump that never arrives among it. */
  function condition() {
    const enough = video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
    if (enough) { everReady = true; shortSince = null; }
    if (enough) return video.paused ? "ready" : "playing";
    if (!everReady) return "loading";
    shortSince ??= now();
    return now() - shortSince < (video.seeking ? SEEK_MS : SHORT_MS) ? "seeking" : "buffering";
  }

  function report() {
    const duration = Number.isFinite(video.duration) ? { duration: video.duration } : {};
    wire.status({ state: condition(), position: video.currentTime, drift_ms: error === null ? null : Math.round(error * 1000), ...duration });
  }

  room.querySelector("[data-watch-unblock]")?.addEventListener("click", () => { blocked = false; play().then(go); });
  for (const event of ["canplay", "seeked", "waiting", "playing", "loadeddata"]) video.addEventListener(event, () => { go(); report(); });
  video.addEventListener("error", () => controls.trouble(room.dataset.textBroken, true));
  setInterval(go, STEP_MS);
  setInterval(report, 1000);
  room.dataset.live = "on";
  // For measuring from outside, and for whoever wants to look: nothing here can be steered by it.
  room.watch = { state: () => line, clock: () => wire.clock, error: () => error, rate: () => video.playbackRate };
}

for (const room of document.querySelectorAll("[data-watch]")) startRoom(room);
