// Requests of a page that may be older than the session it was drawn for.

/** Headers of every request: a widget's frame says here who she is. */
export const always = {};

/** Somebody else sits here now, or nobody: what the page shows is not hers any more. */
export class NotHers extends Error {}

export class Http {
  constructor(root) {
    this.root = root;
  }

  async get(url) {
    const answer = await fetch(url, { credentials: "same-origin", headers: { ...always, Accept: "text/html", "HX-Request": "true" } });
    if (answer.redirected || answer.status === 404) throw new NotHers();
    return answer;
  }

  /** Post a form; where its token has grown old, as after a sign-in elsewhere, once more with a new one. */
  async post(url, body, accept = "application/json") {
    let answer = await this.#send(url, body, accept);
    if (answer.status === 403) {
      await this.check();
      answer = await this.#send(url, body, accept);
    }
    if (answer.redirected || answer.status === 404) throw new NotHers();
    return answer;
  }

  /** Whether this conversation is still hers, read from its page. A guest who has signed in begins anew as herself. */
  async check() {
    const answer = await this.get(this.root.dataset.url);
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-talk]");
    if (!fresh) throw new NotHers();
    if (fresh.dataset.owner !== this.root.dataset.owner) return location.reload();
    const token = fresh.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const field of this.root.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  }

  #send(url, body, accept) {
    const token = this.root.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { ...always, "X-CSRFToken": token, Accept: accept, "HX-Request": "true" };
    return fetch(url, { method: "POST", body, credentials: "same-origin", headers });
  }
}

export function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html");
}
