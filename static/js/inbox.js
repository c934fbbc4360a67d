// The inbox stays fresh: the socket says that there is news, the server renders the list.
(() => {
  const box = document.querySelector("[data-inbox]");
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
    for (const fold of box.querySelectorAll("details[open]"))
      list.getElementById(fold.closest("li").id)?.querySelector("details")?.replaceWith(fold);
    box.replaceChildren(list);
    if (box.contains(focused)) focused.focus({ preventScroll: true });
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
