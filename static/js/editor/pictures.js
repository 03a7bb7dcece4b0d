// A picture chosen, dropped or pasted goes to the server and is shown where the writer is.

import { insert } from "./marks.js";

export function pictures(editor) {
  const text = editor.querySelector("textarea");
  const button = editor.querySelector("[data-picture]");
  const status = editor.querySelector("[data-picture-status]");
  if (!button || text.matches(":disabled")) return;
  const file = Object.assign(document.createElement("input"), { type: "file", accept: "image/png,image/jpeg,image/gif,image/webp", multiple: true });
  const take = async (files) => {
    for (const each of files) await bring(each);
  };
  button.addEventListener("click", () => file.click());
  file.addEventListener("change", () => take([...file.files]).then(() => (file.value = "")));
  text.addEventListener("paste", (event) => offered(event, event.clipboardData));
  text.addEventListener("drop", (event) => offered(event, event.dataTransfer));
  text.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });

  function offered(event, brought) {
    const images = [...(brought?.files ?? [])].filter((each) => each.type.startsWith("image/"));
    if (!images.length) return;
    event.preventDefault();
    take(images);
  }

  async function bring(image) {
    const form = text.form;
    const said = new FormData();
    said.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    said.append("shop", form.elements.shop?.value ?? editor.dataset.shop);
    said.append("file", image);
    status.textContent = status.dataset.busy;
    try {
      const answer = await fetch(editor.dataset.uploadUrl, { method: "POST", body: said, headers: { Accept: "application/json" } });
      const told = await answer.json();
      status.textContent = answer.ok ? status.dataset.done : (told.error ?? told.detail);
      if (answer.ok) insert(text, `${told.markdown}\n`);
    } catch {
      status.textContent = status.dataset.failed; // the line is down, or this is no answer of ours
    }
  }
}
