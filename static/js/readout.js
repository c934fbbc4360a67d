// Hover, touch or arrow keys on a chart: the row of its table that lies there is read out below it.
const NEAR = 4; // per cent of the width

function rowsOf(figure) {
  const rows = figure.closest("section")?.querySelectorAll(".behind [data-place]") ?? [];
  return [...rows].sort((one, other) => one.dataset.place - other.dataset.place);
}

function show(figure, row) {
  const cursor = figure.querySelector(".cursor");
  cursor.hidden = !row;
  if (!row) return;
  cursor.style.left = `${row.dataset.place}%`;
  figure.querySelector(".readout").textContent = [...row.cells].map((cell) => cell.innerText || cell.textContent).map((text) => text.trim()).filter(Boolean).join(" · ");
  figure.dataset.read = rowsOf(figure).indexOf(row);
}

function nearest(figure, percent) {
  const distance = (row) => Math.abs(row.dataset.place - percent);
  const found = rowsOf(figure).reduce((best, row) => (!best || distance(row) < distance(best) ? row : best), null);
  return found && distance(found) <= NEAR ? found : null;
}

document.addEventListener("pointermove", (event) => {
  const plot = event.target.closest?.("[data-readout]");
  if (!plot) return;
  const box = plot.getBoundingClientRect();
  show(plot.closest(".chart"), nearest(plot.closest(".chart"), ((event.clientX - box.left) / box.width) * 100));
});
document.addEventListener("keydown", (event) => {
  const figure = event.target.closest?.(".chart");
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!figure || !step) return;
  event.preventDefault();
  const rows = rowsOf(figure);
  const from = figure.dataset.read ?? rows.findLastIndex((row) => row.closest("table").tBodies[0].rows[0] === row) - step;
  show(figure, rows[Math.min(Math.max(+from + step, 0), rows.length - 1)]);
});
