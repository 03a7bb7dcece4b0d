// The page beside the text: made by the server as for a reader, shown under the reader's own styles alone.

const PAUSE = 300; // milliseconds without a stroke

export function preview(editor) {
  const sheet = editor.closest("form");
  const [title, body] = [sheet.elements.title, sheet.elements.body];
  const page = editor.querySelector("[data-preview]");
  const root = page.attachShadow({ mode: "open" });
  const styles = page.dataset.styles.split(" ").map((href) => Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
  const shown = document.createElement("div");
  root.append(...styles, shown);
  page.hidden = false;
  editor.querySelector("[data-plain-preview]")?.remove();

  let waiting, asked;
  const show = async () => {
    asked?.abort();
    asked = new AbortController();
    const said = new FormData();
    for (const field of [sheet.elements.csrfmiddlewaretoken, title, body]) said.append(field.name, field.value);
    try {
      const answer = await fetch(editor.dataset.previewUrl, { method: "POST", body: said, signal: asked.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(answer.statusText);
      shown.innerHTML = await answer.text();
      page.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name !== "AbortError") page.setAttribute("aria-busy", "true"); // faint until the next stroke asks again
    }
  };
  sheet.addEventListener("input", ({ target }) => {
    if (target !== title && target !== body) return;
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
  // Read together what is written: both scroll alike.
  body.addEventListener("scroll", () => {
    const way = body.scrollHeight - body.clientHeight;
    if (way > 0) page.scrollTop = (body.scrollTop / way) * (page.scrollHeight - page.clientHeight);
  });
  show();
}
