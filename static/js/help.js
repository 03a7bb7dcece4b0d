// The help centre with JavaScript: results by the arrow keys, a word when it is too much, where she is in an article.

const field = document.querySelector(".ask input[type=search]");
const results = () => [...document.querySelectorAll("#found :is(.hits, .titles, .grid, .sources) > * > a, #found .grid > a")];

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const here = field ?? document.querySelector(".help-page input[type=search]");
    if (here) {
      event.preventDefault();
      here.focus();
    }
  }
  if (!field || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  const places = [field, ...results()];
  const at = places.indexOf(document.activeElement);
  const next = places[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
});

// Too many questions in a minute: what was found stays, and she is told; an answer that does not come leaves no gap.
document.addEventListener("htmx:sendError", (event) => event.target.id === "answer" && event.target.remove());
document.addEventListener("htmx:responseError", (event) => {
  if (event.target.id === "answer") event.target.remove();
  const said = document.getElementById("found-said");
  if (said && event.detail.xhr.status === 429) {
    said.textContent = field.dataset.slow;
    said.classList.remove("hidden-text");
  }
});
document.addEventListener("htmx:afterSwap", () => document.getElementById("found-said")?.classList.add("hidden-text"));

// Where she is in a long article.
const outline = [...document.querySelectorAll(".contents a")];
if (outline.length) {
  const headings = new Map(outline.map((link) => [document.getElementById(decodeURIComponent(link.hash.slice(1))), link]));
  const seen = new IntersectionObserver(
    (entries) => {
      const here = entries.find((entry) => entry.isIntersecting);
      if (!here) return;
      for (const link of outline) link.removeAttribute("aria-current");
      headings.get(here.target)?.setAttribute("aria-current", "location");
    },
    { rootMargin: "0px 0px -70% 0px" },
  );
  for (const heading of headings.keys()) if (heading) seen.observe(heading);
}
