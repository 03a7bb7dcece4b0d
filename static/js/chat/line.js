// The connection: a socket while there is one, plain HTTP where there is none. It carries; it understands nothing.

const POLL = 3000, PATIENCE = 2500, SILENCE = 35_000, FIRST_WORD = 10_000;
const HTMX_RETRIES = [1006, 1011, 1012, 1013], OVER = [4401, 4404], TOO_FAST = 4429;

export class Line {
  /** Hooks: opened(), heard(text), ask() -> whether it was answered, lost(code), away(is). `beats`: it is never silent. */
  constructor(root, hooks, { beats = true } = {}) {
    // `wordAt`: when a socket last said something, which opening alone does not prove it can.
    Object.assign(this, { root, hooks, beats, socket: null, stopped: false, wordAt: Date.now(), askedAt: 0 });
    root.addEventListener("htmx:wsOpen", (event) => event.target === root && this.#opened(event.detail));
    root.addEventListener("htmx:wsClose", (event) => event.target === root && this.#closed(event.detail));
    root.addEventListener("htmx:wsBeforeMessage", (event) => event.target === root && this.#heard(event));
    const soon = () => this.tick();
    for (const name of ["focus", "online"]) window.addEventListener(name, soon);
    document.addEventListener("visibilitychange", soon);
    this.timer = setInterval(soon, 1000);
  }

  /** Whether what is sent now has a good chance to arrive by the socket. */
  get isOpen() {
    return Boolean(this.socket) && (!this.beats || Math.abs(Date.now() - this.heardAt) < SILENCE);
  }

  get isUp() {
    return this.isOpen || Boolean(this.answers);
  }

  send(frame) {
    if (!this.isOpen) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  tick() {
    if (this.stopped) return;
    if (!this.root.isConnected) return this.stop();
    if (this.socket && !this.isOpen) this.#reconnect();
    if (!this.isOpen && Math.abs(Date.now() - this.wordAt) > PATIENCE) this.ask();
    this.hooks.tick?.();
  }

  /** Ask over plain HTTP for what is new. */
  async ask({ now = false } = {}) {
    if (this.asking || this.stopped || (!now && Date.now() - this.askedAt < POLL)) return;
    this.asking = true;
    this.answers = await this.hooks.ask().catch(() => false);
    this.asking = false;
    this.askedAt = Date.now();
    if (!this.isOpen && !this.stopped) this.hooks.away(!this.answers);
  }

  stop() {
    this.stopped = true;
    clearInterval(this.timer);
    this.#drop();
  }

  #opened({ event, socketWrapper }) {
    if (this.stopped) return event.target.close();
    if (this.socket !== event.target) this.#drop();
    Object.assign(this, { socket: event.target, wrapper: socketWrapper });
    // Until its first word a socket is on trial: some proxies let it open and carry nothing.
    this.heardAt = Date.now() - (SILENCE - FIRST_WORD);
    this.hooks.away(false);
    this.hooks.opened();
  }

  #closed({ event, socketWrapper }) {
    if (this.socket && this.socket !== event.target) return; // an older one; the new one is open already
    Object.assign(this, { socket: null, wrapper: socketWrapper ?? this.wrapper });
    if (this.stopped) return;
    if (OVER.includes(event.code)) this.hooks.lost(event.code);
    if (HTMX_RETRIES.includes(event.code)) return; // htmx knocks again by itself
    setTimeout(() => this.#reconnect(), [...OVER, TOO_FAST].includes(event.code) ? 60_000 : 2000);
  }

  #heard(event) {
    event.preventDefault(); // it is put into its place by us
    this.heardAt = this.wordAt = Date.now();
    this.answers = false;
    this.hooks.heard(event.detail.message);
  }

  #reconnect() {
    if (this.stopped || this.isOpen || !this.wrapper || !this.root.isConnected) return;
    this.#drop();
    this.wrapper.reconnect();
  }

  /** Let go of a socket without waiting to hear of its end, which may come minutes later. */
  #drop() {
    if (!this.socket) return;
    this.socket.onclose = this.socket.onerror = null;
    this.socket.close();
    this.socket = null;
  }
}

/** How long htmx waits before it tries again: soon at first, never long, and not all of us in the same moment. */
export const reconnectDelay = (tries) => Math.min(500 * 2 ** tries, 8000) * (0.5 + Math.random() / 2);
