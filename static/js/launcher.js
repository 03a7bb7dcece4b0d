// The talk's scripts come when she opens it: until then the page is light and nothing is stored in her browser.

const loaded = new Map();

function load(address) {
  if (!loaded.has(address)) {
    loaded.set(
      address,
      new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = () => (loaded.delete(address), reject(new Error(address)));
        document.head.append(script);
      }),
    );
  }
  return loaded.get(address);
}

async function open(launcher) {
  launcher.setAttribute("aria-busy", "true");
  try {
    if (!window.htmx) for (const address of launcher.dataset.scripts.split(" ")) await load(address);
    await import(launcher.dataset.module);
    await window.htmx.ajax("GET", launcher.href, { target: "#pane-place", swap: "innerHTML" });
    document.querySelector("#pane-place textarea")?.focus();
  } catch {
    window.location.assign(launcher.href);
  } finally {
    launcher.removeAttribute("aria-busy");
  }
}

document.addEventListener("click", (event) => {
  const launcher = event.target instanceof Element ? event.target.closest(".launcher") : null;
  if (!launcher || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!launcher.hasAttribute("aria-busy")) open(launcher);
});
