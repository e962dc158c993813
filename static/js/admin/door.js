// The check-in form: sends a code without leaving the page, shows and sounds the verdict, and is ready for the next.
// Codes that come while one is being checked wait their turn, so a fast scanner loses none.
const form = document.querySelector("[data-door]");
const state = document.querySelector("[data-door-state]");
const input = form?.querySelector("[name=code]");
const sound = form?.querySelector("[data-sound]");
const waiting = [];
let busy = false;
let audio;

const TUNES = {
  admitted: [[880, 0.09], [1320, 0.16]],
  used: [[220, 0.18], [0, 0.06], [220, 0.18], [0, 0.06], [220, 0.3]],
  refunded: [[220, 0.18], [0, 0.06], [160, 0.45]],
  wrong: [[520, 0.14], [390, 0.3]],
  not_now: [[520, 0.14], [390, 0.3]],
  unknown: [[150, 0.5]],
  offline: [[150, 0.2], [0, 0.1], [150, 0.2]],
};

function wake() {
  audio ??= window.AudioContext ? new AudioContext() : undefined;
  if (audio?.state === "suspended") audio.resume();
}

function play(outcome) {
  navigator.vibrate?.(outcome === "admitted" ? 60 : [120, 60, 120]);
  if (!sound?.checked || !audio) return;
  let at = audio.currentTime;
  for (const [pitch, length] of TUNES[outcome] ?? []) {
    if (pitch) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = outcome === "admitted" ? "sine" : "square";
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(outcome === "admitted" ? 0.35 : 0.15, at + 0.01);
      volume.gain.setValueAtTime(outcome === "admitted" ? 0.35 : 0.15, at + length - 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + length);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + length);
    }
    at += length;
  }
}

function showOffline() {
  state.querySelector("[data-verdict]")?.remove();
  state.prepend(document.querySelector("[data-door-offline]").content.cloneNode(true));
}

async function check(code) {
  const body = new FormData(form);
  body.set("code", code);
  const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Part": "state" }, redirect: "manual" });
  if (answer.type === "opaqueredirect" || answer.status === 403) {
    location.reload();
    return;
  }
  if (!answer.ok) throw new Error(answer.status);
  state.innerHTML = await answer.text();
}

async function work() {
  if (busy) return;
  busy = true;
  form.dataset.busy = "yes";
  while (waiting.length) {
    try {
      await check(waiting.shift());
    } catch {
      showOffline();
    }
    play(state.querySelector("[data-verdict]")?.dataset.verdict);
  }
  busy = false;
  delete form.dataset.busy;
}

/** Check this code, from wherever it was read. */
export function submitCode(code) {
  if (!code.trim()) return;
  wake();
  waiting.push(code);
  work();
}

async function refresh() {
  if (document.hidden || busy) return;
  try {
    const answer = await fetch(form.action, { headers: { "X-Part": "state" }, redirect: "manual" });
    const fresh = document.createElement("div");
    if (!answer.ok || busy) return;
    fresh.innerHTML = await answer.text();
    for (const part of [".tally", ".lately"]) {
      const now = fresh.querySelector(part);
      if (now && state.querySelector(part)) state.querySelector(part).replaceWith(now);
    }
  } catch {
    // The next scan will tell.
  }
}

if (form) {
  sound.closest("label").hidden = false;
  sound.checked = localStorage.getItem("door-sound") !== "off";
  sound.addEventListener("change", () => localStorage.setItem("door-sound", sound.checked ? "on" : "off"));
  addEventListener("keydown", wake, { once: true });
  addEventListener("pointerdown", wake, { once: true });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submitCode(input.value);
    input.value = "";
    input.focus();
  });
  // A hand scanner types wherever the focus is: letters that no field asked for go to the code field.
  addEventListener("keydown", (event) => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, select, textarea, button, a") || event.key === " ") return;
    input.focus();
  });
  document.querySelector("[data-door-choice] select").addEventListener("change", (event) => event.target.form.submit());
  document.querySelector("[data-door-choice] button").hidden = true;
  setInterval(refresh, 15000);
}
