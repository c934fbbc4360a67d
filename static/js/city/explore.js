// The chart with zoom and hover, drawn by Plotly after somebody asked for it.
const { lang, dataset: { digits } } = document.documentElement;
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const times = (points) => points.map((point) => point.at);
const BUTTONS = [["zoomIn2d", "zoomOut2d", "resetScale2d"]];

// Plotly knows no time zones: it gets the station's wall clock, as in "2026-11-21 16:00:00".
function localised(data) {
  const wall = new Intl.DateTimeFormat("sv-SE", { timeZone: data.timezone, dateStyle: "short", timeStyle: "medium" });
  const move = (points, name) => points.map((point) => ({ ...point, [name]: wall.format(new Date(point[name])) }));
  const [observed, band, forecast] = [data.observed, data.band, data.forecast].map((points) => move(points, "at"));
  const anomalies = move(data.anomalies, "peak").filter((one) => one.peak >= observed[0]?.at); // older ones would stretch the axis
  return { ...data, observed, band, forecast, anomalies };
}

// Plotly speaks English alone; the browser knows how others call days and months.
function speak(words) {
  const names = (count, style, first) => Array.from({ length: count }, (_, n) => new Intl.DateTimeFormat(lang, { ...style, timeZone: "UTC" }).format(first(n)));
  const months = (month) => names(12, { month }, (n) => Date.UTC(2023, n)), days = (weekday) => names(7, { weekday }, (n) => Date.UTC(2023, 0, 1 + n)); // a Sunday
  const format = { months: months("long"), shortMonths: months("short"), days: days("long"), shortDays: days("short") };
  window.Plotly.register({ moduleType: "locale", name: lang, format, dictionary: { "Zoom in": words.zoomIn, "Zoom out": words.zoomOut, "Reset axes": words.zoomReset } });
}

// Its labels have Latin digits; a reader who chose Urdu's gets those, hover by hover.
function rewrite(node) {
  const digit = new Intl.NumberFormat(lang, { numberingSystem: digits });
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (/\d/.test(text.data) && text.parentNode.closest("text")) text.data = text.data.replace(/\d/g, (one) => digit.format(one));
  }
}

function ribbon(points, low, high, color, name) {
  return {
    x: [...times(points), ...times(points).reverse()],
    y: [...points.map((p) => p[high]), ...points.map((p) => p[low]).reverse()],
    fill: "toself", mode: "none", fillcolor: color, name, hoverinfo: "skip", type: "scatter",
  };
}

function traces(data, words) {
  const trusted = data.observed.map((p) => (p.flag ? null : p.value));
  const doubted = data.observed.filter((p) => p.flag && p.value !== null);
  return [
    ribbon(data.band, "lower", "upper", `${token("--band")}99`, words.band),
    ...[["q025", "q975"], ["q25", "q75"]].map(([low, high]) => ribbon(data.forecast, low, high, `${token("--fan")}2b`, words.fan)),
    { x: times(data.forecast), y: data.forecast.map((p) => p.q50), name: words.fan, line: { color: token("--fan"), dash: "dash" } },
    { x: times(data.observed), y: trusted, name: words.line, line: { color: token("--line") }, connectgaps: false },
    { x: times(doubted), y: doubted.map((p) => p.value), name: words.doubt, mode: "markers", marker: { symbol: "circle-open", size: 8, color: token("--soft") } },
    { x: data.anomalies.map((a) => a.peak), y: data.anomalies.map((a) => a.value), name: words.mark, mode: "markers", marker: { symbol: "circle-open", size: 14, color: token("--alarm"), line: { width: 3 } } },
  ];
}

async function points(holder) {
  return localised(await (await fetch(holder.dataset.chartJson)).json());
}

export async function draw(holder) {
  const data = await points(holder);
  const node = document.createElement("div");
  node.dir = "ltr";
  node.className = "explored-plot";
  const axis = { gridcolor: token("--rule"), zerolinecolor: token("--rule") };
  if (lang !== "en") speak(holder.dataset);
  if (digits) new MutationObserver(() => rewrite(node)).observe(node, { childList: true, subtree: true, characterData: true });
  const look = [{
    paper_bgcolor: "transparent", plot_bgcolor: "transparent", font: { color: token("--text"), family: token(lang === "ur" ? "--naskh" : "--font") }, showlegend: false,
    margin: { l: 44, r: 8, t: 8, b: 36 }, height: 380, xaxis: axis, yaxis: { ...axis, title: { text: data.unit } }, hovermode: "x unified", uirevision: "the zoom is the reader's",
    hoverlabel: { bgcolor: token("--card"), bordercolor: token("--rule") }, modebar: { bgcolor: "transparent", color: token("--soft"), activecolor: token("--text") },
  }, { responsive: true, displaylogo: false, locale: lang, modeBarButtons: BUTTONS }];
  await window.Plotly.newPlot(node, traces(data, holder.dataset), ...look);
  holder.classList.add("explored");
  holder.replaceChildren(node);
  window.dispatchEvent(new Event("resize"));
  const renew = async () => window.Plotly.react(node, traces(await points(holder), holder.dataset), ...look);
  holder.addEventListener("news", () => renew().catch(() => {})); // the next reading tries again
}
