// The city page's script: what the server already wrote is kept fresh. Without it the page reads the same, only still.
import { address, age, show } from "./city/card.js";
import { follow } from "./city/drawing.js";
import { listen } from "./city/feed.js";

const TICK = 5_000; // ms
const PLOTLY_SHEETS = ["plotly.js-style-global", "ce8d464691048653ffe3a57c6c18ab566e8366f186677868cf724621a857b4fe"];

async function explore(button) {
  button.disabled = true;
  // Plotly fills its sheet rule by rule and takes the one of its maps, which we do not draw, as written where they are
  // there. Sheets of its own making would lack the nonce that our Content-Security-Policy asks for.
  const { nonce } = document.querySelector("style[nonce]");
  for (const id of PLOTLY_SHEETS) document.head.append(Object.assign(document.createElement("style"), { id, nonce }));
  await new Promise((done, fail) => {
    document.head.append(Object.assign(document.createElement("script"), { src: button.dataset.explore, onload: done, onerror: fail }));
  });
  const plot = await import("./city/explore.js");
  await plot.draw(document.querySelector("[data-chart]"));
  button.parentElement.hidden = true;
}

navigator.serviceWorker?.register(document.querySelector("[data-worker]").dataset.worker).catch(() => {});
for (const node of document.querySelectorAll("[data-needs-script]")) node.hidden = false;
document.querySelector("[data-explore]")?.addEventListener("click", (event) => {
  explore(event.target).catch(() => { event.target.disabled = false; });
});
for (const name of ["online", "offline"]) addEventListener(name, age);
setInterval(age, TICK);
age();
listen(address, (news) => { show(news); follow(news); });
