// The chart after a reading: its line grows at once, the whole drawing (band, forecast, anomalies), what is said of the
// hours ahead, the pollutants and what was unusual follow a little later, so that a thousand browsers do not ask in the
// same second.
import { inOurWords } from "./feed.js";

const REDRAW_FIRST = 300, REDRAW_SPREAD = 20_000; // ms
const OF_THE_PATIENCE = 12; // a page waits at most this part of the time until it would call itself stale
let redraw = 0;

export function follow(news) {
  grow(document.querySelector(".chart"), news);
  clearTimeout(redraw);
  const patience = Math.min(REDRAW_SPREAD, (Date.parse(news.stale_after) - Date.parse(news.arrived)) / OF_THE_PATIENCE);
  redraw = setTimeout(swap, REDRAW_FIRST + Math.random() * patience);
}

function grow(figure, news) {
  const { variable, start, end, bottom, top, newest } = figure?.dataset ?? {};
  const value = news.values[variable], at = Date.parse(news.at) / 1000;
  if (news.at === newest || value === undefined || variable in news.flags || at >= +end) return;
  const x = (at - start) / (end - start), y = 1 - (Math.min(value, top) - bottom) / (top - bottom);
  const spot = `${Math.round(x * 1000)} ${Math.round(y * 1000)}`;
  const line = figure.querySelector(".line");
  line.setAttribute("d", `${line.getAttribute("d") || `M${spot}`}L${spot}`);
  const dot = figure.querySelector(".newest");
  if (dot) Object.assign(dot.style, { left: `${x * 100}%`, top: `${y * 100}%` });
  figure.querySelector(".now-line").style.left = `${x * 100}%`;
  figure.dataset.newest = news.at;
}

async function swap() {
  if (document.hidden) return;
  const answer = await fetch(inOurWords(document.querySelector("[data-chart]").dataset.chart)).catch(() => null);
  if (!answer?.ok) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  for (const part of [".outlook", ".chart", ".legend", ".behind", ".lately"]) {
    const [old, next] = [document.querySelector(part), fresh.content.querySelector(part)];
    if (!old || !next || old.isEqualNode(next)) continue;
    for (const node of next.querySelectorAll("[data-style]")) node.style.cssText = node.dataset.style;
    replace(old, next);
  }
  for (const old of document.querySelectorAll("[data-measure]")) {
    const next = fresh.content.querySelector(`[data-measure="${old.dataset.measure}"]`);
    if (next) old.replaceChildren(...next.childNodes);
  }
  document.querySelector(".explored")?.dispatchEvent(new Event("news")); // explore.js draws it
}

// What somebody is reading stays open, in focus, and at the row to which it was scrolled.
function replace(old, next) {
  const stops = (node) => [node, ...node.querySelectorAll("a, summary, [tabindex]")];
  const at = stops(old).indexOf(document.activeElement);
  const row = old.querySelector(".scroll")?.scrollTop;
  if (old.open) next.open = true;
  old.replaceWith(next);
  if (row) next.querySelector(".scroll").scrollTop = row;
  stops(next)[at]?.focus({ preventScroll: true });
}
