// What she wrote and the server has not acknowledged yet: kept through reloads, sleep and restarts, sent again with the
// same id. Each message has a drawer of its own, so that two windows never write over each other.

const PREFIX = "aftersale.";

export class Outbox {
  constructor(talk, owner) {
    this.owner = owner;
    this.said = `${PREFIX}said.${talk}.`;
    this.drawer = `${PREFIX}draft.${talk}`;
    forget(owner, talk);
    this.items = kept().filter(([key]) => key.startsWith(this.said)).map(([, item]) => ({ ...item, after: 0 }));
    this.items.sort((one, other) => one.order - other.order);
  }

  add(item) {
    const order = Math.max(Date.now(), (this.items.at(-1)?.order ?? 0) + 1);
    const added = { ...item, order, after: 0, refused: "" };
    this.items.push(added);
    this.#keep(added);
    return added;
  }

  find(clientId) {
    return this.items.find((item) => item.clientId === clientId);
  }

  remove(clientId) {
    this.items = this.items.filter((item) => item.clientId !== clientId);
    put(this.said + clientId, null);
  }

  refuse(clientId, why) {
    const item = this.find(clientId);
    if (!item) return;
    Object.assign(item, { refused: why, after: 0 });
    this.#keep(item);
  }

  retry(clientId) {
    Object.assign(this.find(clientId) ?? {}, { refused: "", after: 0 });
  }

  /** The oldest that may go now: one at a time, so that they arrive in the order she wrote them. */
  next() {
    const first = this.items.find((item) => !item.refused);
    return first && performance.now() >= first.after ? first : null;
  }

  /** It is on its way, or must wait: not again before so many milliseconds. */
  wait(item, milliseconds) {
    item.after = performance.now() + milliseconds;
  }

  /** The connection is new: nothing is on its way any more. */
  startOver() {
    for (const item of this.items) item.after = 0;
  }

  /** She has signed out: nothing of hers stays here. */
  clear() {
    for (const { clientId } of this.items) this.remove(clientId);
    this.draft = "";
  }

  get draft() {
    return kept().find(([key]) => key === this.drawer)?.[1].text ?? "";
  }

  set draft(text) {
    put(this.drawer, text ? { owner: this.owner, text } : null);
  }

  #keep({ clientId, text, files, at, order, refused }) {
    put(this.said + clientId, { owner: this.owner, clientId, text, files, at, order, refused });
  }
}

/** Somebody else sits here now: unsent words of the former visitor are nobody's business. */
export function forget(owner, talk = null) {
  for (const [key, item] of kept()) {
    if (item.owner === owner) continue;
    // A guest who has signed in takes the conversation along, and with it what she was about to say there.
    const hers = talk && key.includes(`.${talk}`) && item.owner?.startsWith("guest-") && owner.startsWith("user-");
    put(key, hers ? { ...item, owner } : null);
  }
}

function kept() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).map((key) => [key, read(key)]);
  } catch {
    return []; // Without storage it lasts as long as the page.
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function put(key, item) {
  try {
    if (item) localStorage.setItem(key, JSON.stringify(item));
    else localStorage.removeItem(key);
  } catch {
    // Full or forbidden: the page itself still has it.
  }
}
