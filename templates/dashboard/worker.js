{% load static %}// Keeps the last pages that were seen, so that a phone without a connection shows them. Pages say how old they are.
const KEPT = "air-3", PAGES = "pages-3";
const MOST = 40; // pages
const PATIENCE = 5_000; // ms, then what is kept is shown: a phone may be connected to a network that leads nowhere
const BROKEN = 500; // this page, perhaps, and no other
const AWAY = [429, 502, 503, 504]; // a proxy that has had enough or lacks its server, or a server without its database
const HOME = "{% url 'dashboard:home' %}";
const PRIVATE = ["admin", "inbox", "reviews", "subscribe", "alerts"]; // a phone is often not one person's alone
const SHELL = [{% for path in shell %}"{% static path %}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(SHELL)).then(keepHome).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => ![KEPT, PAGES].includes(name)).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  const isPage = request.mode === "navigate" && !PRIVATE.includes(address.pathname.split("/")[1]);
  if (request.method !== "GET" || address.origin !== location.origin || !(isPage || SHELL.includes(address.pathname))) return;
  event.respondWith(freshOrKept(event, isPage ? PAGES : KEPT));
});

async function freshOrKept(event, place) {
  const { request } = event;
  const cache = await caches.open(place), fresh = ask(request, cache);
  event.waitUntil(fresh.catch(() => {})); // what comes too late to be shown is kept
  try {
    return await Promise.race([fresh, late(request, cache).then((kept) => kept ?? fresh)]);
  } catch (reason) {
    const alike = await cache.matchAll(request, { ignoreSearch: true, ignoreVary: true }); // the oldest first
    const kept = (await same(request, cache)) ?? alike.at(-1);
    if (kept) return marked(kept);
    const leadsHome = place === PAGES && reason.status !== BROKEN;
    if (leadsHome && await cache.match(HOME, { ignoreSearch: true, ignoreVary: true })) return Response.redirect(HOME);
    if (reason instanceof Response) return reason;
    throw reason;
  }
}

async function ask(request, cache) {
  const answer = await fetch(request);
  if ([BROKEN, ...AWAY].includes(answer.status)) throw answer;
  if (answer.ok) await keep(cache, request, answer.clone()).catch(() => {}); // a full phone still shows what came
  return answer;
}

async function late(request, cache) {
  await new Promise((done) => setTimeout(done, PATIENCE));
  const kept = await same(request, cache);
  return kept && marked(kept);
}

const same = (request, cache) => cache.match(request, { ignoreVary: true });

// So that the page knows that it is of another time (static/js/place.js).
function marked(kept) {
  return new Response(kept.body, { status: kept.status, headers: [...kept.headers, ["Server-Timing", "kept"]] });
}

// The first page that a phone opens comes before this worker does, so the last known state is asked for once more.
async function keepHome() {
  const cache = await caches.open(PAGES);
  await cache.add(HOME).catch(() => {}); // it is kept when it is seen
}

// As the newest; the oldest go where there are too many.
async function keep(cache, request, answer) {
  await cache.delete(request);
  await cache.put(request, answer);
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, -MOST).map((one) => cache.delete(one)));
}
