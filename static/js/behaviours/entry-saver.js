// Saves cells one after another, so that answers come in the order of the questions. Nothing typed is given up:
// what cannot be sent now stays in its field and is tried again.

import { csrfToken } from "./leave-buttons.js";

const RETRY_AFTER = 5000;
const SIGN_OF_LIFE = "portal-active-at"; // written by every page of the portal that is opened, see idle.js

export class Saver {
  // `send(cell)` gives {url, body}; `done(cell, status, answer, sent)` takes what the server said about it;
  // `changed()` is called whenever `pending` or `trouble` may have changed.
  constructor({ send, done, changed }) {
    Object.assign(this, { send, done, changed });
    this.waiting = new Set();
    this.current = null;
    this.trouble = "";
    this.timer = null;
    this.watch();
  }

  // Whatever may mean that the way is clear again: the network, a look at this window, a request that went well
  // here or in another window, such as signing in there.
  watch() {
    const again = () => { if (this.trouble) this.retry(); };
    ["online", "focus", "pageshow"].forEach((name) => window.addEventListener(name, again));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
    window.addEventListener("storage", (event) => { if (event.key === SIGN_OF_LIFE) again(); });
    document.body.addEventListener("portal:active", again);
    document.body.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) again(); });
  }

  get pending() {
    return this.waiting.size + (this.current ? 1 : 0);
  }

  add(cell) {
    this.waiting.add(cell);
    this.changed();
    this.pump();
  }

  retry() {
    clearTimeout(this.timer);
    this.trouble = "";
    this.changed();
    this.pump();
  }

  // Resolves when all is saved, or as soon as saving does not get on.
  settled() {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.pending || this.trouble) resolve();
        else setTimeout(look, 30);
      };
      look();
    });
  }

  pump() {
    if (this.current || this.trouble || !this.waiting.size) return;
    const cell = this.waiting.values().next().value;
    this.waiting.delete(cell);
    this.current = cell;
    const { url, body } = this.send(cell);
    put(url, body).then(({ status, answer }) => {
      this.current = null;
      if (status === 401 || status >= 500 || status === 0) this.stop(cell, status);
      else {
        document.body.dispatchEvent(new CustomEvent("portal:active"));
        this.done(cell, status, answer, body);
      }
      this.changed();
      this.pump();
    });
  }

  stop(cell, status) {
    this.waiting.add(cell);
    if (status === 401) {
      this.trouble = "signed-out";
      return;
    }
    this.trouble = status ? "server" : "offline";
    this.timer = setTimeout(() => this.retry(), RETRY_AFTER);
  }
}

function put(url, body) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken() };
  return fetch(url, { method: "PUT", credentials: "same-origin", redirect: "manual", headers, body: JSON.stringify(body) })
    .then((response) => {
      // A redirect means that the session has ended and the way leads to the sign-in page.
      if (response.type === "opaqueredirect") return { status: 401, answer: {} };
      return response.json().catch(() => ({})).then((answer) => {
        // Cookies that were cleared or replaced look like a forged request; signing in again puts that right.
        const isForged = response.status === 403 && String(answer.detail).startsWith("CSRF");
        return { status: isForged ? 401 : response.status, answer };
      });
    })
    .catch(() => ({ status: 0, answer: {} }));
}
