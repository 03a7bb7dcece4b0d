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

/** A row as it is now. It stays the same element, for she may be about to press it. */
function patch(fresh) {
  const row = document.getElementById(fresh.id);
  if (!row) return document.importNode(fresh, true);
  for (const { name } of [...row.attributes]) if (!fresh.hasAttribute(name)) row.removeAttribute(name);
  for (const { name, value } of fresh.attributes) row.setAttribute(name, value);
  row.querySelector("a").replaceChildren(...document.importNode(fresh.querySelector("a"), true).childNodes);
  return row;
}

function put(row, next) {
  if (row.isConnected && row.nextElementSibling === next) return;
  const focused = row.contains(document.activeElement);
  const isNew = !row.isConnected;
  rows().insertBefore(row, next);
  if (isNew) window.htmx.process(row);
  if (focused) row.querySelector("a").focus();
}

/** Put one row where it belongs; what is closed or on another list now leaves, unless she is looking at it. */
function place(fresh) {
  const row = patch(fresh);
  if (row.matches("[data-closed], [data-gone]") && !isOpen(row)) {
    row.remove();
    return rows().children.length || refresh();
  }
  rows().querySelector(".empty")?.remove();
  put(row, [...rows().children].find((other) => other !== row && comesBefore(row, other)) ?? null);
  mark();
  document.dispatchEvent(new Event("inbox:rows"));
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
  const wanted = [...fresh.children].map((row) => (row.id ? patch(row) : document.importNode(row, true)));
  for (const row of [...rows().children]) if (!wanted.includes(row)) row.remove();
  wanted.forEach((row, place) => put(row, rows().children[place] === row ? row.nextElementSibling : (rows().children[place] ?? null)));
  mark();
  document.dispatchEvent(new Event("inbox:rows"));
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

  // A note that was taken leaves its field empty for the next one.
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => target.matches?.("form[data-note]") && detail.successful && target.reset());

  // It changed hands: what stands beside the talk, and why it was handed over, may be new.
  document.addEventListener("talk:hands", async ({ target }) => {
    const answer = await fetch(target.dataset.url, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected || !target.isConnected) return;
    const fresh = parsed(await answer.text());
    for (const id of ["side", "handoff"]) {
      const element = document.importNode(fresh.getElementById(id), true);
      document.getElementById(id)?.replaceWith(element);
      window.htmx.process(element);
    }
  });
}
