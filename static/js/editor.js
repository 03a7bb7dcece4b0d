// The editors' desk: what plain forms cannot do. Without it everything still works, a page at a time.

import { marks } from "./editor/marks.js";
import { pictures } from "./editor/pictures.js";
import { preview } from "./editor/preview.js";
import { guard } from "./editor/leaving.js";

for (const editor of document.querySelectorAll("[data-editor]")) {
  marks(editor);
  pictures(editor);
  preview(editor);
}
for (const sheet of document.querySelectorAll("[data-leaving]")) guard(sheet);

// Names to be added with one press to a line of names with commas.
for (const names of document.querySelectorAll("[data-adds-to]")) {
  const line = document.getElementById(names.dataset.addsTo);
  names.hidden = false;
  names.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    const said = line.value.split(",").map((name) => name.trim()).filter(Boolean);
    if (!said.includes(target.textContent)) said.push(target.textContent);
    line.value = said.join(", ");
    line.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
