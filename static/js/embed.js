// The number on somebody else's page is asked for anew while that page stays open, and when it is looked at again. Where
// no answer comes it says, as every page does, that it is the last known one once it is too old to be of now.
const EVERY = 60_000; // ms
let got = Date.now();

// By how much time has passed here: what time it is on this device may be wrong.
function age() {
  const card = document.querySelector("[data-stale]");
  if (!card || Date.now() - got <= Date.parse(card.dataset.stale) - Date.parse(card.dataset.server)) return;
  card.classList.add("is-stale");
  card.querySelector(".state").textContent = card.dataset.saysStale;
}

async function renew() {
  if (document.hidden) return;
  age();
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  const main = fresh.content.querySelector("main");
  for (const node of main.querySelectorAll("[data-style]")) node.style.cssText = node.dataset.style;
  document.querySelector("main").replaceWith(main);
  got = Date.now();
}

setInterval(renew, EVERY);
document.addEventListener("visibilitychange", renew);
