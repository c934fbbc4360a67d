// The number on somebody else's page is asked for anew while that page stays open, and when it is looked at again.
const EVERY = 60_000; // ms

async function renew() {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  const main = fresh.content.querySelector("main");
  for (const node of main.querySelectorAll("[data-style]")) node.style.cssText = node.dataset.style;
  document.querySelector("main").replaceWith(main);
}

setInterval(renew, EVERY);
document.addEventListener("visibilitychange", renew);
