// Every talk on the page, and the pane in the corner that opens and shuts.

import { reconnectDelay } from "./chat/line.js";
import { forget } from "./chat/outbox.js";
import { Talk } from "./chat/talk.js";

const talks = new WeakMap();
const floating = () => document.querySelector(".pane:not([data-page])");
const launcher = () => document.querySelector(".launcher");
const phone = matchMedia("(max-width: 47.99rem)");

export function start() {
  if (window.htmx) Object.assign(window.htmx.config, { wsReconnectDelay: reconnectDelay, refreshOnHistoryMiss: true, historyCacheSize: 0 });
  try {
    sessionStorage.removeItem("htmx-current-path-for-history"); // htmx notes it unasked; nothing is kept before she acts
  } catch {
    // No storage, nothing kept.
  }
  for (const root of document.querySelectorAll("[data-talk]")) if (!talks.has(root)) talks.set(root, new Talk(root));
  if (document.querySelector("[data-listens]")) import("./chat/voice.js").then(({ offer }) => offer());
}

/** The pane is there: bring her to it, and on a phone away from what it covers. */
export function show() {
  const pane = floating();
  if (!pane) return;
  pane.hidden = false;
  cover();
  const text = pane.querySelector("textarea");
  (matchMedia("(pointer: fine)").matches && text ? text : pane).focus();
  tell(0);
}

function shut() {
  const pane = floating();
  if (!pane) return;
  pane.hidden = true;
  cover();
  launcher()?.focus();
  pane.dispatchEvent(new CustomEvent("pane:shut", { bubbles: true }));
}

/** A pane over the whole window leaves nothing else to reach. */
function cover() {
  const covers = Boolean(floating() && !floating().hidden && phone.matches);
  for (const element of document.querySelectorAll(".skip, .top, main, .foot")) element.inert = covers;
  document.documentElement.toggleAttribute("data-covered", covers);
  launcher()?.setAttribute("aria-expanded", String(Boolean(floating() && !floating().hidden)));
}

let news = 0;
function tell(fresh) {
  news = fresh && (document.hidden || floating()?.hidden) ? news + fresh : 0;
  document.dispatchEvent(new CustomEvent("pane:news", { detail: news }));
  document.title = document.title.replace(/^\(\d+\) /, "");
  if (news) document.title = `(${news}) ${document.title}`;
  const badge = launcher()?.querySelector(".badge") ?? Object.assign(document.createElement("span"), { className: "badge" });
  badge.textContent = news;
  if (news) launcher()?.append(badge);
  else badge.remove();
}

// Where a keyboard covers the window without making it smaller, the pane keeps to what is seen.
window.visualViewport?.addEventListener("resize", () => {
  document.documentElement.style.setProperty("--seen", `${Math.round(window.visualViewport.height)}px`);
});

document.addEventListener("talk:news", (event) => event.detail.fresh && tell(event.detail.fresh));
document.addEventListener("visibilitychange", () => !document.hidden && !floating()?.hidden && tell(0));
phone.addEventListener("change", cover);
document.addEventListener("click", (event) => event.target.closest?.("[data-shuts-pane]") && shut());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || !floating() || floating().hidden) return;
  const inside = floating().contains(event.target) || event.target === document.body;
  if (inside && !event.target.closest("details.menu[open]")) shut();
});

// The first question may fail to reach us: it stays in its form, and the form says so.
for (const [name, says] of [["htmx:sendError", () => "away"], ["htmx:responseError", (detail) => (detail.xhr.status === 429 ? "fast" : "away")]]) {
  document.addEventListener(name, (event) => {
    const line = event.target.closest?.("[data-start]")?.querySelector(`[data-says="${says(event.detail)}"]`);
    if (line) line.hidden = false;
  });
}

// A face of the pane was exchanged for another: the start for a talk, a talk for the list.
document.addEventListener("htmx:load", (event) => {
  start();
  if (event.target.matches?.(".pane:not([data-page])")) show();
});
// A page from the browser's memory may be of somebody who has left.
window.addEventListener("pageshow", (event) => event.persisted && document.querySelector("[data-talk], [data-inbox]") && location.reload());

if (launcher()?.dataset.owner) forget(launcher().dataset.owner);
start();
