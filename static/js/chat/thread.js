// The messages on the page: each once, in the order of the table, with what is still on its way at the end.

const language = document.documentElement.lang.replace(/^en$/, "en-GB") || undefined;
const hours = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" });

export class Thread {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector(".talk");
    this.list = root.querySelector(".messages");
    this.pill = root.querySelector(".pill");
    this.words = root.querySelector("template[data-words]").dataset;
    this.seqs = new Set();
    this.waiting = 0; // new messages below what she reads
    this.sticks = true;
    for (const item of this.list.querySelectorAll("[data-seq]")) {
      this.seqs.add(Number(item.dataset.seq));
      this.newest = item;
      dress(item);
    }
    // Everything up to here is on the page, without a gap.
    this.last = Math.max(0, ...this.seqs);
    this.pill.addEventListener("click", () => (this.toEnd(), this.box.focus()));
    this.box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const size = new ResizeObserver(() => this.sticks && this.toEnd()); // a keyboard opens, a picture arrives
    for (const element of [this.box, this.list]) size.observe(element);
    this.toEnd();
    const sought = this.list.querySelector(`[data-seq="${root.dataset.seeks}"]`);
    if (sought) this.#show(sought);
    else this.#showNew(Number(root.dataset.readUpto));
  }

  get atEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 60;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.sticks = true;
    this.waiting = 0;
    this.pill.hidden = true;
  }

  /** Put messages into their places; returns how many came from the others. */
  place(page) {
    const stays = this.sticks;
    let fresh = 0;
    for (const item of page.querySelectorAll("li.message[data-seq]")) {
      const seq = Number(item.dataset.seq);
      if (this.seqs.has(seq)) continue;
      this.seqs.add(seq);
      document.getElementById(item.id)?.remove(); // until now it was pending
      fresh += item.hasAttribute("data-own") ? 0 : 1;
      this.#insert(document.importNode(item, true), seq);
    }
    while (this.seqs.has(this.last + 1)) this.last += 1;
    if (stays) this.toEnd();
    else if (fresh) this.#tell(fresh);
    return fresh;
  }

  /** Older messages, above those that are here: what she reads does not move, and nothing is read aloud. */
  placeOlder(page) {
    const fromEnd = this.box.scrollHeight - this.box.scrollTop;
    const [old, more] = [this.list.querySelector("#earlier"), page.querySelector("#earlier")];
    this.box.setAttribute("aria-live", "off");
    if (more) old?.replaceWith(document.importNode(more, true));
    else old?.remove();
    this.sticks = false;
    this.place(page);
    this.box.scrollTop = this.box.scrollHeight - fromEnd;
    this.box.focus({ preventScroll: true });
    setTimeout(() => this.box.setAttribute("aria-live", "polite"), 1000);
  }

  clear() {
    this.list.replaceChildren();
    this.pill.hidden = true;
  }

  /** The message somebody came for. */
  #show(item) {
    item.toggleAttribute("data-sought", true);
    item.scrollIntoView({ block: "center" });
    this.#scrolled();
  }

  /** A line above what she has not seen; she begins to read there. */
  #showNew(upto) {
    const isNew = (item) => Number(item.dataset.seq) > upto && !item.hasAttribute("data-own");
    const first = upto && [...this.list.querySelectorAll("[data-seq]")].find(isNew);
    if (!first) return;
    const line = Object.assign(document.createElement("li"), { className: "unread", textContent: this.words.unread });
    (first.previousElementSibling?.matches(".day") ? first.previousElementSibling : first).before(line);
    const above = this.box.getBoundingClientRect().top - line.getBoundingClientRect().top;
    if (above <= 0) return this.toEnd();
    this.box.scrollTop -= above;
    this.#scrolled();
  }

  #scrolled() {
    this.sticks = this.atEnd;
    if (this.sticks) this.toEnd();
  }

  #tell(fresh) {
    this.waiting += fresh;
    this.pill.textContent = `${this.words.news} · ${this.waiting}`;
    this.pill.hidden = false;
  }

  #insert(item, seq) {
    let before = this.newest;
    while (before && Number(before.dataset.seq) > seq) before = said(before, "previousElementSibling");
    const earlier = this.list.querySelector("#earlier");
    if (before) before.after(item);
    else if (earlier) earlier.after(item);
    else this.list.prepend(item);
    if (before === this.newest) this.newest = item;
    dress(item);
    const next = said(item, "nextElementSibling");
    if (next) dress(next);
  }
}

/** The next message that way, past days and what is pending. */
export function said(item, way) {
  let other = item[way];
  while (other && !other.dataset.seq) other = other[way];
  return other;
}

/** Her own time, a name only where the speaker changes, a date only where the day does. */
export function dress(item) {
  const before = said(item, "previousElementSibling");
  const [at, then] = [new Date(item.dataset.at), before && new Date(before.dataset.at)];
  const sameDay = then?.toDateString() === at.toDateString();
  const speaks = before?.dataset.speaker === item.dataset.speaker;
  item.toggleAttribute("data-joined", Boolean(speaks && sameDay && Math.floor(at / 60_000) === Math.floor(then / 60_000)));
  const time = item.querySelector("time");
  if (time) Object.assign(time, { textContent: clock(at), title: whole.format(at) });
  const above = item.previousElementSibling;
  if (sameDay && above?.matches(".day")) above.remove();
  if (!sameDay && !above?.matches(".day")) item.before(day(at));
}

export function clock(at) {
  return hours.format(new Date(at));
}

function day(at) {
  const line = Object.assign(document.createElement("li"), { className: "day" });
  const time = Object.assign(document.createElement("time"), { dateTime: at.toISOString().slice(0, 10) });
  const days = Math.round((new Date(at).setHours(12, 0, 0, 0) - new Date().setHours(12, 0, 0, 0)) / 86_400_000);
  const year = at.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  const words = days < -1 || days > 0
    ? at.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long", year })
    : new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(days, "day");
  time.textContent = words.charAt(0).toLocaleUpperCase(language) + words.slice(1);
  line.append(time);
  return line;
}
