// Draws a canvas's chart from the JSON its data-chart names: {labels, series: [{label, values}], kind?}.
const COLOURS = ["--teal", "--gold", "--red", "--line-strong"];

function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function draw(canvas) {
  const data = JSON.parse(document.getElementById(canvas.dataset.chart).textContent);
  const [ink, line] = [colour("--ink-soft"), colour("--line")];
  const font = { size: canvas.clientWidth < 480 ? 10 : 12 };
  const axis = { ticks: { color: ink, font }, grid: { color: line } };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  return new window.Chart(canvas, {
    type: data.kind ?? "bar",
    data: {
      labels: data.labels,
      datasets: data.series.map(({ label, values }, at) => ({
        label, data: values, backgroundColor: colour(COLOURS[at % 4]), borderColor: colour(COLOURS[at % 4]), borderRadius: 4, maxBarThickness: 72,
      })),
    },
    options: {
      maintainAspectRatio: false,
      animation: still ? false : { duration: 300 },
      plugins: { legend: { labels: { color: ink } } },
      scales: { x: { ...axis, grid: { display: false } }, y: { ...axis, beginAtZero: true } },
    },
  });
}

let charts = [];
function drawAll() {
  for (const chart of charts) chart.destroy();
  charts = [...document.querySelectorAll("canvas[data-chart]")].map(draw);
}

drawAll();
// Day and dark have their own colours.
new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
