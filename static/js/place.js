// Switching language, colours or pollutant keeps the place on the page.
for (const link of document.querySelectorAll("[data-keep-place]")) {
  link.addEventListener("click", () => sessionStorage.setItem("place", String(scrollY)));
}
const place = sessionStorage.getItem("place");
if (place !== null && !location.hash) scrollTo(0, +place);
sessionStorage.removeItem("place");
