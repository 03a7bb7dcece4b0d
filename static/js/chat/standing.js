// How things stand: who holds the talk, who is writing, and how far the other side has got and read.

export class Standing {
  constructor(root, thread, tail) {
    Object.assign(this, { root, tail, words: thread.words, isStaff: "staff" in root.dataset, delivered: 0, read: 0 });
  }

  get head() {
    return this.root.querySelector("#pane-who, #thread-hands");
  }

  /** Take over a newer head, but leave a button alone under the finger that presses it. */
  patch(fresh) {
    const head = this.head;
    const [lease, last] = ["lease", "lastSeq"].map((name) => Number(fresh.dataset[name]) - Number(head.dataset[name]));
    if (lease < 0 || (lease === 0 && last < 0)) return; // overtaken on its way
    if (head.dataset.holder !== fresh.dataset.holder) this.root.dispatchEvent(new CustomEvent("talk:hands", { bubbles: true }));
    for (const { name, value } of fresh.attributes) if (name !== "hx-swap-oob") head.setAttribute(name, value);
    if (head.innerHTML.trim() === fresh.innerHTML.trim()) return;
    const [was, focused] = [this.root, head].map((part) => part.contains(document.activeElement));
    const menu = head.querySelector("details.menu[open]");
    head.replaceChildren(...document.importNode(fresh, true).childNodes);
    if (menu) head.querySelector("details.menu")?.setAttribute("open", "");
    if (focused) head.querySelector(menu ? "summary" : "button")?.focus();
    const { activeElement: now } = document; // what she pressed may be gone: she stays in the talk
    if (was && !(this.root.contains(now) && now.checkVisibility())) this.root.querySelector(".talk").focus({ preventScroll: true });
  }

  /** Show what the head says. */
  settle() {
    const { delivered, read, answering, lease } = this.head.dataset;
    this.seen({ delivered: Number(delivered), read: Number(read) });
    if (answering === "yes") this.tail.writing(this.words.looking, { lease });
    else if (!this.hushing) this.tail.writing("");
  }

  seen({ delivered, read }) {
    this.delivered = Math.max(this.delivered, delivered, read);
    this.read = Math.max(this.read, read);
    this.tail.marks(this.delivered, this.read);
  }

  writing({ name, author }) {
    if (author === "shopper" && !this.isStaff) return; // she herself, in another window
    this.tail.writing(this.words.writing.replace("NAME", name), { by: author });
    clearTimeout(this.hushing);
    this.hushing = setTimeout(() => this.hush(), 5000);
  }

  /** Whoever was writing has said it, or has stopped. */
  hush() {
    clearTimeout(this.hushing);
    this.hushing = null;
    this.tail.writing("");
    this.settle();
  }

  /** A finished sentence of an answer to come, void as soon as the lease is another. */
  draft({ lease, text }) {
    if (String(lease) !== this.head.dataset.lease) return;
    this.tail.writing(this.words.looking, { lease: String(lease) });
    this.tail.draft(text);
  }
}
