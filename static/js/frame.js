// The pane in a page of the shop's. That page says who she is, by message; what the frame remembers, it shows with every
// request as a key, for a frame on a foreign page gets no cookies. Nothing is said to, or heard from, any other page.

import { show } from "./chat.js";
import { fetchFiles } from "./chat/files.js";
import { always } from "./chat/http.js";

const { shop, origin, session } = document.documentElement.dataset;
const lang = document.documentElement.lang;
const drawer = `widget.key.${shop}`;
const pane = () => document.getElementById("pane");
const tell = (what, more) => window.parent.postMessage({ aftersale: what, ...more }, origin);

Object.assign(always, { "Aftersale-Shop": shop, "Accept-Language": lang });
let key = "", isGuest = true, isShown = false;

/** Take a key. A guest's stays for her next visit; that of somebody the shop vouches for goes with the page. */
function take(fresh, guest) {
  [key, isGuest] = [fresh, guest];
  if (key) always.Authorization = `Bearer ${key}`;
  else delete always.Authorization;
  try {
    if (key && isGuest) localStorage.setItem(drawer, key);
    else localStorage.removeItem(drawer);
  } catch {
    // It lasts as long as the page.
  }
}

function kept() {
  try {
    return localStorage.getItem(drawer) ?? "";
  } catch {
    return "";
  }
}

/** The page has said who she is: by a token of the shop's server, or nobody it knows. */
async function greet(token) {
  take(isGuest ? key || kept() : "", true);
  const why = token && (await signIn(token));
  if (!token || why) {
    if (key || !document.querySelector("[data-start]")) await draw(await ask("/chat/pane/"));
    if (why) pane().querySelector(".pane-head").after(document.getElementById("unknown").content.cloneNode(true));
  }
  tell("drawn", { why });
}

/** Why the token was refused, or nothing. */
async function signIn(token) {
  const answer = await ask(session, { method: "POST", body: new URLSearchParams({ token, origin }) });
  if (answer.status === 403) return (await answer.json()).code;
  take(answer.headers.get("Aftersale-Key"), false);
  await draw(answer);
}

function ask(url, options) {
  return fetch(url, { ...options, headers: { ...always, "HX-Request": "true" } });
}

async function draw(answer) {
  if (!answer.ok) throw new Error(answer.status);
  window.htmx.swap("#pane-place", await answer.text(), { swapStyle: "innerHTML" });
  pane().hidden = !isShown;
}

let greeting = Promise.resolve();
const heard = {
  hello: ({ token }) => (greeting = greeting.then(() => greet(token)).catch(() => tell("away"))),
  shown: () => ((isShown = true), show()),
  hidden: () => ((isShown = false), (pane().hidden = true)),
};

window.addEventListener("message", ({ origin: from, source, data }) => {
  if (from === origin && source === window.parent && Object.hasOwn(heard, data?.aftersale)) heard[data.aftersale](data);
});
document.addEventListener("pane:shut", () => tell("shut"));
document.addEventListener("pane:news", ({ detail }) => tell("news", { count: detail }));
document.addEventListener("htmx:configRequest", ({ detail }) => Object.assign(detail.headers, always));
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  const fresh = detail.xhr.getResponseHeader("Aftersale-Key"); // here, before the socket of what it draws needs it
  if (fresh) take(fresh, isGuest);
});
window.htmx.createWebSocket = (url) => {
  return new WebSocket(`${url}?lang=${lang}`, ["aftersale.frame", `aftersale.key.${key.replaceAll(":", "~")}`]);
};

fetchFiles();
tell("ready");
