// Where one writes: grows with its text, sends with Enter, takes files along.

export class Composer {
  constructor(root, { say, typing }) {
    this.root = root;
    this.form = root.querySelector("[data-composer]");
    this.text = this.form.elements.text;
    this.file = this.form.elements.file;
    this.list = this.form.querySelector(".composer-files");
    this.error = this.form.querySelector(".error");
    this.words = this.form.querySelector("template[data-words]").dataset;
    this.files = [];
    this.say = say;
    this.text.addEventListener("input", () => {
      this.grow();
      this.complain("");
      if (Date.now() - (this.toldAt ?? 0) < 2000 || !this.text.value) return;
      this.toldAt = Date.now();
      typing();
    });
    this.text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.file.addEventListener("change", () => this.upload());
    this.list.addEventListener("click", (event) => this.remove(event.target.closest("button")?.dataset.id));
  }

  submit() {
    const text = this.text.value.trim();
    if (!text && !this.files.length) return;
    this.say({ clientId: crypto.randomUUID(), text, files: this.files, at: new Date().toISOString() });
    this.text.value = "";
    this.files = [];
    this.show();
    this.grow();
    this.text.focus();
  }

  async upload() {
    const file = this.file.files[0];
    if (!file) return;
    const body = new FormData();
    body.set("file", file);
    body.set("client_id", crypto.randomUUID());
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    this.file.value = "";
    this.form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(this.root.dataset.upload, { method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json" } });
      const kept = await answer.json();
      if (answer.ok) this.files = [...this.files, kept].slice(0, 5);
      this.complain(answer.ok ? "" : (kept.text ?? kept.detail));
    } catch {
      this.complain(this.words.failed);
    }
    this.form.removeAttribute("aria-busy");
    this.show();
  }

  remove(id) {
    if (!id) return;
    this.files = this.files.filter((file) => file.id !== id);
    this.show();
  }

  show() {
    this.list.hidden = !this.files.length;
    this.list.replaceChildren(...this.files.map((file) => {
      const item = document.createElement("li");
      item.className = "file";
      item.append(file.name, " ");
      const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: this.words.remove });
      button.dataset.id = file.id;
      item.append(button);
      return item;
    }));
  }

  complain(text) {
    this.error.textContent = text;
    this.error.hidden = !text;
  }

  grow() {
    this.text.rows = Math.min(5, Math.max(1, this.text.value.split("\n").length, Math.ceil(this.text.value.length / 42)));
  }
}
