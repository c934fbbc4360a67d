// The chart with zoom and hover, drawn by Plotly after somebody asked for it.
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const times = (points) => points.map((point) => point.at);

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

export async function draw(holder) {
  const data = await (await fetch(holder.dataset.chartJson)).json();
  const node = document.createElement("div");
  node.dir = "ltr";
  node.className = "explored-plot";
  const axis = { gridcolor: token("--rule"), zerolinecolor: token("--rule") };
  await window.Plotly.newPlot(node, traces(data, holder.dataset), {
    paper_bgcolor: "transparent", plot_bgcolor: "transparent", font: { color: token("--text") }, showlegend: false,
    margin: { l: 44, r: 8, t: 8, b: 36 }, height: 380, xaxis: axis, yaxis: { ...axis, title: { text: data.unit } }, hovermode: "x unified",
  }, { responsive: true, displaylogo: false });
  holder.classList.add("explored");
  holder.replaceChildren(node);
  window.dispatchEvent(new Event("resize"));
}
