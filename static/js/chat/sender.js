// From the outbox to the server: by the socket if there is one, else by post, until it is acknowledged or refused.

const RESEND = 8000, AGAIN = 3000;

export class Sender {
  constructor({ root, outbox, http, tail }, { failed, complain }) {
    Object.assign(this, { root, outbox, http, tail, failed, complain });
  }

  say(item) {
    this.tail.pending(this.outbox.add(item));
    this.flush();
  }

  flush() {
    const item = this.line.isUp && !this.isPosting && this.outbox.next();
    if (!item) return;
    this.outbox.wait(item, RESEND);
    const files = item.files.map((file) => file.id);
    if (!this.line.send({ type: "send", client_id: item.clientId, text: item.text, files })) this.#post(item, files);
  }

  acknowledged(clientId) {
    this.outbox.remove(clientId);
    this.tail.sent(clientId);
    this.flush();
  }

  refused({ client_id: clientId, text, retry_after: seconds }) {
    const item = this.outbox.find(clientId);
    if (item && seconds) return this.outbox.wait(item, seconds * 1000); // it goes out by itself when it may
    if (!item) return this.complain(text);
    this.outbox.refuse(clientId, text);
    this.tail.failed(clientId, text);
    this.flush();
  }

  again(clientId) {
    this.outbox.retry(clientId);
    this.tail.retried(clientId);
    this.flush();
  }

  drop(clientId) {
    this.outbox.remove(clientId);
    this.tail.remove(clientId);
  }

  async upload(file, clientId) {
    const answer = await this.http.post(this.root.dataset.upload, form({ file, client_id: clientId }));
    const kept = await answer.json();
    if (!answer.ok) throw kept.text ?? kept.detail;
    return kept;
  }

  async #post(item, files) {
    this.isPosting = true;
    try {
      const answer = await this.http.post(this.root.dataset.send, form({ client_id: item.clientId, text: item.text, files }));
      if (answer.ok) this.acknowledged(item.clientId);
      else if (answer.status === 422) this.refused({ client_id: item.clientId, text: (await answer.json()).text });
      else this.outbox.wait(item, 1000 * Number(answer.headers.get("Retry-After")) || AGAIN);
    } catch (error) {
      this.outbox.wait(item, AGAIN);
      this.failed(error);
    }
    this.isPosting = false;
    await this.line.ask({ now: true });
    this.flush();
  }
}

function form(fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one);
  return body;
}
