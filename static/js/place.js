// The worker (templates/dashboard/worker.js) marks what the phone has kept: what such a page calls now was another time.
const [arrival] = performance.getEntriesByType("navigation");
export const isKept = arrival.serverTiming?.some(({ name }) => name === "kept") ?? false;
for (const note of document.querySelectorAll("[data-kept]")) note.hidden = !isKept;
// Switching language, colours or pollutant keeps the place on the page.
for (const link of document.querySelectorAll("[data-keep-place]")) {
  link.addEventListener("click", () => sessionStorage.setItem("place", String(scrollY)));
}
const place = sessionStorage.getItem("place");
if (place !== null && !location.hash) scrollTo(0, +place);
sessionStorage.removeItem("place");
// On a phone the strip of tabs is wider than the screen: the tab of this page is moved to its middle.
const tab = document.querySelector(".tabs [aria-current]");
if (tab) {
  const [strip, own] = [tab.parentElement, tab.getBoundingClientRect()];
  strip.scrollLeft += own.left + own.width / 2 - strip.clientWidth / 2;
}
