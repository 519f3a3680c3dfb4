// The reviewer's page: counts the remarks on the return button and guards what is not sent yet.

import { leaveButtons } from "./leave-buttons.js";

const form = document.querySelector("form[data-guard]");

if (form) {
  const remarks = Array.from(form.querySelectorAll("[data-remark]"));
  const count = form.querySelector("[data-remark-count]");
  const written = () => remarks.filter((remark) => remark.value.trim() !== "").length;
  const show = () => {
    count.textContent = written() ? `（${written()} 条意见）` : "";
  };
  remarks.forEach((remark) => remark.addEventListener("input", () => {
    remark.classList.toggle("is-written", remark.value.trim() !== "");
    show();
  }));
  // Enter in a remark goes on to the next one; it sends nothing.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("[data-remark]")) return;
    event.preventDefault();
    const next = remarks[remarks.indexOf(event.target) + 1];
    if (next) next.focus();
  });
  leaveButtons(form, { unsaved: () => written() > 0, before: () => true });
  show();
}
