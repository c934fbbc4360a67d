// Hover, touch or arrow keys on a chart: the row of its table that lies there is read out below it.
const NEAR = 4; // per cent of the width

function rowsOf(figure) {
  const rows = figure.closest("section")?.querySelectorAll(".behind [data-place]") ?? [];
  return [...rows].sort((one, other) => one.dataset.place - other.dataset.place);
}

// After its time each number says what it is: a measured one looks like a foretold one.
function said(cell, column) {
  const text = (cell.innerText || cell.textContent).trim();
  const head = cell.closest("table").tHead.rows[0].cells[column].textContent;
  return column && text ? `${head} ${text}` : text;
}

function show(figure, row) {
  const cursor = figure.querySelector(".cursor");
  cursor.hidden = !row;
  if (!row) return;
  cursor.style.left = `${row.dataset.place}%`;
  figure.querySelector(".readout").textContent = [...row.cells].map(said).filter(Boolean).join(" · ");
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
  const newest = rows.findIndex((row) => row.matches(".behind table:first-of-type tbody > :first-child"));
  const from = figure.dataset.read ?? newest - step;
  show(figure, rows[Math.min(Math.max(+from + step, 0), rows.length - 1)]);
});
