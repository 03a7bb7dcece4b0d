// Rows chosen with x or by hand: how many, and what the keys then do to all of them.

const boxes = () => [...document.querySelectorAll("#rows .thread-choice")];
const bar = () => document.getElementById("many");
const chosen = () => boxes().filter((box) => box.checked);

export function say() {
  const line = bar()?.querySelector("[data-chosen]");
  const number = chosen().length;
  if (line) line.textContent = number ? line.dataset.chosen.replace("NUMBER", number) : "";
}

function none() {
  for (const box of chosen()) box.checked = false;
  say();
}

const press = (verb) => () => bar().querySelector(`[value="${verb}"]`).click();
/** What a key does to all that are chosen. */
export const KEYS = { a: press("mine"), e: press("close"), p: () => bar().elements.to.focus(), t: () => bar().elements.tag.focus(), Escape: none };

// Enter in a field presses the button beside it, not the first of the form.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("#many input, #many select, .thread-choice")) return;
  event.preventDefault();
  if (event.target.form.contains(event.target)) event.target.nextElementSibling.click();
});
