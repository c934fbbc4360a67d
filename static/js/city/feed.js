// News of the station: from the socket, and by asking again where there is none.
const POLL = 30_000, RETRY_FIRST = 1_000, RETRY_LAST = 60_000; // ms
const city = document.querySelector("[data-city]");
let retry = RETRY_FIRST, poll = 0, tell, address;
let turn = 0, told = 0;

// The address with what this page's own one says and its language: a browser may keep no cookie, and another tab may
// have chosen otherwise since.
export function inOurWords(address) {
  const asked = new URL(address, location);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (!asked.searchParams.has(name)) asked.searchParams.set(name, value);
  }
  asked.searchParams.set("lang", document.documentElement.lang);
  return asked;
}

export async function ask() {
  const mine = ++turn;
  const answer = await fetch(inOurWords(address)).catch(() => null);
  const news = answer?.ok ? await answer.json() : {};
  if (news.at) show(news, mine);
}

// What was asked for earlier is not shown over what came later.
function show(news, mine) {
  if (mine < told) return;
  told = mine;
  tell(news);
}

// The socket speaks the default choices; a page under others asks for its own words.
function hear(message) {
  const news = JSON.parse(message);
  if (news.type === "reload") return location.reload();
  if (city.dataset.plain !== "yes") return ask();
  if (news.at) show(news, ++turn);
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/ws/stations/${city.dataset.city}/?lang=${document.documentElement.lang}`);
  socket.onopen = () => {
    retry = RETRY_FIRST;
    clearInterval(poll);
    poll = 0;
    city.dataset.live = "socket";
    ask();
  };
  socket.onmessage = (event) => hear(event.data);
  socket.onclose = () => {
    city.dataset.live = "polling";
    poll ||= setInterval(ask, POLL);
    setTimeout(connect, retry * (0.5 + Math.random()));
    retry = Math.min(retry * 2, RETRY_LAST);
  };
}

// `teller` is called with the fields of now.json; `from` is the address that answers them.
export function listen(from, teller) {
  [address, tell] = [from, teller];
  connect();
  document.addEventListener("visibilitychange", () => { if (!document.hidden && city.dataset.live === "socket") ask(); });
  addEventListener("online", ask);
}
