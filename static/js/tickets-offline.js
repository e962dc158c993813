// Asks the worker to keep this order's page, its pictures and what it is drawn with, for the door where no network reaches.
const page = document.querySelector("[data-tickets]");

async function keep() {
  await navigator.serviceWorker.register("/sw.js");
  const { active } = await navigator.serviceWorker.ready;
  const drawn = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], main img")].map((one) => one.href || one.src);
  const icons = [...document.querySelectorAll("use")].map((one) => new URL(one.getAttribute("href"), location).href.split("#")[0]);
  const own = [location.href.split("#")[0], ...drawn, ...icons].filter((address) => address.startsWith(location.origin));
  active.postMessage({ type: "keep", addresses: [...new Set(own)] });
}

if (page && "serviceWorker" in navigator) keep().catch(() => {}); // where that isn't allowed, tickets work as before
