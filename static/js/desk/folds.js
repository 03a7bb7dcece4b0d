// Folds whose content is asked for when they are opened: why the assistant said something, what a talk is about.

import { parsed } from "../chat/http.js";

export async function fill(fold) {
  const link = fold.querySelector(":scope > a[data-fold]");
  if (!link) return;
  const answer = await fetch(link.href, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || answer.redirected || !link.isConnected) return; // the link stays, and opens the same as a page
  link.replaceWith(...document.importNode(parsed(await answer.text()).body, true).childNodes);
}
