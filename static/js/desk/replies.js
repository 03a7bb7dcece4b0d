// Saved replies: a slash and the beginning of a name opens the list over the composer.

const ASKED = /(^|\s)\/([\p{L}\p{N}_-]*)$/u, MOST = 8;
const known = new Map(); // by address: what the server last said, as a promise

const form = () => document.querySelector("[data-composer][data-replies]");
const list = () => document.getElementById("saved-replies");

function fetched(url) {
  if (!known.has(url)) {
    known.set(url, fetch(url, { credentials: "same-origin" }).then((answer) => (answer.ok ? answer.json() : Promise.reject())).then(({ replies }) => replies));
    known.get(url).catch(() => known.delete(url));
    setTimeout(() => known.delete(url), 60_000);
  }
  return known.get(url);
}

export const isOpen = () => Boolean(list() && !list().hidden);

export function shut() {
  const [menu, text] = [list(), form()?.elements.text];
  if (!menu || menu.hidden) return;
  menu.hidden = true;
  text?.removeAttribute("aria-activedescendant");
  say("");
}

function say(words) {
  const line = form()?.querySelector("[data-replies-say]");
  if (line) line.textContent = words;
}

/** The list under what she has typed after the slash; none when she types no slash. */
export async function look() {
  const text = form()?.elements.text;
  const asked = text && ASKED.exec(text.value.slice(0, text.selectionStart))?.[2];
  if (asked === undefined || asked === null) return shut();
  const all = await fetched(form().dataset.replies).catch(() => []);
  if (!text.isConnected || ASKED.exec(text.value.slice(0, text.selectionStart))?.[2] !== asked) return;
  const begins = (reply) => reply.shortcut.toLowerCase().startsWith(asked.toLowerCase());
  const found = [...all.filter(begins), ...all.filter((reply) => !begins(reply) && asked && reply.text.toLowerCase().includes(asked.toLowerCase()))];
  draw(found.slice(0, MOST));
}

function draw(found) {
  const { some, none } = form().querySelector("[data-replies-say]").dataset;
  list().replaceChildren(...found.map(({ shortcut, text }, place) => {
    const item = Object.assign(document.createElement("li"), { id: `saved-${place}` });
    item.setAttribute("role", "option");
    item.append(Object.assign(document.createElement("b"), { textContent: `/${shortcut}` }), Object.assign(document.createElement("span"), { textContent: text, dir: "auto" }));
    item.dataset.text = text;
    return item;
  }));
  list().hidden = !found.length;
  say(found.length ? some : none);
  choose(0);
}

function choose(place) {
  const items = [...list().children];
  items.forEach((item, at) => item.setAttribute("aria-selected", String(at === place)));
  if (!items[place]) return;
  form().elements.text.setAttribute("aria-activedescendant", items[place].id);
  items[place].scrollIntoView({ block: "nearest" });
}

function put(item) {
  const text = form().elements.text;
  const before = text.value.slice(0, text.selectionStart).replace(ASKED, "$1");
  text.setRangeText(item.dataset.text, before.length, text.selectionStart, "end");
  shut();
  text.focus();
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Whether the key was for the list. */
export function key(event) {
  if (!isOpen() || event.isComposing) return false;
  const items = [...list().children];
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") choose((at + 1) % items.length);
  else if (event.key === "ArrowUp") choose((at - 1 + items.length) % items.length);
  else if (event.key === "Enter" || event.key === "Tab") put(items[at]);
  else if (event.key === "Escape") {
    const text = form().elements.text;
    if (text.value === "/") text.value = "";
    shut();
  } else return false;
  return true;
}

document.addEventListener("mousedown", (event) => {
  const item = event.target.closest?.("#saved-replies > li");
  if (!item) return;
  event.preventDefault(); // the composer keeps the focus
  put(item);
});
