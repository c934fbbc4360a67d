// The inbox stays fresh: the socket says that there is news, the server renders the list.
(() => {
  const [box, news] = ["[data-inbox]", "[data-news]"].map((part) => document.querySelector(part));
  const POLL = 30000, RETRY_FIRST = 1000, RETRY_LAST = 60000; // ms
  const title = document.title.replace(/^\(\d+\) /, "");
  let retry = RETRY_FIRST, poll = 0, turn = 0, shown = 0;

  async function refresh() {
    const mine = ++turn;
    const answer = await fetch(box.dataset.inbox, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const fresh = document.createElement("template");
    fresh.innerHTML = await answer.text();
    if (mine < shown) return; // what was asked for earlier is not shown over what came later
    shown = mine;
    const { unread } = fresh.content.querySelector("[data-unread]").dataset;
    replace(fresh.content);
    document.title = unread === "0" ? title : `(${unread}) ${title}`;
  }

  // News never closes the fold that somebody has opened, nor sweeps away what is being written in it.
  function replace(list) {
    const focused = document.activeElement;
    announce(list);
    for (const fold of box.querySelectorAll("details[open]"))
      list.getElementById(fold.closest("li").id)?.querySelector("details")?.replaceWith(fold);
    box.replaceChildren(list);
    if (box.contains(focused)) focused.focus({ preventScroll: true });
  }

  // Screen readers say what has come, and not the whole list each time.
  function announce(list) {
    const known = new Set([...box.querySelectorAll("li[id]")].map((alert) => alert.id));
    const come = [...list.querySelectorAll("li[id]")].filter((alert) => !known.has(alert.id));
    if (come.length) news.textContent = come.map((alert) => alert.querySelector("h2").textContent).join(" · ");
  }

  function listen() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/inbox/`);
    socket.onopen = () => { retry = RETRY_FIRST; clearInterval(poll); poll = 0; box.dataset.live = "socket"; refresh(); };
    socket.onmessage = refresh;
    socket.onclose = () => {
      box.dataset.live = "polling";
      poll ||= setInterval(refresh, POLL);
      setTimeout(listen, retry * (0.5 + Math.random()));
      retry = Math.min(retry * 2, RETRY_LAST);
    };
  }

  listen();
})();
