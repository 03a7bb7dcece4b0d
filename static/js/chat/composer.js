// Where one writes: grows with its text, sends with Enter, takes files along, keeps a draft.

const MOST = 5;

export class Composer {
  /** Hooks: say(item), typing(), upload(file) -> what was kept, or throws words; draft: { draft } that outlives the page. */
  constructor(root, hooks, kept) {
    this.form = root.querySelector("[data-composer]");
    this.text = this.form.elements.text;
    this.file = this.form.elements.file;
    this.list = this.form.querySelector(".composer-files");
    this.error = this.form.querySelector(".error");
    this.words = this.form.querySelector("template[data-words]").dataset;
    Object.assign(this, { hooks, kept, files: [] });
    this.file.multiple = true;
    this.text.value ||= kept.draft;
    this.grow();
    this.text.addEventListener("input", () => this.#typed());
    this.text.addEventListener("keydown", (event) => this.#key(event));
    this.text.addEventListener("paste", (event) => this.#brought(event, event.clipboardData));
    root.addEventListener("drop", (event) => this.#brought(event, event.dataTransfer));
    root.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.file.addEventListener("change", () => {
      this.add(this.file.files);
      this.file.value = "";
    });
    this.list.addEventListener("click", (event) => this.#remove(event.target.closest("button")));
  }

  async #submit(event) {
    if (event.submitter?.hasAttribute("formaction")) {
      this.kept.draft = ""; // it goes another way, whole
      return;
    }
    event.preventDefault();
    if (event.submitter?.name === "chosen") return this.#say(event.submitter.value, []);
    await this.arriving; // a file on its way belongs to this message
    const text = this.text.value.trim();
    if (!text && !this.files.length) return;
    this.#say(text, this.files);
    this.text.value = this.kept.draft = "";
    this.files = [];
    this.complain("");
    this.show();
    this.grow();
    this.text.focus();
  }

  #say(text, files) {
    this.hooks.say({ clientId: newId(), text, files, at: new Date().toISOString() });
  }

  #typed() {
    this.grow();
    this.complain("");
    this.kept.draft = this.text.value;
    if (performance.now() - (this.toldAt ?? -Infinity) < 2000 || !this.text.value) return;
    this.toldAt = performance.now();
    this.hooks.typing();
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    // On glass the Enter key makes a new line, and the button sends.
    if (matchMedia("(pointer: coarse)").matches && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  #brought(event, what) {
    if (!what?.files.length) return;
    event.preventDefault();
    this.add(what.files);
  }

  /** Upload one after the other; the list shows each at once. */
  add(files) {
    const room = MOST - this.files.length;
    if (files.length > room) this.complain(this.words.many);
    for (const file of [...files].slice(0, Math.max(0, room))) {
      const item = { name: file.name, busy: true };
      this.files = [...this.files, item];
      this.arriving = (this.arriving ?? Promise.resolve()).then(() => this.#upload(file, item));
    }
    this.show();
  }

  async #upload(file, item) {
    try {
      if (file.size > Number(this.form.dataset.fileLimit)) throw this.words.big;
      Object.assign(item, await this.hooks.upload(file, newId()), { busy: false });
    } catch (why) {
      this.files = this.files.filter((other) => other !== item);
      this.complain(typeof why === "string" ? why : this.words.lost);
    }
    this.show();
  }

  #remove(button) {
    if (!button) return;
    this.files = this.files.filter((_, place) => place !== Number(button.value));
    this.show();
    this.text.focus();
  }

  show() {
    this.list.hidden = !this.files.length;
    this.list.replaceChildren(...this.files.map(({ name, busy }, place) => {
      const item = Object.assign(document.createElement("li"), { className: "file" });
      item.setAttribute("aria-busy", String(Boolean(busy)));
      item.append(Object.assign(document.createElement("span"), { className: "file-name", textContent: name }));
      const button = Object.assign(document.createElement("button"), { type: "button", className: "link", value: place });
      button.textContent = this.words.remove;
      button.setAttribute("aria-label", `${this.words.remove}: ${name}`);
      if (!busy) item.append(button);
      return item;
    }));
  }

  complain(text) {
    this.error.textContent = text;
    this.error.hidden = !text;
  }

  close() {
    for (const element of this.form.elements) element.disabled = true;
    this.text.value = "";
    this.files = [];
    this.show();
  }

  grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.text.style.blockSize = "auto";
    this.text.style.blockSize = `${this.text.scrollHeight + 2}px`;
  }
}

/** crypto.randomUUID is only there over https; a shop may begin without. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
