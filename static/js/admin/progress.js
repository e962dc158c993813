// While something is under way its page looks again every two seconds and puts the new figures in place.
const EVERY_MS = 2000;

async function look() {
  const shown = document.querySelector("[data-progress]");
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-progress]");
    if (fresh && fresh.innerHTML !== shown.innerHTML) shown.replaceWith(document.adoptNode(fresh));
    if (!page.querySelector('script[src*="progress"]')) return;
  } catch {
    // The next look may find the line up again.
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
