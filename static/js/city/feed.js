// News of the station: from the socket, and by asking again where there is none.
const POLL = 30_000, RETRY_FIRST = 1_000, RETRY_LAST = 60_000; // ms
const city = document.querySelector("[data-city]");
let tell, address;
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

async function ask() {
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

// A socket that is opened again as often as it breaks; `hear` takes what it says. `renew` is called when it opens, and now
// and then as long as there is none; `holder` says which of the two it is.
export function connect(path, holder, renew, hear) {
  let retry = RETRY_FIRST, poll = 0;
  const open = () => {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`);
    socket.onopen = () => {
      retry = RETRY_FIRST;
      clearInterval(poll);
      poll = 0;
      holder.dataset.live = "socket";
      renew();
    };
    socket.onmessage = (event) => hear(event.data);
    socket.onclose = () => {
      holder.dataset.live = "polling";
      poll ||= setInterval(renew, POLL);
      setTimeout(open, retry * (0.5 + Math.random()));
      retry = Math.min(retry * 2, RETRY_LAST);
    };
  };
  open();
}

// `teller` is called with the fields of now.json; `from` is the address that answers them.
export function listen(from, teller) {
  [address, tell] = [from, teller];
  connect(`/ws/stations/${city.dataset.city}/?lang=${document.documentElement.lang}`, city, ask, hear);
  document.addEventListener("visibilitychange", () => { if (!document.hidden && city.dataset.live === "socket") ask(); });
  addEventListener("online", ask);
}
