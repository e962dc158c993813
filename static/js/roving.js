// One tab stop for the whole map; arrow keys walk the seats, Home and End go to the ends of a row.
function middle(seat) {
  const box = seat.getBoundingClientRect();
  return box.left + box.width / 2;
}

function nearest(row, x) {
  return row.reduce((best, seat) => (Math.abs(middle(seat) - x) < Math.abs(middle(best) - x) ? seat : best));
}

export function walkSeats(plan) {
  const rows = [...plan.querySelectorAll("[data-row]")]
    .map((row) => [...row.querySelectorAll("input[name=seats]")])
    .filter((row) => row.length);
  const all = rows.flat();
  let current = all.find((box) => box.checked) ?? rows[Math.floor(rows.length / 2)]?.[0];

  function stopAt(box) {
    if (!box) return;
    if (current) current.tabIndex = -1;
    current = box;
    box.tabIndex = 0;
  }

  for (const box of all) box.tabIndex = -1;
  stopAt(current);
  plan.addEventListener("focusin", (event) => {
    if (event.target.name === "seats") stopAt(event.target);
  });
  plan.addEventListener("keydown", (event) => {
    const r = rows.findIndex((row) => row.includes(event.target));
    if (r < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[r];
    const at = row.indexOf(event.target);
    const step = {
      ArrowLeft: () => row[at - 1],
      ArrowRight: () => row[at + 1],
      ArrowUp: () => rows[r - 1] && nearest(rows[r - 1], middle(event.target)),
      ArrowDown: () => rows[r + 1] && nearest(rows[r + 1], middle(event.target)),
      Home: () => row[0],
      End: () => row.at(-1),
    }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = step();
    if (!next) return;
    stopAt(next);
    next.focus();
    next.closest(".seat").scrollIntoView({ block: "nearest", inline: "nearest" });
  });
}
