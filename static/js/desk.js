// What helps an agent while she writes: suggestions, saved replies, drafts the server keeps, and keys for everything.

import "./drafts.js";

const OFF = "aftersale.keys";
const find = (selector) => document.querySelector(selector);
const composer = () => document.querySelector("[data-composer][data-draft]");
const text = () => composer()?.elements.text;

function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

document.addEventListener("input", (event) => {
  if (event.target !== text()) return;
  if (replies || text().value.includes("/")) look();
});
document.addEventListener("submit", (event) => event.target === composer() && drop());

// Saved replies

let replies;
const look = async () => (replies ??= await import("./desk/replies.js")).look();

/** A slash where she writes opens their list. */
function slash() {
  text().focus();
  const gap = text().value && !/\s$/.test(text().value) ? " /" : "/";
  text().setRangeText(gap, text().value.length, text().value.length, "end");
  text().dispatchEvent(new Event("input", { bubbles: true }));
}

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
  else if (target.closest?.("[data-opens-replies]")) slash();
  else if (target.closest?.("[data-opens-keys]")) sheet()?.showModal();
  else if (!target.closest?.("#saved-replies")) replies?.shut();
});

// Keys

const sheet = () => document.getElementById("keys");
const rows = () => [...document.querySelectorAll("#rows .thread > a")];

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row === document.activeElement || (row.getAttribute("aria-current") === "true" && !all.includes(document.activeElement)));
  all[Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
}

// What few need on every page comes when it is needed.

const bell = find("[data-bell]");
if (bell) {
  bell.hidden = false;
  if (read(`aftersale.bell.${bell.dataset.bell}`)) import("./desk/bell.js");
  else bell.addEventListener("click", () => import("./desk/bell.js").then(({ turn }) => turn()), { once: true });
}

const isReplied = () => find('.messages > [data-by="person"]') && import("./desk/replied.js").then(({ look }) => look());
for (const name of ["talk:news", "htmx:load"]) document.addEventListener(name, isReplied);
isReplied();

document.addEventListener("toggle", ({ target }) => target.open && target.dataset?.fold && import("./desk/folds.js").then(({ fill }) => fill(target)), { capture: true });

/** Open or shut the newest fold of this kind. */
function unfold(kind) {
  const fold = [...document.querySelectorAll(`#thread details[data-fold="${kind}"]`)].at(-1);
  if (!fold) return;
  fold.open = !fold.open;
  fold.querySelector("summary").focus();
}

/** Choose the row she stands on, or leave it out again. */
function choose() {
  const row = document.activeElement?.closest?.("#rows .thread") ?? find('#rows .thread:has([aria-current="true"])');
  row?.querySelector(".thread-choice")?.click();
}

const isChosen = () => find("#rows .thread-choice:checked");
const many = (act) => import("./desk/many.js").then(act);
document.addEventListener("change", ({ target }) => target.matches?.(".thread-choice") && many(({ say }) => say()));

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  i: () => unfold("summary"),
  y: () => unfold("why"),
  x: choose,
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
  "/": () => (composer() ? slash() : find("#to-search")?.click()),
  "?": () => sheet()?.showModal(),
};

const areOff = () => read(OFF) === "off";

const isWriting = (element) => element.matches?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") || element.closest?.("dialog");

document.addEventListener("keydown", (event) => {
  if (event.target === text() && replies?.key(event)) {
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === "Escape" && event.target === text()) {
    find("#thread")?.focus(); // out of the composer, where the keys are ours again
  }
}, { capture: true });

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isWriting(event.target)) return;
  if (areOff() && event.key !== "?") return;
  const act = isChosen() && "aeptEscape".includes(event.key) ? () => many(({ KEYS: all }) => all[event.key]()) : KEYS[event.key];
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
