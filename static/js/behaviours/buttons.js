// [data-print] prints, [data-copy="selector"] copies that element's text, [data-busy="正在保存…"] cannot be pressed twice.
// The first two are hidden in the page and shown here: without JavaScript they could do nothing.

import { once } from "./once.js";
import { toast } from "./toast.js";

export function smallButtons(root) {
  once(root, "[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
  once(root, "[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => copy(document.querySelector(button.dataset.copy)));
  });
  once(root, "button[data-busy]").forEach((button) => {
    if (button.form) button.form.addEventListener("submit", (event) => busy(button, event));
  });
}

function copy(element) {
  // The clipboard interface needs https; on an intranet address without it the selection does.
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  const done = document.execCommand("copy");
  toast(done ? "已复制" : "请按 Ctrl+C 复制");
}

function busy(button, event) {
  setTimeout(() => {
    if (event.defaultPrevented) return;
    const words = button.innerHTML;
    button.disabled = true;
    button.textContent = button.dataset.busy;
    // The page stays when the browser's Back button brings it up again.
    window.addEventListener("pageshow", () => { button.disabled = false; button.innerHTML = words; }, { once: true });
  });
}
