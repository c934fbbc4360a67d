// The inbox stays fresh: the socket says that there is news, the server renders the list.
import { connect } from "./city/feed.js";

const [box, news] = ["[data-inbox]", "[data-news]"].map((part) => document.querySelector(part));
const title = document.title.replace(/^\(\d+\) /, "");
let turn = 0, shown = 0;

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

connect("/ws/inbox/", box, refresh, refresh);
