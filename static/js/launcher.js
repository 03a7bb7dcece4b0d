// The chat's scripts come when she reaches for it: until then the page is light and nothing is stored in her browser.

const PATIENCE = 150; // milliseconds before the shape of what comes is shown: what is quick needs none
const place = () => document.getElementById("pane-place");
let loading = null;

/** htmx and its sockets in this order, and our module; all asked for at once. */
function scripts({ scripts: addresses, module }) {
  loading ??= Promise.all([import(module), ...(window.htmx ? [] : addresses.split(" ").map(load))]).then(([chat]) => {
    chat.start();
    return chat;
  });
  loading.catch(() => (loading = null));
  return loading;
}

function load(address) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: address, async: false, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

async function open(launcher) {
  launcher.setAttribute("aria-busy", "true");
  let waiting = 0;
  try {
    const coming = scripts(launcher.dataset);
    if (!place().children.length) {
      waiting = setTimeout(() => place().replaceChildren(document.getElementById("pane-waits").content.cloneNode(true)), PATIENCE);
      const answer = await fetch(launcher.href, { headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      clearTimeout(waiting);
      place().replaceChildren(...document.importNode(page.body, true).children); // the first paint waits for no script
    }
    const chat = await coming;
    window.htmx.process(place());
    chat.start();
    chat.show();
  } catch {
    window.location.assign(launcher.href);
  } finally {
    clearTimeout(waiting);
    launcher.removeAttribute("aria-busy");
  }
}

const reached = (event) => (event.target instanceof Element ? event.target.closest(".launcher") : null);

for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => reached(event) && scripts(reached(event).dataset));
}
document.addEventListener("click", (event) => {
  const launcher = reached(event);
  if (!launcher || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!launcher.hasAttribute("aria-busy")) open(launcher);
});

// Somebody else may sit here now: the chat throws away what a former visitor left unsent.
try {
  const left = Object.keys(localStorage).some((key) => key.startsWith("aftersale."));
  const launcher = left && document.querySelector(".launcher");
  if (launcher) import(launcher.dataset.module);
} catch {
  // Without storage nothing was left.
}
