// Folds whose content is asked for when they are opened: why the assistant said something, what a talk is about.

import { parsed } from "../chat/http.js";

document.addEventListener("toggle", async ({ target: fold }) => {
  const link = fold.open && fold.querySelector?.(":scope > a[data-fold]");
  if (!link) return;
  const answer = await fetch(link.href, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || !link.isConnected) return; // the link stays, and opens the same as a page
  link.replaceWith(...document.importNode(parsed(await answer.text()).body, true).childNodes);
}, { capture: true });

/** Open or shut the newest fold of this kind. */
export function toggle(kind) {
  const all = document.querySelectorAll(`#thread details[data-fold="${kind}"]`);
  const fold = all[all.length - 1];
  if (!fold) return;
  fold.open = !fold.open;
  fold.querySelector("summary").focus();
}
