// The city page's script: what the server already wrote is kept fresh. Without it the page reads the same, only still.
(() => {
  "use strict";
  const city = document.querySelector("[data-city]");
  const card = document.getElementById("now");
  const lang = document.documentElement.lang;
  const POLL = 30_000, REDRAW_SPREAD = 20_000, TICK = 5_000, RETRY_FIRST = 1_000, RETRY_LAST = 60_000;
  const PLOTLY_SHEETS = ["plotly.js-style-global", "ce8d464691048653ffe3a57c6c18ab566e8366f186677868cf724621a857b4fe"];
  const WORDS = { // the server's words, in the page's language
    stale: card.dataset.saysStale, offline: card.dataset.saysOffline,
  };
  const ageNode = card.querySelector("[data-age]");
  const ages = new Intl.RelativeTimeFormat(lang, { numeric: "always" });
  let offset = Date.parse(ageNode.dataset.server) - Date.now(); // phones' clocks are often wrong
  let retry = RETRY_FIRST, poll = 0, connected = false, redraw = 0;

  const serverNow = () => Date.now() + offset;

  function age() {
    const seconds = Math.max(0, (serverNow() - Date.parse(ageNode.dataset.age)) / 1000);
    if (seconds >= 90) {
      ageNode.textContent = seconds < 3570 ? ages.format(-Math.round(seconds / 60), "minute")
        : seconds < 172800 ? ages.format(-Math.round(seconds / 3600), "hour") : ages.format(-Math.floor(seconds / 86400), "day");
    }
    const stale = serverNow() > Date.parse(ageNode.dataset.stale);
    card.classList.toggle("is-stale", stale);
    const state = card.querySelector("[data-state]");
    const says = !navigator.onLine ? WORDS.offline : stale ? WORDS.stale : "";
    if (state.textContent !== says) state.textContent = says;
    state.hidden = !says;
  }

  function show(news) {
    if (news.type === "reload") return location.reload();
    if (!news.at) return;
    offset = Date.parse(news.server_time) - Date.now();
    for (const node of document.querySelectorAll("[data-live]")) {
      const text = news[node.dataset.live];
      if (text !== undefined && node.textContent !== text) node.textContent = text;
    }
    for (const node of document.querySelectorAll("[data-advice]")) {
      node.textContent = news.advice[node.dataset.advice] ?? node.textContent;
    }
    for (const node of document.querySelectorAll("[data-value]")) {
      const value = news.texts[node.dataset.value];
      if (value !== undefined) node.textContent = value;
    }
    card.querySelector("time").dateTime = news.at;
    card.dataset.level = news.level;
    card.style.cssText = `--level: ${news.colour}; --ink: ${news.ink}; --place: ${news.position}%`;
    card.querySelector(".shape").dataset.shape = news.shape;
    Object.assign(ageNode.dataset, { age: news.arrived, stale: news.stale_after, server: news.server_time });
    ageNode.textContent = news.age_text;
    document.title = document.title.replace(/\(.*\)/, `(${news.number})`).replace(/: .* \(/, `: ${news.category} (`);
    grow(news);
    age();
  }

  // The line grows at once; the whole drawing (band, forecast, anomalies) follows a little later, so that a thousand
  // browsers do not ask in the same second.
  function grow(news) {
    const figure = document.querySelector(".chart");
    const { variable, start, end, bottom, top, newest } = figure.dataset;
    const value = news.values[variable], at = Date.parse(news.at) / 1000;
    if (news.at !== newest && value !== undefined && !(variable in news.flags) && at < +end) {
      const x = (at - start) / (end - start), y = 1 - (Math.min(value, top) - bottom) / (top - bottom);
      const line = figure.querySelector(".line");
      line.setAttribute("d", `${line.getAttribute("d") || `M${x * 1000} ${y * 1000}`}L${Math.round(x * 1000)} ${Math.round(y * 1000)}`);
      const dot = figure.querySelector(".newest");
      if (dot) Object.assign(dot.style, { left: `${x * 100}%`, top: `${y * 100}%` });
      figure.querySelector(".now-line").style.left = `${x * 100}%`;
      figure.dataset.newest = news.at;
    }
    clearTimeout(redraw);
    const patience = Math.min(REDRAW_SPREAD, (Date.parse(news.stale_after) - Date.parse(news.arrived)) / 12);
    redraw = setTimeout(swapChart, 300 + Math.random() * patience);
  }

  async function swapChart() {
    const holder = document.querySelector("[data-chart]");
    if (document.hidden || holder.classList.contains("explored")) return;
    const answer = await fetch(holder.dataset.chart).catch(() => null);
    if (!answer?.ok) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text();
    for (const part of [".chart", ".behind"]) {
      const [old, next] = [document.querySelector(part), fresh.content.querySelector(part)];
      if (!old || !next) continue;
      for (const node of next.querySelectorAll("[data-style]")) node.style.cssText = node.dataset.style;
      if (old.open) next.open = true; // a table that is being read stays open
      old.replaceWith(next);
    }
  }

  async function ask() {
    const answer = await fetch(card.dataset.now).catch(() => null);
    if (answer?.ok) show({ type: "now", ...await answer.json() });
  }

  function listen() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/stations/${city.dataset.city}/?lang=${lang}`);
    socket.onopen = () => { connected = true; retry = RETRY_FIRST; clearInterval(poll); poll = 0; city.dataset.live = "socket"; ask(); };
    // The socket speaks the default standard; a page under another one asks for its own words.
    socket.onmessage = (event) => {
      const news = JSON.parse(event.data);
      if (news.type === "now" && city.dataset.plain !== "yes") ask(); else show(news);
    };
    socket.onclose = () => {
      connected = false;
      city.dataset.live = "polling";
      poll ||= setInterval(ask, POLL);
      setTimeout(listen, retry * (0.5 + Math.random()));
      retry = Math.min(retry * 2, RETRY_LAST);
    };
  }

  async function explore(button) {
    button.disabled = true;
    // Plotly fills its sheet rule by rule and takes the one of its maps, which we do not draw, as written where they are
    // there. Sheets of its own making would lack the nonce that our Content-Security-Policy asks for.
    const { nonce } = document.querySelector("style[nonce]");
    for (const id of PLOTLY_SHEETS) document.head.append(Object.assign(document.createElement("style"), { id, nonce }));
    await new Promise((done, fail) => {
      const script = Object.assign(document.createElement("script"), { src: button.dataset.explore, onload: done, onerror: fail });
      document.head.append(script);
    });
    const plot = await import(button.dataset.drawing);
    await plot.draw(document.querySelector("[data-chart]"));
    button.parentElement.hidden = true;
  }

  navigator.serviceWorker?.register(city.dataset.worker).catch(() => {});
  for (const node of document.querySelectorAll("[data-needs-script]")) node.hidden = false;
  document.querySelector("[data-explore]")?.addEventListener("click", (event) => {
    explore(event.target).catch(() => { event.target.disabled = false; });
  });
  for (const link of document.querySelectorAll("[data-keep-place]")) { // switching must not lose the place
    link.addEventListener("click", () => sessionStorage.setItem("place", String(scrollY)));
  }
  const place = sessionStorage.getItem("place");
  if (place !== null && !location.hash) scrollTo(0, +place);
  sessionStorage.removeItem("place");
  addEventListener("online", () => { age(); ask(); });
  addEventListener("offline", age);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && connected) ask(); });
  setInterval(age, TICK);
  age();
  listen();
})();
