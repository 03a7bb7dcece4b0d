// Rows chosen with x or by hand: how many, and what the keys then do to all of them.

const boxes = () => [...document.querySelectorAll("#rows .thread-choice")];
const bar = () => document.getElementById("many");
export const chosen = () => boxes().filter((box) => box.checked);

function say() {
  const line = bar()?.querySelector("[data-chosen]");
  const number = chosen().length;
  if (line) line.textContent = number ? line.dataset.chosen.replace("NUMBER", number) : "";
}

/** Choose the row she stands on, or leave it out again. */
export function toggle() {
  const row = document.activeElement?.closest?.("#rows .thread") ?? document.querySelector('#rows .thread:has([aria-current="true"])');
  const box = row?.querySelector(".thread-choice");
  if (!box) return;
  box.checked = !box.checked;
  say();
}

export function none() {
  for (const box of chosen()) box.checked = false;
  say();
}

const press = (verb) => () => bar().querySelector(`[value="${verb}"]`).click();
const KEYS = { a: press("mine"), e: press("close"), p: () => bar().elements.to.focus(), t: () => bar().elements.tag.focus(), Escape: none };

/** What a key does while rows are chosen. */
export const act = (key) => (chosen().length ? KEYS[key] : undefined);

// Enter in a field presses the button beside it, not the first of the form.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("#many input, #many select")) return;
  event.preventDefault();
  event.target.nextElementSibling.click();
});
document.addEventListener("change", (event) => event.target.matches?.(".thread-choice") && say());
window.addEventListener("pageshow", say);
