// Subtitles: one button that goes through what the film has and back to none, in the reader's language first.
const KINDS = ["subtitles", "captions"];

export function startSubtitles(video, button, label) {
  let chosen = -1;

  function tracks() {
    const language = document.documentElement.lang.slice(0, 2);
    const foreign = (track) => Number(!track.language.startsWith(language));
    return [...video.textTracks].filter((track) => KINDS.includes(track.kind)).sort((a, b) => foreign(a) - foreign(b));
  }

  function next() {
    const all = tracks();
    if (!all.length) return;
    chosen = chosen + 1 < all.length ? chosen + 1 : -1;
    all.forEach((track, index) => { track.mode = index === chosen ? "showing" : "disabled"; });
    button.setAttribute("aria-pressed", String(chosen >= 0));
    label.textContent = chosen >= 0 ? all[chosen].label : "";
  }

  video.textTracks.addEventListener("addtrack", () => { button.hidden = !tracks().length; });
  button.addEventListener("click", next);
  return { next };
}

/**
 * hls.js only reads them; the tracks are ours. Its own it feeds only while they are shown: words that were read while
 * the film's first second was awaited, or another language was looked at, would be lost for good.
 */
export function feedSubtitles(video, hls, { NON_NATIVE_TEXT_TRACKS_FOUND, CUES_PARSED }) {
  const own = new Map();
  hls.on(NON_NATIVE_TEXT_TRACKS_FOUND, (_event, { tracks }) => {
    for (const { kind, label, subtitleTrack } of tracks) {
      if (!subtitleTrack || own.has(subtitleTrack.id)) continue;
      const track = video.addTextTrack(kind, label, subtitleTrack.lang);
      track.mode = "disabled";
      own.set(subtitleTrack.id, { track, known: new Set() });
    }
  });
  hls.on(CUES_PARSED, (_event, { cues, subtitleTrack }) => {
    const { track, known } = own.get(subtitleTrack?.id) ?? {};
    for (const cue of track ? cues : []) {
      const words = `${cue.startTime} ${cue.endTime} ${cue.text}`;
      if (!known.has(words)) track.addCue(cue);
      known.add(words);
    }
  });
  video.textTracks.addEventListener("change", () => {
    const [shown] = [...own].find(([, { track }]) => track.mode === "showing") ?? [-1];
    if (hls.subtitleTrack !== shown) hls.subtitleTrack = shown;
  });
}
