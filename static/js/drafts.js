// What is being written in a form with data-draft is kept at that address, so that it is there again on every device.

const SOON = 700;
let timer, unsent;

function keep() {
  clearTimeout(timer);
  if (!unsent) return;
  const { url, text: words, token } = unsent;
  unsent = null;
  fetch(url, { method: "POST", body: new URLSearchParams({ text: words }), headers: { "X-CSRFToken": token }, credentials: "same-origin", keepalive: words.length < 30_000 }).catch(() => {});
}

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (target.name !== "text" || !form?.dataset.draft) return;
  clearTimeout(timer);
  unsent = { url: form.dataset.draft, text: target.value, token: form.elements.csrfmiddlewaretoken.value };
  timer = setTimeout(keep, SOON);
});
// What is sent is no draft any more; the server forgets it with the message.
document.addEventListener("submit", ({ target }) => {
  if (!target.dataset.draft) return;
  clearTimeout(timer);
  unsent = null;
});
document.addEventListener("htmx:beforeSwap", (event) => event.target.id === "thread" && keep());
window.addEventListener("pagehide", keep);
