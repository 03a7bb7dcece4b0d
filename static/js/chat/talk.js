// One talk on a page: what she says goes into the outbox and out on the line; what comes in goes to its place.

import { Composer } from "./composer.js";
import { Http, NotHers, parsed } from "./http.js";
import { Line } from "./line.js";
import { Outbox } from "./outbox.js";
import { Sender } from "./sender.js";
import { Standing } from "./standing.js";
import { Tail } from "./tail.js";
import { Thread } from "./thread.js";

const SIGNED_OUT = 4401, CROSSING = 1500;

export class Talk {
  constructor(root) {
    this.root = root;
    this.isStaff = "staff" in root.dataset;
    this.outbox = new Outbox(root.dataset.conversation + (this.isStaff ? ".staff" : ""), root.dataset.owner);
    this.http = new Http(root);
    this.thread = new Thread(root);
    this.tail = new Tail(root, this.thread);
    this.standing = new Standing(root, this.thread, this.tail);
    this.sender = new Sender(this, { failed: (error) => this.failed(error), complain: (why) => this.composer.complain(why) });
    this.composer = new Composer(root, {
      say: (item) => this.sender.say(item),
      typing: () => this.line.send({ type: "typing" }),
      upload: (file, id) => this.sender.upload(file, id),
    }, this.outbox);
    this.line = this.sender.line = new Line(root, {
      opened: () => this.opened(),
      heard: (text) => (text.startsWith("{") ? this.frame(JSON.parse(text)) : this.page(parsed(text))),
      ask: () => this.ask(),
      lost: (code) => this.lost(code),
      away: (is) => this.says("away", is),
      tick: () => (this.sender.flush(), this.look()),
    });
    for (const item of this.outbox.items) this.tail.pending(item);
    root.addEventListener("click", (event) => this.clicked(event));
    root.addEventListener("submit", (event) => this.submitted(event));
    this.thread.box.addEventListener("scroll", () => this.look(), { passive: true });
    this.standing.settle();
  }

  opened() {
    this.outbox.startOver();
    this.sync();
    this.sender.flush();
  }

  /** Ask for everything newer than what is here; it also says that so much has arrived. */
  sync() {
    this.line.send({ type: "sync", since: this.thread.last });
  }

  frame(frame) {
    if (frame.type === "ack") this.sender.acknowledged(frame.client_id);
    else if (frame.type === "error") this.sender.refused(frame);
    else if (frame.type === "heartbeat" && frame.seq > this.thread.last) this.sync();
    else if (frame.type === "typing") this.standing.writing(frame);
    else if (frame.type === "draft") this.standing.draft(frame);
    else if (frame.type === "seen" && (frame.side === "shopper") === this.isStaff) this.standing.seen(frame);
  }

  /** Messages and the head of the talk, as the server draws them. */
  page(page) {
    const before = this.thread.last;
    const head = page.querySelector("#pane-who, #thread-hands");
    if (head) this.standing.patch(head);
    for (const fresh of page.querySelectorAll("[data-piece]")) {
      const piece = document.getElementById(fresh.id);
      const typed = [...(piece?.querySelectorAll("[type=email], textarea") ?? [])].some((field) => field.value);
      if (piece && !typed && piece.innerHTML !== fresh.innerHTML) piece.replaceWith(document.importNode(fresh, true));
    }
    const fresh = this.thread.place(page);
    for (const { dataset } of page.querySelectorAll("[data-client-id]")) this.outbox.remove(dataset.clientId);
    if (fresh) this.standing.hush();
    else this.standing.settle();
    this.sender.flush();
    if (this.thread.last === before) return;
    this.root.dispatchEvent(new CustomEvent("talk:news", { bubbles: true, detail: { fresh } }));
    this.look();
    if (fresh && this.looked !== this.thread.last) this.sync(); // arrived, though not read
  }

  /** She sees the end of the talk: say so, once for each new message. */
  look() {
    const last = this.thread.last;
    if (!last || last === this.looked || !this.isSeen || !this.thread.atEnd) return;
    this.looked = last;
    if (this.line.send({ type: "read", seq: last })) return;
    this.http.post(this.root.dataset.read, new URLSearchParams({ seq: last })).catch(() => (this.looked = 0));
  }

  get isSeen() {
    return !document.hidden && this.root.offsetHeight > 0;
  }

  // When the line is away, or the visitor is

  async ask() {
    try {
      const answer = await this.http.get(`${this.root.dataset.since}?seq=${this.thread.last}`);
      if (answer.ok) this.page(parsed(await answer.text()));
      return answer.ok;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  async failed(error) {
    if (!(error instanceof NotHers) || this.line.stopped) return;
    if (await this.hasSignedIn()) return;
    this.over();
  }

  /** A guest's request may cross her sign-in on its way, and ask as who she was a moment ago: look again before it is over. */
  async hasSignedIn() {
    if (!this.root.dataset.owner.startsWith("guest-")) return false;
    await new Promise((done) => setTimeout(done, CROSSING));
    return this.http.check().then(() => true, (error) => !(error instanceof NotHers));
  }

  /** The server has closed the door, perhaps only to who she was a minute ago: then it goes on over plain HTTP. */
  async lost(code) {
    try {
      await this.http.check();
    } catch (error) {
      if (code === SIGNED_OUT && error instanceof NotHers) this.outbox.clear();
      this.failed(error);
    }
  }

  /** Nobody here may see this any more. */
  over() {
    // To the sign-in, and back; in a frame the page around it says anew who she is.
    if (this.isStaff || window.parent !== window) return location.reload();
    this.line.stop();
    this.thread.clear();
    this.composer.close();
    this.says("away", false);
    this.says("over", true);
    // A copy that no socket belongs to: htmx would knock at the door for ever.
    const copy = this.root.cloneNode(true);
    copy.removeAttribute("data-talk");
    this.root.replaceWith(copy);
  }

  says(what, is) {
    this.root.querySelector(`[data-says="${what}"]`).hidden = !is;
  }

  // Buttons

  clicked(event) {
    const { again, remove, earlier } = event.target.closest?.("[data-again], [data-remove], [data-earlier]")?.dataset ?? {};
    if (again) this.sender.again(again);
    if (remove) this.sender.drop(remove);
    if (again || remove) this.composer.text.focus();
    if (!earlier || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.earlier(earlier);
  }

  /** Her opinion: what comes back takes the place of the form. */
  async swapped(event, form) {
    event.preventDefault();
    try {
      const answer = await this.http.post(form.action, new FormData(form, event.submitter), "text/html");
      if (!answer.ok) throw new Error(answer.status);
      const stays = this.thread.sticks;
      form.replaceWith(...document.importNode(parsed(await answer.text()).body, true).childNodes);
      if (stays) this.thread.toEnd();
    } catch (error) {
      this.failed(error);
      this.composer.complain(this.thread.words.away);
    }
  }

  async earlier(url) {
    if (this.isReadingBack) return;
    this.isReadingBack = true;
    try {
      const answer = await this.http.get(url);
      if (answer.ok) this.thread.placeOlder(parsed(await answer.text()));
    } catch (error) {
      this.failed(error);
    }
    this.isReadingBack = false;
  }

  /** Take it, give it back, ask for a person: a form that needs no page of its own. */
  async submitted(event) {
    const form = event.target;
    if (form.matches("[data-swaps]")) return this.swapped(event, form);
    if (!form.matches("[data-hands]")) return;
    event.preventDefault();
    form.querySelector("details.menu[open]")?.removeAttribute("open");
    try {
      const url = `${form.action}?seq=${this.thread.last}`;
      const answer = await this.http.post(url, new FormData(form, event.submitter), "text/html");
      const page = parsed(await answer.text());
      if (answer.ok) form.reset();
      if (answer.ok) this.page(page);
      else this.composer.complain(answer.status === 409 ? page.body.textContent.trim() : this.thread.words.away);
    } catch (error) {
      this.failed(error);
      this.composer.complain(this.thread.words.away);
    }
  }
}
