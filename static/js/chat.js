// One talk on a page: the socket while it lasts, plain HTTP where it does not, and nothing lost between them.

import { Composer } from "./chat/composer.js";
import { Outbox } from "./chat/outbox.js";
import { Thread } from "./chat/thread.js";

const RESEND = 8000, POLL = 3000, PATIENCE = 4000, SILENCE = 35000;

class Talk {
  constructor(root) {
    this.root = root;
    this.staff = "staff" in root.dataset;
    this.outbox = new Outbox(root.dataset.conversation + (this.staff ? ".staff" : ""), root.dataset.owner);
    this.thread = new Thread(root);
    this.composer = new Composer(root, { say: (item) => this.say(item), typing: () => this.send({ type: "typing" }) });
    this.socket = null;
    this.heardAt = Date.now();
    this.startedAt = Date.now();
    for (const item of this.outbox.items) this.thread.pending(item, this.staff ? "person" : "shopper");
    root.addEventListener("htmx:wsOpen", (event) => this.opened(event.detail.socketWrapper));
    root.addEventListener("htmx:wsClose", () => this.closed());
    root.addEventListener("htmx:wsBeforeMessage", (event) => this.heard(event));
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("submit", (event) => this.submitted(event));
    for (const name of ["focus", "online", "visibilitychange"]) window.addEventListener(name, () => this.look());
    this.timer = setInterval(() => this.tick(), 1000);
    this.state();
  }

  // Out

  say(item) {
    this.thread.pending(this.outbox.add(item), this.staff ? "person" : "shopper");
    this.flush();
  }

  send(frame) {
    if (this.socket) this.socket.sendImmediately(JSON.stringify(frame));
  }

  flush() {
    if (!this.socket && !this.polls) return;
    for (const item of this.outbox.due(RESEND)) {
      item.sentAt = Date.now();
      if (this.socket) this.send({ type: "send", client_id: item.clientId, text: item.text, files: item.files.map((file) => file.id) });
      else this.post(item);
    }
  }

  async post(item) {
    const body = new FormData();
    body.set("client_id", item.clientId);
    body.set("text", item.text);
    for (const file of item.files) body.append("files", file.id);
    try {
      const answer = await this.fetch(this.root.dataset.send, { method: "POST", body });
      const frame = await answer.json();
      if (answer.ok) this.acknowledged(frame);
      else if (answer.status === 422) this.refused(frame.client_id ?? item.clientId, frame.text);
      await this.poll();
    } catch {
      item.sentAt = Date.now() - RESEND + POLL; // soon again
    }
  }

  fetch(url, options = {}) {
    const token = this.root.querySelector("[name=csrfmiddlewaretoken]").value;
    return fetch(url, { ...options, headers: { "X-CSRFToken": token, Accept: "text/html,application/json" }, credentials: "same-origin" });
  }

  // In

  heard(event) {
    this.heardAt = Date.now();
    const message = event.detail.message;
    if (message.startsWith("{")) {
      event.preventDefault();
      this.frame(JSON.parse(message));
    } else if (message.includes("<li class=\"message\"")) {
      event.preventDefault();
      this.place(message);
    } else {
      requestAnimationFrame(() => this.state());
    }
  }

  frame(frame) {
    if (frame.type === "ack") this.acknowledged(frame);
    else if (frame.type === "error" && frame.client_id) this.refused(frame.client_id, frame.text, frame.retry_after);
    else if (frame.type === "error") this.composer.complain(frame.text);
    else if (frame.type === "heartbeat" && frame.seq > this.thread.lastSeq) this.send({ type: "sync", since: this.thread.lastSeq });
    else if (frame.type === "typing") this.writing();
    else if (frame.type === "draft") this.draft(frame);
    else if (frame.type === "seen" && (frame.side === "shopper") === this.staff) this.seen(frame);
  }

  place(html) {
    for (const [, id] of html.matchAll(/data-client-id="([^"]+)"/g)) this.outbox.acknowledged(id);
    this.thread.writing(false);
    if (this.thread.place(html) && document.hidden) document.title = document.title.replace(/^(\(\*\) )?/, "(*) ");
    this.state();
    this.look();
  }

  acknowledged(frame) {
    this.outbox.acknowledged(frame.client_id);
    const shown = document.getElementById(`message-${frame.client_id}`);
    if (shown && !shown.dataset.seq) Object.assign(shown.dataset, { state: "sent" });
    if (shown && !shown.dataset.seq) shown.querySelector(".message-state").textContent = this.thread.words.sent;
  }

  refused(clientId, why, retryAfter = 0) {
    const item = this.outbox.find(clientId);
    if (retryAfter && item) item.sentAt = Date.now() + (retryAfter * 1000 - RESEND); // it goes out by itself when it may
    else {
      this.outbox.refuse(clientId, why);
      this.thread.failed(clientId, why);
    }
  }

  writing() {
    this.thread.writing(true);
    clearTimeout(this.hush);
    this.hush = setTimeout(() => this.state(), 5000);
  }

  draft({ lease, text }) {
    if (String(lease) !== this.head.dataset.lease) return;
    this.thread.writing(true);
    this.thread.draft(text);
  }

  get head() {
    return this.root.querySelector("#pane-who, #thread-hands");
  }

  /** What the head says now: how far the others are, and whether an answer is on its way. */
  state() {
    const { delivered, read, answering } = this.head.dataset;
    this.seen({ delivered: Number(delivered), read: Number(read) });
    if (!this.staff) this.thread.writing(answering === "yes", true);
  }

  seen({ delivered, read }) {
    this.delivered = Math.max(this.delivered ?? 0, delivered, read);
    this.readUpto = Math.max(this.readUpto ?? 0, read);
    this.thread.marks(this.delivered, this.readUpto);
  }

  /** She sees the end of the talk: say so, once for each new message. */
  look() {
    const last = this.thread.lastSeq;
    if (document.hidden || !last || last === this.looked || !this.thread.atEnd()) return;
    this.looked = last;
    document.title = document.title.replace(/^\(\*\) /, "");
    if (this.socket) this.send({ type: "read", seq: last });
    else this.fetch(this.root.dataset.read, { method: "POST", body: new URLSearchParams({ seq: last }) }).catch(() => {});
  }

  // The connection

  opened(socket) {
    this.socket = socket;
    this.polls = false;
    this.heardAt = Date.now();
    this.away(false);
    this.outbox.startOver();
    this.send({ type: "sync", since: this.thread.lastSeq });
    this.flush();
  }

  closed() {
    this.socket = null;
    this.startedAt = Date.now();
    this.outbox.startOver();
  }

  tick() {
    if (!this.root.isConnected) return clearInterval(this.timer);
    if (this.socket && Date.now() - this.heardAt > SILENCE) this.socket.reconnect();
    if (!this.socket && Date.now() - this.startedAt > PATIENCE) this.poll();
    this.flush();
    this.look();
  }

  /** Sockets are blocked or away: ask over plain HTTP. */
  async poll() {
    this.polls = true;
    if (this.asking || Date.now() - (this.askedAt ?? 0) < POLL) return;
    this.asking = true;
    try {
      const answer = await this.fetch(`${this.root.dataset.since}?seq=${this.thread.lastSeq}`);
      if (answer.ok) this.received(await answer.text());
      this.away(!answer.ok);
    } catch {
      this.away(true);
    }
    this.asking = false;
    this.askedAt = Date.now();
  }

  received(html) {
    const head = new DOMParser().parseFromString(html, "text/html").querySelector("#pane-who, #thread-hands");
    if (head) this.head.replaceWith(document.importNode(head, true));
    this.place(html);
  }

  away(is) {
    this.root.querySelector(".pane-line").hidden = !is;
  }

  // Buttons

  clicked(event) {
    const again = event.target.closest?.("[data-again]")?.dataset.again;
    if (again) {
      Object.assign(this.outbox.find(again), { refused: "", sentAt: 0 });
      this.thread.retried(again);
      this.flush();
    }
    if (event.target.closest?.("[data-shuts-pane]")) shut(this.root);
  }

  async submitted(event) {
    const form = event.target;
    if (!form.matches("[data-asks-person], [data-hands]")) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, credentials: "same-origin" });
      if (answer.status === 409) this.composer.complain(new DOMParser().parseFromString(await answer.text(), "text/html").body.textContent.trim());
      else this.received(await answer.text());
    } catch {
      this.away(true);
    }
  }
}

function shut(pane) {
  pane.remove();
  document.querySelector(".launcher")?.focus();
}

const started = new WeakSet();
function start() {
  for (const root of document.querySelectorAll("[data-talk]")) {
    if (started.has(root)) continue;
    started.add(root);
    new Talk(root);
  }
}

document.addEventListener("click", (event) => {
  const pane = event.target.closest?.("[data-shuts-pane]")?.closest(".pane:not([data-talk])");
  if (pane) shut(pane);
});
document.addEventListener("keydown", (event) => {
  const pane = document.querySelector(".pane:not([data-page])");
  if (event.key === "Escape" && pane) shut(pane);
});
document.addEventListener("htmx:load", start);
start();
