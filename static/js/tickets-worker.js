// One's own tickets without a network. Kept are pages of paid orders that were opened on this device (they say so
// themselves) with their pictures, and what any page is drawn with; nothing else of anybody. Logging out empties it.
const TICKETS = "tickets-1";
const SHELL = "shell-1";
const DRAWN = new Set(["style", "script", "image"]);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((shell) => shell.add(PLACES.offline)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  if (event.data?.type === "keep") event.waitUntil(keep(event.data.addresses));
  if (event.data?.type === "forget") event.waitUntil(caches.delete(TICKETS));
});

async function keep(addresses) {
  const store = await caches.open(TICKETS);
  await Promise.all(addresses.map(async (address) => {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) await store.put(address, answer);
  }));
}

async function without(request) {
  const kept = (await caches.match(request, { ignoreVary: true })) ?? null;
  if (kept) return kept;
  return request.mode === "navigate" ? caches.match(PLACES.offline) : Response.error();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return;
  if (request.mode !== "navigate" && !DRAWN.has(request.destination)) return;
  event.respondWith(fetch(request).catch(() => without(request)));
});
