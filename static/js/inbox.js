// The agents' list: one row moves when one conversation changes; nothing else is drawn again.

import { parsed } from "./chat/http.js";
import { Line } from "./chat/line.js";

const FRESH = 60_000;
const inbox = document.querySelector(".inbox");
const list = inbox?.querySelector("[data-inbox]");
const rows = () => document.getElementById("rows");
let refreshedAt = Date.now();

function comesBefore(one, other) {
  const [mine, its] = [Number(one.dataset.waiting) || Infinity, Number(other.dataset.waiting) || Infinity];
  return mine === its ? Number(one.dataset.last) > Number(other.dataset.last) : mine < its;
}

/** Put one row where it belongs; a closed conversation leaves, unless she is looking at it. */
function place(row) {
  const fresh = document.importNode(row, true);
  const old = document.getElementById(row.id);
  const focused = old?.contains(document.activeElement);
  old?.remove();
  if (fresh.matches("[data-closed]") && !isOpen(fresh)) return rows().querySelector("li") ?? refresh();
  rows().querySelector(".empty")?.remove();
  const next = [...rows().children].find((other) => comesBefore(fresh, other));
  rows().insertBefore(fresh, next ?? null);
  window.htmx.process(fresh);
  mark();
  if (focused) fresh.querySelector("a").focus();
}

const isOpen = (row) => row.querySelector("a").pathname === location.pathname;

function mark() {
  for (const link of rows().querySelectorAll("a")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/** The whole list anew: after an absence, and every minute for the waiting times. */
async function refresh() {
  refreshedAt = Date.now();
  const answer = await fetch(list.dataset.inbox, { credentials: "same-origin", headers: { "HX-Request": "true" } });
  if (answer.redirected) return location.reload(); // signed out
  const fresh = answer.ok && parsed(await answer.text()).getElementById("rows");
  if (!fresh) return false;
  const focused = rows().contains(document.activeElement) && document.activeElement.closest("li").id;
  const top = rows().scrollTop;
  rows().replaceWith(document.importNode(fresh, true));
  window.htmx.process(rows());
  rows().scrollTop = top;
  mark();
  if (focused) document.getElementById(focused)?.querySelector("a").focus();
  return true;
}

if (list) {
  const line = new Line(list, {
    opened: () => refresh().catch(() => {}),
    heard: (text) => parsed(text).querySelectorAll("li.thread").forEach(place),
    ask: refresh,
    lost: () => location.reload(),
    away: () => {},
    tick: () => !document.hidden && Date.now() - refreshedAt > FRESH && refresh().catch(() => {}),
  }, { beats: false });
  window.addEventListener("pagehide", () => line.stop());

  // A thread came into its pane: the list shows which, and a phone shows it.
  document.addEventListener("htmx:load", (event) => {
    if (event.target.id !== "thread") return;
    inbox.dataset.show = "thread";
    mark();
    event.target.focus({ preventScroll: true });
  });
}
