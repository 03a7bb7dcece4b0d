// What every page needs and HTML alone cannot do yet: menus that shut, dialogs that open, the theme, toasts.

const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const opens = closest(event, "[data-opens]");
  if (opens) document.getElementById(opens.dataset.opens)?.showModal();

  const closes = closest(event, "[data-closes]");
  if (closes) closes.closest("dialog, .toast, .notice")?.[closes.closest("dialog") ? "close" : "remove"]();

  // A click on the veil around a dialog closes it.
  if (event.target instanceof HTMLDialogElement && event.target.matches(".dialog") && outside(event)) event.target.close();

  const theme = closest(event, "[data-sets-theme]");
  if (theme) choose(theme.dataset.setsTheme);

  const copies = closest(event, "[data-copies]");
  if (copies) copy(copies);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = closest(event, "details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// A time says exactly when it was to whoever points at it, in her own zone and language.
document.addEventListener("pointerover", (event) => {
  const time = closest(event, "time[datetime]:not([title])");
  if (!time) return;
  const clock = time.dateTime.includes("T") ? { timeStyle: "short" } : {};
  const language = document.documentElement.lang.replace(/^en$/, "en-GB") || undefined;
  time.title = new Date(time.dateTime).toLocaleString(language, { dateStyle: "full", ...clock });
});

function outside({ target, clientX, clientY }) {
  const box = target.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

function choose(theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", theme);
  } catch {
    // It holds for this page only.
  }
  showTheme();
}

function showTheme() {
  const theme = document.documentElement.dataset.theme ?? "system";
  for (const button of document.querySelectorAll("[data-sets-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.setsTheme === theme));
  }
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copies);
  await navigator.clipboard?.writeText(source.innerText.trim());
  say(button.dataset.copied ?? button.textContent);
}

/** Say something in the page's one live region: read aloud, shown for a while, never in the way. */
export function say(words, tone = "good") {
  const toast = document.createElement("p");
  toast.className = "toast";
  toast.dataset.tone = tone;
  toast.textContent = words;
  document.getElementById("toasts")?.append(toast);
  setTimeout(() => toast.remove(), 6000);
}

showTheme();

// In a row of places that scrolls sideways, the one she is at stands in sight.
for (const here of document.querySelectorAll(".side-nav [aria-current], .tabs > [aria-current]")) {
  const row = here.parentElement;
  const middle = here.getBoundingClientRect().left + here.clientWidth / 2;
  row.scrollLeft += middle - row.getBoundingClientRect().left - row.clientWidth / 2;
}
