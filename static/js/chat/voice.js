// Speaking and listening, where the browser itself can: a question spoken, answers read aloud.

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
const language = document.documentElement.lang || navigator.language;
let aloud = false;

/** Show what this browser can do, in every composer and menu that has come. */
export function offer() {
  if (Recognition) for (const button of document.querySelectorAll("[data-listens]")) button.hidden = false;
  if (window.speechSynthesis) for (const button of document.querySelectorAll("[data-reads-aloud]")) button.hidden = false;
}

function listen(button) {
  if (button.hearing) return button.hearing.stop();
  const text = button.closest("form").elements.text;
  const before = text.value && !/\s$/.test(text.value) ? `${text.value} ` : text.value;
  const hearing = Object.assign(new Recognition(), { lang: language, interimResults: true });
  hearing.addEventListener("result", ({ results }) => {
    text.value = before + [...results].map(([best]) => best.transcript).join("");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  hearing.addEventListener("end", () => {
    button.hearing = null;
    button.setAttribute("aria-pressed", "false");
    text.focus();
  });
  button.hearing = hearing;
  button.setAttribute("aria-pressed", "true");
  hearing.start();
}

function turn(button) {
  aloud = !aloud;
  for (const other of document.querySelectorAll("[data-reads-aloud]")) other.setAttribute("aria-pressed", String(aloud));
  button.closest("details").open = false;
  if (!aloud) window.speechSynthesis.cancel();
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-listens], [data-reads-aloud]");
  if (button?.matches("[data-listens]")) listen(button);
  else if (button) turn(button);
});

document.addEventListener("talk:news", ({ target, detail }) => {
  if (!aloud || !detail.fresh) return;
  const fresh = [...target.querySelectorAll(".message[data-seq]:not([data-own])")].slice(-detail.fresh);
  for (const item of fresh) {
    const words = (item.querySelector(".bubble") ?? item).textContent.trim();
    window.speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(words), { lang: language }));
  }
});
