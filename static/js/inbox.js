// The agents' list: one row moves when one conversation changes; nothing else is drawn again.

const list = document.querySelector("[data-inbox]");
const rows = list?.querySelector(".threads");

function rank(row) {
  return [row.dataset.waiting ? 0 : 1, row.dataset.waiting || "", row.dataset.last];
}

function comesBefore(one, other) {
  const [a, b] = [rank(one), rank(other)];
  if (a[0] !== b[0]) return a[0] < b[0];
  return a[0] === 0 ? a[1] < b[1] : a[2] > b[2];
}

function place(html) {
  const row = new DOMParser().parseFromString(html, "text/html").querySelector("li.thread");
  if (!row) return;
  const fresh = document.importNode(row, true);
  const old = document.getElementById(row.id);
  const focused = old?.contains(document.activeElement);
  if (location.pathname === fresh.querySelector("a").pathname) fresh.querySelector("a").setAttribute("aria-current", "true");
  old?.remove();
  const next = [...rows.children].find((other) => comesBefore(fresh, other));
  rows.insertBefore(fresh, next ?? null);
  if (focused) fresh.querySelector("a").focus();
  list.querySelector("[data-empty]").hidden = true;
}

async function refresh() {
  const page = new DOMParser().parseFromString(await (await fetch("/inbox/", { credentials: "same-origin" })).text(), "text/html");
  const fresh = page.querySelector(".threads");
  if (fresh) rows.replaceChildren(...[...fresh.children].map((row) => document.importNode(row, true)));
}

function connect(delay = 1000) {
  const socket = new WebSocket(list.dataset.inbox.replace(/^/, location.origin.replace(/^http/, "ws")));
  let opened = false;
  socket.addEventListener("open", () => {
    if (delay > 1000) refresh(); // what changed while we were away
    opened = true;
  });
  socket.addEventListener("message", (event) => place(event.data));
  socket.addEventListener("close", () => setTimeout(() => connect(Math.min(opened ? 2000 : delay * 2, 15000)), delay));
}

if (list) connect();
