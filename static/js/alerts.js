// A refused form comes back as a new page: bring its first error to whoever sent it, by sight and by screen reader.
const alert = document.querySelector('main [role="alert"]:not(:empty), main [aria-invalid="true"]');

if (alert) {
  if (!alert.matches("input, select, textarea")) alert.tabIndex = -1;
  alert.focus({ preventScroll: true });
  alert.scrollIntoView({ block: "center" });
}
