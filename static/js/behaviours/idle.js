// Warns two minutes before the server ends an idle session; one click on the warning keeps it.
// Another tab of the same person counts: they tell each other through localStorage.

import { toast } from "./toast.js";

const KEY = "portal-active-at";
const WARN_BEFORE = 2 * 60 * 1000;

export function idleWarning() {
  const minutes = Number(document.body.dataset.idleMinutes);
  if (!minutes || document.querySelector("[data-keep-alive]")) return;
  let warning = null;
  const touched = () => {
    localStorage.setItem(KEY, String(Date.now()));
    if (warning) warning.remove();
    warning = null;
  };
  touched();
  document.body.addEventListener("portal:active", touched); // a request outside htmx that counts as activity
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const headers = (event.detail.requestConfig && event.detail.requestConfig.headers) || {};
    if (headers["X-Background"] !== "1") touched();
  });
  setInterval(() => {
    const idle = Date.now() - Number(localStorage.getItem(KEY));
    const left = minutes * 60 * 1000 - idle;
    if (left > WARN_BEFORE && warning) { warning.remove(); warning = null; }
    if (left <= WARN_BEFORE && left > 0 && !warning) {
      warning = toast("长时间未操作，即将自动退出。", {
        kind: "warning",
        stay: true,
        action: { label: "继续使用", run: () => keepAlive(touched) },
      });
    }
  }, 15000);
}

function keepAlive(touched) {
  fetch(window.location.pathname, { method: "HEAD", credentials: "same-origin" }).then((answer) => {
    if (answer.redirected) window.location.reload();
    else touched();
  });
}
