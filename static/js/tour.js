// A tour of the page: a card that leads from one thing to the next, and is gone for good when she says so.

const card = document.querySelector("[data-tour]");
const kept = `tour.${card.dataset.tour}`;
const form = card.querySelector("form");
const next = card.querySelector(".tour-next");
const stops = [...card.querySelectorAll("[data-stop]")].filter((stop) => !stop.dataset.at || seen(stop));
let place = 0;

function seen(stop) {
  return [...document.querySelectorAll(stop.dataset.at)].find((thing) => thing.getClientRects().length);
}

function isDone() {
  try {
    return !("keeps" in form.dataset) && localStorage.getItem(kept) === "done";
  } catch {
    return false;
  }
}

function show(number) {
  place = number;
  for (const stop of card.querySelectorAll("[data-stop]")) stop.hidden = stop !== stops[place];
  document.querySelector("[data-toured]")?.removeAttribute("data-toured");
  const { dataset } = next;
  next.textContent = place === 0 ? dataset.first : place === stops.length - 1 ? dataset.last : dataset.next;
  card.querySelector(".tour-count").textContent = place ? `${place} / ${stops.length - 1}` : "";
  card.querySelector(".tour-end").hidden = place === stops.length - 1;
  if (!place) return;
  const thing = seen(stops[place]);
  if (thing) {
    thing.dataset.toured = "";
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    thing.scrollIntoView({ block: "center", behavior: calm ? "instant" : "smooth" });
  }
  stops[place].querySelector("h2").focus({ preventScroll: true });
}

/** She knows her way: never again, on any device she signs in with; a visitor, in this browser. */
function end() {
  document.querySelector("[data-toured]")?.removeAttribute("data-toured");
  const had = card.contains(document.activeElement);
  card.remove();
  if (had) document.querySelector("main, #main, #content")?.focus();
  if ("keeps" in form.dataset) return fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin", keepalive: true });
  try {
    localStorage.setItem(kept, "done");
  } catch {
    // It holds for this page only.
  }
}

form.addEventListener("submit", (event) => (event.preventDefault(), end()));
next.addEventListener("click", () => (place === stops.length - 1 ? end() : show(place + 1)));
card.addEventListener("keydown", (event) => event.key === "Escape" && end());

if (!isDone()) {
  show(0);
  card.hidden = false;
}
