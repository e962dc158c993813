// Logging out leaves no ticket on this device.
for (const form of document.querySelectorAll("form[action$='/account/logout/']")) {
  form.addEventListener("submit", () => {
    navigator.serviceWorker?.controller?.postMessage({ type: "forget" });
    if ("caches" in self) caches.delete("tickets-1");
  });
}
