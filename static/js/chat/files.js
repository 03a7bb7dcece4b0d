// Files of a talk in a frame: a picture and a link cannot show a key, so they are fetched by hand.

import { always } from "./http.js";

const OURS = "/chat/files/";

async function fetched(url) {
  const answer = await fetch(url, { headers: always });
  if (!answer.ok) throw new Error(answer.status);
  return URL.createObjectURL(await answer.blob());
}

/** A picture waits (it is lazy) until it is laid out; by then it has another source. */
async function fill(picture) {
  const url = picture.getAttribute("src");
  picture.removeAttribute("src");
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  picture.src = await fetched(url).catch(() => "");
}

async function save(link) {
  const name = link.querySelector(".file-name")?.textContent ?? link.querySelector("img").alt;
  const file = Object.assign(document.createElement("a"), { href: await fetched(link.href), download: name });
  file.click();
  setTimeout(() => URL.revokeObjectURL(file.href), 60_000);
}

export function fetchFiles() {
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) node.querySelectorAll?.(`img[src^="${OURS}"]`).forEach(fill);
    }
  }).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(`a[href^="${OURS}"]`);
    if (!link) return;
    event.preventDefault();
    save(link).catch(() => {});
  });
}
