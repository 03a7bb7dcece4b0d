// The launcher on a shop's own page. It brings itself and nothing else: no request and no storage before the click, no
// style and no name outside of its shadow. docs/widget.md says how a page talks to it.
(() => {
  const script = document.currentScript;
  if (!script?.dataset.shop || window.aftersale) return;

  const { shop, theme = "" } = script.dataset;
  const base = new URL(script.src).origin;
  const lang = script.dataset.lang || document.documentElement.lang || navigator.language;
  const all = __WORDS__;
  const words = all[lang] ?? all[lang.split("-")[0].toLowerCase()] ?? all.en;
  const [ASK, CHAT, NEWS, WAIT, AWAY, AGAIN, CLOSE] = words;
  const PATIENCE = 15_000, SILENCE = 1500; // milliseconds: for a slow line; for a page that has come and says nothing

  const style = new CSSStyleSheet(); // no page's content policy forbids it
  style.replaceSync(`
    :host {
      all: initial !important; position: fixed !important; z-index: 2147483000 !important; color-scheme: light dark !important;
      font: 600 16px/1.2 system-ui, sans-serif !important;
      --stamp: var(--aftersale-colour, light-dark(oklch(48% 0.11 165), oklch(74% 0.11 164)));
      --on-stamp: var(--aftersale-on-colour, light-dark(oklch(99% 0.01 165), oklch(18% 0.03 165)));
      --paper: light-dark(oklch(98.5% 0.006 85), oklch(19% 0.01 260));
      --ink: light-dark(oklch(24% 0.02 260), oklch(94% 0.01 85));
      --line: light-dark(oklch(89% 0.01 85), oklch(35% 0.012 260));
      --shade: light-dark(oklch(30% 0.03 70 / 0.13), oklch(5% 0.01 260 / 0.55));
    }
    :host([data-theme="light"]) { color-scheme: light !important }
    :host([data-theme="dark"]) { color-scheme: dark !important }
    * { box-sizing: border-box; margin: 0; font: inherit }
    button { border: 0; background: none; color: inherit; cursor: pointer }
    :focus-visible { outline: 2px solid var(--stamp); outline-offset: 2px }
    [hidden] { display: none !important }
    svg { inline-size: 24px; block-size: 24px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round }
    .launcher, dialog { position: fixed; inset: auto; inset-block-end: 16px; inset-inline-end: 16px; box-shadow: 0 1px 2px var(--shade), 0 8px 28px var(--shade) }
    .launcher { display: flex; align-items: center; gap: 8px; min-block-size: 52px; padding: 8px 16px; border-radius: 99px; background: var(--stamp); color: var(--on-stamp) }
    .launcher:hover { filter: brightness(0.93) }
    .badge { min-inline-size: 24px; padding: 3px 6px; border-radius: 99px; background: var(--on-stamp); color: var(--stamp); font-size: 14px }
    dialog { inline-size: 400px; block-size: min(640px, 100dvh - 32px); padding: 0; border: 1px solid var(--line); border-radius: 12px; overflow: hidden; background: var(--paper); color: var(--ink) }
    dialog[open] { animation: rise 0.14s ease-out }
    iframe { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; border: 0 }
    .close { position: absolute; inset-block-start: 8px; inset-inline-end: 8px; display: grid; place-items: center; inline-size: 44px; block-size: 44px; border-radius: 6px }
    .wait { display: grid; gap: 16px; place-content: center; justify-items: center; block-size: 100%; padding: 32px; font-weight: 400; line-height: 1.5; text-align: center }
    .wait[aria-busy="true"] { color: transparent; background: linear-gradient(var(--line) 0 0) 16px 18px / 40% 12px, linear-gradient(var(--line) 0 0) 16px 38px / 60% 8px,
      linear-gradient(var(--line) 0 0) 0 62px / 100% 1px, linear-gradient(var(--line) 0 0) 16px 88px / 30% 10px, linear-gradient(var(--line) 0 0) 50% 110px / calc(100% - 32px) 92px,
      linear-gradient(var(--line) 0 0) 50% calc(100% - 14px) / calc(100% - 32px) 40px; background-repeat: no-repeat }
    .again { min-block-size: 44px; padding: 8px 16px; border-radius: 6px; background: var(--stamp); color: var(--on-stamp); font-weight: 600 }
    @keyframes rise { from { opacity: 0; transform: translateY(8px) } }
    @media (max-width: 47.99rem) {
      .launcher { inline-size: 56px; block-size: 56px; justify-content: center; padding: 0 }
      .label { position: absolute; clip-path: inset(50%) }
      .badge { position: absolute; inset-block-start: -6px; inset-inline-end: -6px; box-shadow: 0 0 0 2px var(--stamp) }
      dialog { inset: 0; inline-size: 100%; block-size: 100dvh; max-inline-size: none; max-block-size: none; border: 0; border-radius: 0 }
    }
    @media (prefers-reduced-motion: reduce) { dialog[open] { animation: none } }
    @media (forced-colors: active) { .launcher, .again { border: 1px solid } }
    @media print { .launcher, dialog { display: none } }`);

  function make(tag, more, ...children) {
    const element = Object.assign(document.createElement(tag), more);
    element.append(...children);
    return element;
  }

  function icon(d) {
    const [svg, path] = ["svg", "path"].map((name) => document.createElementNS("http://www.w3.org/2000/svg", name));
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", d);
    svg.append(path);
    return svg;
  }

  const badge = make("span", { className: "badge", hidden: true, ariaHidden: "true" });
  const label = make("span", { className: "label", textContent: ASK });
  const launcher = make("button", { type: "button", className: "launcher", ariaHasPopup: "dialog", ariaExpanded: "false", onclick: open }, icon("M4 5.5h16v11h-9l-4.5 3.5v-3.5H4v-11Z"), label, badge);
  const said = make("p", { role: "status" });
  const again = make("button", { type: "button", className: "again", textContent: AGAIN, onclick: load });
  const shut = make("button", { type: "button", className: "close", ariaLabel: CLOSE, onclick: close }, icon("m6 6 12 12M18 6 6 18"));
  const waiting = make("div", { className: "wait" }, said, again);
  const dialog = make("dialog", { ariaLabel: CHAT, onclose: closed }, waiting, shut);
  const host = make("aftersale-chat", { lang: words === all.en ? "en" : lang, dir: getComputedStyle(document.documentElement).direction });
  if (theme) host.dataset.theme = theme;
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [style];
  shadow.append(launcher, dialog);
  // Escape shuts what is ours, and only from within; a dialog over the whole window knows it by itself.
  shadow.addEventListener("keydown", (event) => event.key === "Escape" && dialog.open && (event.preventDefault(), event.stopPropagation(), close()));

  let frame = null, greeted = false, isNew = false, drawn = false, timer = 0, given = script.dataset.token || null;

  const send = (what, more) => frame.contentWindow.postMessage({ aftersale: what, ...more }, base);
  const phone = matchMedia("(max-width: 47.99rem)");

  function open() {
    if (dialog.open) return;
    lay();
    launcher.ariaExpanded = "true";
    launcher.hidden = true;
    if (drawn) show();
    else if (!frame) load();
  }

  /** Over the whole window of a phone it leaves nothing else to reach; beside a page it leaves all of it. */
  function lay() {
    phone.matches ? dialog.showModal() : dialog.show();
  }

  function close() {
    dialog.close();
  }

  function closed() {
    if (dialog.open) return; // shut only to open in another size
    launcher.ariaExpanded = "false";
    launcher.hidden = false;
    launcher.focus();
    if (drawn) send("hidden");
  }

  function show() {
    if (!dialog.open) return;
    frame.focus();
    send("shown");
  }

  /** The frame, behind a word of patience until it has drawn itself: nobody sees a browser's page of failure. */
  function load() {
    say(WAIT, true);
    const { href } = Object.assign(new URL(`${base}/widget/${shop}/`), { search: new URLSearchParams({ origin: location.origin, lang, theme }) });
    frame = make("iframe", { src: href, title: CHAT, onload: () => (isNew ? (isNew = false) : wait(SILENCE)) });
    frame.style.visibility = "hidden";
    wait(PATIENCE);
    dialog.append(frame);
  }

  function wait(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(fail, milliseconds);
  }

  function fail() {
    clearTimeout(timer);
    frame?.remove();
    frame = null;
    greeted = isNew = drawn = false;
    say(AWAY, false);
    if (dialog.open) again.focus();
  }

  function say(text, busy) {
    said.textContent = text;
    waiting.ariaBusy = String(busy);
    again.hidden = busy;
    waiting.hidden = shut.hidden = false;
  }

  /** A token, or nobody: as the page gave it, or as it is told when asked. */
  async function greet() {
    let token = null;
    try {
      token = await (typeof given === "function" ? given() : given);
    } catch {
      // A page that cannot say who she is has a guest.
    }
    if (frame) send("hello", { token });
  }

  const heard = {
    ready() {
      greeted = isNew = true;
      wait(PATIENCE);
      greet();
    },
    drawn({ why }) {
      clearTimeout(timer);
      if (why) console.warn(`aftersale: this shopper's token was refused (${why}); they write as a guest.`);
      drawn = waiting.hidden = shut.hidden = true;
      frame.style.visibility = "";
      show();
    },
    away: fail,
    shut: close,
    news({ count }) {
      badge.textContent = count;
      badge.hidden = !count;
      launcher.ariaLabel = count ? `${ASK}. ${NEWS}: ${count}` : null;
    },
  };

  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin === base && frame && source === frame.contentWindow && Object.hasOwn(heard, data?.aftersale)) heard[data.aftersale](data);
  });
  phone.addEventListener("change", () => {
    if (!dialog.open) return;
    close();
    lay();
  });

  window.aftersale = Object.freeze({
    open,
    close,
    /** A token, a function that gets one, or null for somebody who has signed out. */
    identify(token) {
      given = token || null;
      if (greeted) greet();
    },
  });
  document.documentElement.append(host);
  document.dispatchEvent(new Event("aftersale:ready"));
})();
