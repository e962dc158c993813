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
