import { isKept } from "../place.js";

// The card with the number: what the server wrote, replaced by its newer words, and how old they are.
const card = document.getElementById("now");
const ageNode = card.querySelector("[data-age]");
const { lang, dataset: { digits } } = document.documentElement;
const ages = new Intl.RelativeTimeFormat(lang, { numeric: "always", numberingSystem: digits });
const counts = new Intl.NumberFormat(lang, { numberingSystem: digits });
const [MINUTE, HOUR, DAY] = [60, 3600, 86400]; // seconds
const JUST_NOW = 1.5 * MINUTE;
const AHEAD = "server-is-ahead"; // of this phone's clock, in ms, as kept for pages that open without a connection
// Phones' clocks are often wrong, so the server's counts. A page that the phone has kept says the server's time of then;
// what was learnt later is nearer, and it can only be more. A new page knows better: the clock may have been set since.
let offset = Math.max(isKept ? remembered() : -Infinity, Date.parse(ageNode.dataset.server) - Date.now());
remember(offset);

function remembered() {
  try { return Number(localStorage.getItem(AHEAD) ?? -Infinity); } catch { return -Infinity; } // it may be forbidden
}

function remember(ahead) {
  offset = ahead;
  try { localStorage.setItem(AHEAD, String(ahead)); } catch { /* then a kept page looks younger than it is */ }
}

const serverNow = () => Date.now() + offset;
export const address = card.dataset.now;

function inWords(seconds) {
  if (seconds < 59.5 * MINUTE) return ages.format(-Math.round(seconds / MINUTE), "minute");
  if (seconds < 2 * DAY) return ages.format(-Math.round(seconds / HOUR), "hour");
  return ageNode.dataset.days.replace("%(count)d", counts.format(Math.floor(seconds / DAY)));
}

// Says how old the number is, and that it is the last known one where nothing newer comes.
export function age() {
  const seconds = Math.max(0, (serverNow() - Date.parse(ageNode.dataset.age)) / 1000);
  if (seconds >= JUST_NOW) ageNode.textContent = inWords(seconds);
  const stale = serverNow() > Date.parse(ageNode.dataset.stale);
  card.classList.toggle("is-stale", stale);
  const state = card.querySelector("[data-state]");
  const says = !navigator.onLine ? card.dataset.saysOffline : stale ? card.dataset.saysStale : "";
  if (state.textContent !== says) state.textContent = says;
  if (stale) entitle(card.dataset.saysNothing);
}

// What is said after the station's name, which may hold brackets and colons too.
function entitle(said) {
  const title = document.title.replace(/: [^:]*$/, () => `: ${said}`);
  if (document.title !== title) document.title = title;
}

function write(selector, textOf) {
  for (const node of document.querySelectorAll(selector)) {
    const text = textOf(node.dataset);
    if (text !== undefined && node.textContent !== text) node.textContent = text;
  }
}

// `news` has the fields of now.json. A page with an index has parts that one without has not, so it is loaded anew; a
// value in doubt waits for the mark that the whole drawing brings.
export function show(news) {
  if (!news.level !== (card.dataset.level === "0")) return location.reload();
  remember(Date.parse(news.server_time) - Date.now());
  write("[data-live]", ({ live }) => news[live]);
  write("[data-advice]", ({ advice }) => news.advice[advice]);
  write("[data-value]", ({ value }) => (value in news.flags ? undefined : news.texts[value] ?? "–"));
  card.querySelector("time").dateTime = news.at;
  card.dataset.level = news.level;
  card.style.cssText = `--level: ${news.colour}; --ink: ${news.ink}; --place: ${news.position}%`;
  card.querySelector(".shape").dataset.shape = news.shape;
  Object.assign(ageNode.dataset, { age: news.arrived, stale: news.stale_after, server: news.server_time });
  ageNode.textContent = news.age_text;
  card.dataset.saysStale = news.stale_text;
  entitle(news.level ? `${news.category} (${news.number})` : news.category);
  age();
}
