// A card as a PNG: the browser draws the card's own HTML, so the picture has its fonts, colours and language. Elsewhere
// nothing is around it, so it says which place it shows and where its numbers come from.
const SCALE = 2; // pixels of the picture for each of the page
const LEFT_OUT = ".take, .actions, details, [hidden]";

function copyOf(card) {
  const copy = card.cloneNode(true);
  copy.classList.add("card"); // also what is none has room around it
  for (const node of copy.querySelectorAll(LEFT_OUT)) node.remove();
  const of = [document.title, document.querySelector("#now time")?.textContent].filter(Boolean).join(" · ");
  for (const text of [of, document.querySelector(".foot p")?.textContent.trim()]) {
    if (text) copy.append(Object.assign(document.createElement("p"), { className: "note", textContent: text }));
  }
  return copy;
}

// A drawing of a page takes nothing from outside itself, so the stylesheet goes along.
function drawing(card, width, height) {
  const { lang, dir, dataset } = document.documentElement;
  const page = document.implementation.createHTMLDocument();
  Object.assign(page.documentElement, { lang, dir });
  const theme = dataset.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : dataset.theme;
  const style = [...document.querySelectorAll("style")].map((one) => one.textContent).join("");
  page.head.append(Object.assign(page.createElement("style"), { nonce: document.querySelector("style[nonce]").nonce, textContent: `${style} body { margin: 0; padding: 0; max-width: none; } .card { border: 0; }` }));
  page.body.append(card);
  const html = new XMLSerializer().serializeToString(page.documentElement);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" data-theme="${theme}"><foreignObject width="100%" height="100%">${html}</foreignObject></svg>`;
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

// What the card measures once the parts that are left out are gone.
function heightOf(copy, card, width) {
  copy.style.cssText += `; position: absolute; visibility: hidden; width: ${width}px`;
  card.after(copy);
  const { height } = copy.getBoundingClientRect();
  copy.remove();
  copy.style.position = copy.style.visibility = "";
  return Math.ceil(height);
}

export async function pictureOf(card) {
  const width = Math.ceil(card.getBoundingClientRect().width);
  const copy = copyOf(card);
  const height = heightOf(copy, card, width);
  const image = new Image();
  image.src = drawing(copy, width, height);
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SCALE, height: height * SCALE });
  const brush = canvas.getContext("2d");
  brush.fillStyle = getComputedStyle(card).backgroundColor;
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

async function save(button) {
  const card = button.closest("section");
  const address = URL.createObjectURL(await pictureOf(card));
  const name = `${document.title} ${card.querySelector("h2, h3")?.textContent ?? ""}`.replace(/[^\p{L}\p{N}]+/gu, "-");
  Object.assign(document.createElement("a"), { href: address, download: `${name.replace(/^-|-$/g, "")}.png` }).click();
  URL.revokeObjectURL(address);
}

for (const button of document.querySelectorAll("[data-picture]")) {
  button.hidden = false;
  button.addEventListener("click", () => save(button));
}
