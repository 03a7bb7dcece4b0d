// What helps an agent while she writes: suggestions, saved replies, drafts the server keeps, and keys for everything.

import "./desk/bell.js";
import * as folds from "./desk/folds.js";
import * as many from "./desk/many.js";
import * as replies from "./desk/replies.js";
import "./desk/replied.js";

const SOON = 700, OFF = "aftersale.keys";
const composer = () => document.querySelector("[data-composer][data-draft]");
const text = () => composer()?.elements.text;

// Drafts

let timer, unsent;
function keepSoon() {
  clearTimeout(timer);
  const { draft: url } = composer().dataset;
  unsent = { url, text: text().value, token: composer().elements.csrfmiddlewaretoken.value };
  timer = setTimeout(keep, SOON);
}

function keep() {
  clearTimeout(timer);
  if (!unsent) return;
  const { url, text: words, token } = unsent;
  unsent = null;
  fetch(url, { method: "POST", body: new URLSearchParams({ text: words }), headers: { "X-CSRFToken": token }, credentials: "same-origin", keepalive: words.length < 30_000 }).catch(() => {});
}

document.addEventListener("input", (event) => {
  if (event.target !== text()) return;
  keepSoon();
  replies.look();
});
// What is sent is no draft any more; the server forgets it with the message.
document.addEventListener("submit", (event) => {
  if (event.target !== composer()) return;
  clearTimeout(timer);
  unsent = null;
  drop();
});
document.addEventListener("htmx:beforeSwap", (event) => event.target.id === "thread" && keep());
window.addEventListener("pagehide", keep);

// Suggestions

const drop = () => document.getElementById("suggestion")?.replaceChildren();

function use() {
  const words = document.querySelector("[data-suggested]").textContent;
  const gap = text().value.trim() ? `${text().value.trimEnd()}\n\n` : "";
  text().value = gap + words;
  drop();
  text().focus();
  text().dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest?.("[data-uses-suggestion]")) use();
  else if (target.closest?.("[data-drops-suggestion]")) drop(), text()?.focus();
  else if (target.closest?.("[data-opens-replies]")) replies.begin();
  else if (target.closest?.("[data-opens-keys]")) sheet()?.showModal();
  else if (!target.closest?.("#saved-replies")) replies.shut();
});

// Keys

const sheet = () => document.getElementById("keys");
const find = (selector) => document.querySelector(selector);
const rows = () => [...document.querySelectorAll("#rows .thread > a")];

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row === document.activeElement || (row.getAttribute("aria-current") === "true" && !all.includes(document.activeElement)));
  all[Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  i: () => folds.toggle("summary"),
  y: () => folds.toggle("why"),
  x: many.toggle,
  w: () => rows().find((row) => row.querySelector('[data-state="waiting"]'))?.click(),
  a: () => find('#hands button[value="accept"], #hands button[value="take"], #hands button[value="take_over"]')?.click(),
  b: () => find('#hands button[value="give_back"]')?.click(),
  e: () => find('#hands button[value="close"]')?.click(),
  r: () => text()?.focus(),
  s: () => find("#suggest")?.click(),
  u: () => find("[data-uses-suggestion]") && use(),
  n: () => find("#note-text")?.focus(),
  t: () => find('#tags input[name="name"]')?.focus(),
  p: () => find("#pass-on summary")?.click(),
  f: () => find("#to-search")?.click(),
  "/": () => (composer() ? replies.begin() : find("#to-search")?.click()),
  "?": () => sheet()?.showModal(),
};

function areOff() {
  try {
    return localStorage.getItem(OFF) === "off";
  } catch {
    return false;
  }
}

const isWriting = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") || element.closest?.("dialog");

document.addEventListener("keydown", (event) => {
  if (event.target === text() && replies.key(event)) {
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === "Escape" && event.target === text()) {
    find("#thread")?.focus(); // out of the composer, where the keys are ours again
  }
}, { capture: true });

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isWriting(event.target)) return;
  if (areOff() && event.key !== "?") return;
  const act = many.act(event.key) ?? KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

const off = sheet()?.querySelector("[data-keys-off]");
if (off) {
  off.checked = areOff();
  off.addEventListener("change", () => {
    try {
      if (off.checked) localStorage.setItem(OFF, "off");
      else localStorage.removeItem(OFF);
    } catch {
      // No storage: the keys stay on.
    }
  });
}
