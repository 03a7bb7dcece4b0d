// Tells her of what waits, by a sound and, when she looks elsewhere, a notice: off until she asks for it in this browser.

import { parsed } from "../chat/http.js";

const button = document.querySelector("[data-bell]");
const list = document.querySelector("[data-inbox]");
const KEY = `aftersale.bell.${button.dataset.bell}`;
const told = new Set(); // what she has seen or heard of: a talk, and since when it waits
const EVERY = 15_000; // how often those who wait are looked for while she looks at another list
let sounds;

function isOn() {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}

/** The rows that wait: for anybody, or for her who has them. */
function waiting(page) {
  return [...page.querySelectorAll("#rows .thread:not([data-closed], [data-gone])")].filter(
    ({ dataset }) => dataset.waiting && (dataset.holder === "queue" || (dataset.holder === "person" && dataset.person === button.dataset.bell)),
  );
}

function look({ quietly = false, page = document } = {}) {
  const fresh = waiting(page).filter((row) => !told.has(`${row.id} ${row.dataset.waiting}`));
  for (const row of fresh) told.add(`${row.id} ${row.dataset.waiting}`);
  if (!fresh.length || quietly || !isOn()) return;
  sound();
  if (!document.hasFocus() && window.Notification?.permission === "granted") fresh.forEach(notice);
}

function notice(row) {
  const name = row.querySelector(".thread-name").textContent;
  // No word of the talk: a notice shows on a locked screen, too.
  const shown = new Notification(button.dataset.waits.replace("NAME", name), { tag: row.id });
  shown.onclick = () => {
    window.focus();
    if (row.ownerDocument === document) row.querySelector("a").click();
    else location.assign(row.querySelector("a").href);
    shown.close();
  };
}

/** Two soft notes. A browser that was not touched yet stays silent. */
function sound() {
  try {
    sounds ??= new AudioContext();
    sounds.resume();
    for (const [note, after] of [[660, 0], [880, 0.12]]) {
      const [tone, volume, at] = [sounds.createOscillator(), sounds.createGain(), sounds.currentTime + after];
      tone.frequency.value = note;
      volume.gain.setValueAtTime(0.08, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
      tone.connect(volume).connect(sounds.destination);
      tone.start(at);
      tone.stop(at + 0.3);
    }
  } catch {
    // No sound here; the list shows it all the same.
  }
}

function show() {
  button.setAttribute("aria-pressed", String(isOn()));
}

export async function turn() {
  try {
    if (isOn()) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, "on");
  } catch {
    return; // nothing can be kept here, so it stays off
  }
  show();
  if (!isOn()) return;
  sound();
  lookBeyond({ quietly: true });
  if (window.Notification?.permission === "default") await Notification.requestPermission();
}

/** Who waits, of all: the list before her may hold but a part of them. */
async function lookBeyond({ quietly = false } = {}) {
  if (!isOn() || /list=(all|waiting)$/.test(list.dataset.inbox)) return;
  const answer = await fetch(button.dataset.beyond, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) look({ quietly, page: parsed(await answer.text()) });
}

show();
look({ quietly: true });
lookBeyond({ quietly: true });
setInterval(lookBeyond, EVERY);
button.addEventListener("click", turn);
window.addEventListener("storage", show);
document.addEventListener("inbox:rows", () => look());
