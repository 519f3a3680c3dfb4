// <form data-confirm="确定退回这份月报吗？" data-confirm-button="退回">: asks before the form is sent.

import { once } from "./once.js";

export function confirmForms(root) {
  once(root, "form[data-confirm]").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.confirmed) {
        delete form.dataset.confirmed;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      ask(form.dataset.confirm, form.dataset.confirmButton || "确定", () => {
        form.dataset.confirmed = "yes";
        if (event.submitter) event.submitter.click();
        else send(form);
      });
    }, true);
  });
}

function send(form) {
  if (form.requestSubmit) form.requestSubmit();
  else form.submit();
}

export function ask(question, label, onYes) {
  const dialog = document.createElement("dialog");
  if (!dialog.showModal) {
    if (window.confirm(question)) onYes();
    return;
  }
  dialog.className = "ask";
  const words = document.createElement("p");
  words.textContent = question;
  const buttons = document.createElement("div");
  buttons.className = "form-buttons";
  const no = makeButton("取消", "btn");
  const yes = makeButton(label, "btn btn-primary");
  buttons.append(no, yes);
  dialog.append(words, buttons);
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => { dialog.close(); onYes(); });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  yes.focus();
}

function makeButton(label, css) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = css;
  element.textContent = label;
  return element;
}
