// What she wrote and the server has not acknowledged yet: kept through reloads, sleep and restarts, sent again with the same id.

const PREFIX = "aftersale.outbox.";

export class Outbox {
  constructor(conversation, owner) {
    this.key = PREFIX + conversation;
    this.owner = owner;
    this.items = [];
    forgetOthers(owner);
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
      if (kept?.owner === owner) this.items = kept.items;
    } catch {
      // Without storage it lasts as long as the page.
    }
  }

  add(item) {
    this.items.push({ ...item, sentAt: 0, refused: "" });
    this.#keep();
    return this.items.at(-1);
  }

  find(clientId) {
    return this.items.find((item) => item.clientId === clientId);
  }

  acknowledged(clientId) {
    const left = this.items.filter((item) => item.clientId !== clientId);
    if (left.length === this.items.length) return;
    this.items = left;
    this.#keep();
  }

  refuse(clientId, why) {
    const item = this.find(clientId);
    if (!item) return;
    item.refused = why;
    this.#keep();
  }

  /** What should go out now: everything not refused and not on its way for less than `patience`. */
  due(patience) {
    const now = Date.now();
    return this.items.filter((item) => !item.refused && now - item.sentAt >= patience);
  }

  /** The connection is new: nothing is on its way any more. */
  startOver() {
    for (const item of this.items) item.sentAt = 0;
  }

  #keep() {
    try {
      if (this.items.length) localStorage.setItem(this.key, JSON.stringify({ owner: this.owner, items: this.items }));
      else localStorage.removeItem(this.key);
    } catch {
      // Full or forbidden: the page itself still has them.
    }
  }
}

/** Somebody else sits here now: unsent words of the former visitor are nobody's business. */
function forgetOthers(owner) {
  try {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
      if (JSON.parse(localStorage.getItem(key))?.owner !== owner) localStorage.removeItem(key);
    }
  } catch {
    // No storage, nothing to forget.
  }
}
