// What stands after the last message of the table: what she sent and nobody has yet, and who is writing.

import { clock } from "./thread.js";

export class Tail {
  constructor(root, thread) {
    Object.assign(this, { root, thread, list: thread.list, words: thread.words });
  }

  pending(item) {
    if (document.getElementById(`message-${item.clientId}`)) return;
    const shown = this.#copy("pending");
    shown.id = `message-${item.clientId}`;
    shown.dataset.clientId = item.clientId;
    const bubble = shown.querySelector(".bubble");
    for (const line of [item.text, ...item.files.map((file) => file.name)].filter(Boolean)) {
      bubble.append(Object.assign(document.createElement("p"), { textContent: line }));
    }
    Object.assign(shown.querySelector("time"), { dateTime: item.at, textContent: clock(item.at) });
    if (this.dots) this.dots.before(shown);
    else this.list.append(shown);
    if (item.refused) this.failed(item.clientId, item.refused);
    this.thread.toEnd();
  }

  /** The server has it; its place comes with the message itself. */
  sent(clientId) {
    this.#state(clientId, "sent", this.words.sent);
  }

  retried(clientId) {
    this.#state(clientId, "pending", this.words.pending);
  }

  failed(clientId, why) {
    const line = this.#state(clientId, "failed", `${this.words.failed} ${why} `);
    if (!line) return;
    line.setAttribute("role", "alert");
    line.removeAttribute("aria-live");
    for (const does of ["again", "remove"]) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "link" });
      button.textContent = this.words[does];
      button.dataset[does] = clientId;
      line.append(button);
    }
  }

  remove(clientId) {
    const shown = document.getElementById(`message-${clientId}`);
    if (shown && !shown.dataset.seq) shown.remove();
  }

  /** Sent, delivered, read: said once, under the newest own message. */
  marks(delivered, read) {
    let newest = true;
    for (let item = this.thread.newest; item; item = item.previousElementSibling) {
      if (!item.dataset.seq || !item.hasAttribute("data-own")) continue;
      const seq = Number(item.dataset.seq);
      const state = seq <= read ? "read" : seq <= delivered ? "delivered" : "sent";
      const line = item.querySelector(".message-state");
      const words = newest ? this.words[state] : "";
      if (!newest && state === "read" && item.dataset.state === state && !line.textContent) return; // so are all above
      item.dataset.state = state;
      if (line.textContent !== words) line.textContent = words;
      newest = false;
    }
  }

  get dots() {
    return this.list.querySelector(":scope > [data-typing]");
  }

  /** Who is writing an answer; nobody when there are no words. */
  writing(words, { lease = "", by = "bot" } = {}) {
    const stays = this.thread.sticks;
    let dots = this.dots;
    if (dots && (!words || dots.dataset.lease !== lease)) dots = dots.remove(); // a draft of another lease is void
    if (!words) return;
    dots ??= this.#copy("typing");
    Object.assign(dots.dataset, { lease, by });
    const line = dots.querySelector(".typing > span:last-child");
    if (line.textContent !== words) line.textContent = words;
    if (!dots.isConnected || dots.nextElementSibling) this.list.append(dots);
    if (stays) this.thread.toEnd();
  }

  draft(text) {
    const draft = this.dots?.querySelector(".draft");
    if (!draft) return;
    this.dots.dataset.draft = "";
    draft.append(Object.assign(document.createElement("p"), { textContent: text }));
    if (this.thread.sticks) this.thread.toEnd();
  }

  #state(clientId, state, words) {
    const shown = document.getElementById(`message-${clientId}`);
    if (!shown || shown.dataset.seq) return null;
    shown.dataset.state = state;
    const line = shown.querySelector(".message-state");
    line.textContent = words;
    return line;
  }

  #copy(name) {
    return this.root.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);
  }
}
