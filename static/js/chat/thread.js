// The messages on the page: each once, in the order of the table, with what is still on its way at the end.

export class Thread {
  constructor(root) {
    this.root = root;
    this.box = root.querySelector(".talk");
    this.list = root.querySelector(".messages");
    this.pill = root.querySelector(".pill");
    this.words = root.querySelector("template[data-words]").dataset;
    this.pill.addEventListener("click", () => this.toEnd());
    this.box.addEventListener("scroll", () => this.atEnd() && (this.pill.hidden = true), { passive: true });
    for (const item of this.list.querySelectorAll("[data-seq]")) this.#dress(item);
    this.toEnd();
  }

  get lastSeq() {
    return Math.max(0, ...[...this.list.querySelectorAll("[data-seq]")].slice(-40).map((item) => Number(item.dataset.seq)));
  }

  /** Put messages that came as HTML into their places. */
  place(html) {
    const stay = this.atEnd();
    const page = new DOMParser().parseFromString(html, "text/html");
    let fresh = 0;
    for (const item of page.querySelectorAll("li.message[data-seq]")) {
      const known = document.getElementById(item.id);
      if (known?.dataset.seq) continue;
      known?.remove();
      fresh += item.hasAttribute("data-own") ? 0 : 1;
      this.#insert(document.importNode(item, true));
    }
    this.#settle(stay, fresh);
    return fresh;
  }

  pending(item, name) {
    if (document.getElementById(`message-${item.clientId}`)) return;
    const shown = this.root.querySelector("template[data-pending]").content.firstElementChild.cloneNode(true);
    shown.id = `message-${item.clientId}`;
    shown.dataset.clientId = item.clientId;
    shown.dataset.by = name;
    const bubble = shown.querySelector(".bubble");
    for (const line of [item.text, ...item.files.map((file) => file.name)].filter(Boolean)) {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      bubble.append(paragraph);
    }
    const time = shown.querySelector("time");
    time.dateTime = item.at;
    time.textContent = clock(item.at);
    this.list.append(shown);
    if (item.refused) this.failed(item.clientId, item.refused);
    this.toEnd();
  }

  failed(clientId, why) {
    const shown = document.getElementById(`message-${clientId}`);
    if (!shown || shown.dataset.seq) return;
    shown.dataset.state = "failed";
    const line = shown.querySelector(".message-state");
    line.setAttribute("role", "alert");
    line.textContent = `${this.words.failed} ${why} `;
    const again = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: this.words.again });
    again.dataset.again = clientId;
    line.append(again);
  }

  retried(clientId) {
    const shown = document.getElementById(`message-${clientId}`);
    if (!shown) return;
    shown.dataset.state = "pending";
    shown.querySelector(".message-state").textContent = this.words.pending;
  }

  /** Sent, delivered, read: said once, under the newest own message. */
  marks(delivered, read) {
    const own = [...this.list.querySelectorAll("[data-own][data-seq]")];
    for (const item of own) {
      const seq = Number(item.dataset.seq);
      item.dataset.state = seq <= read ? "read" : seq <= delivered ? "delivered" : "sent";
      item.querySelector(".message-state").textContent = item === own.at(-1) ? this.words[item.dataset.state] : "";
    }
  }

  writing(is, looking = false) {
    const shown = this.list.querySelector(":scope > [data-typing]");
    if (!is) return shown?.remove();
    const stay = this.atEnd();
    const dots = shown ?? this.root.querySelector("template[data-typing]").content.firstElementChild.cloneNode(true);
    if (looking) dots.querySelector(".dots").setAttribute("aria-label", this.words.looking);
    this.list.append(dots);
    if (stay) this.toEnd();
  }

  draft(text) {
    const bubble = this.list.querySelector(":scope > [data-typing] .bubble");
    if (bubble) bubble.closest(".message").dataset.draft = "";
    bubble?.insertBefore(Object.assign(document.createElement("p"), { textContent: text }), bubble.lastElementChild);
  }

  atEnd() {
    return this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 60;
  }

  toEnd() {
    this.box.scrollTop = this.box.scrollHeight;
    this.pill.hidden = true;
  }

  #insert(item) {
    const seq = Number(item.dataset.seq);
    const rows = [...this.list.querySelectorAll(":scope > [data-seq]")];
    const before = rows.findLast((row) => Number(row.dataset.seq) < seq);
    if (before) before.after(item);
    else if (rows.length) rows[0].before(item);
    else this.list.querySelector("#earlier")?.after(item) ?? this.list.prepend(item);
    this.#dress(item);
    if (item.nextElementSibling?.dataset.seq) this.#dress(item.nextElementSibling);
  }

  #dress(item) {
    const before = item.previousElementSibling;
    const minute = item.dataset.at?.slice(0, 16);
    item.toggleAttribute("data-joined", before?.dataset.speaker === item.dataset.speaker && before?.dataset.at?.slice(0, 16) === minute);
    const time = item.querySelector("time");
    if (time) Object.assign(time, { textContent: clock(item.dataset.at), title: new Date(item.dataset.at).toLocaleString() });
  }

  #settle(stay, fresh) {
    if (stay) this.toEnd();
    else if (fresh) this.pill.hidden = false;
  }
}

function clock(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
