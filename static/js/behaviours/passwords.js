// Password fields: a button that shows what was typed, and a hint while caps lock is on.

import { once } from "./once.js";

export function passwords(root) {
  once(root, "input[data-password]").forEach((input) => {
    addShowButton(input);
    ["keydown", "keyup"].forEach((name) => input.addEventListener(name, (event) => hintCapsLock(input, event)));
    input.addEventListener("blur", () => setHint(input, false));
  });
}

function addShowButton(input) {
  const box = document.createElement("div");
  box.className = "password-box";
  input.replaceWith(box);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "显示";
  button.setAttribute("aria-label", "显示密码");
  button.addEventListener("click", () => {
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.textContent = show ? "隐藏" : "显示";
    button.setAttribute("aria-label", show ? "隐藏密码" : "显示密码");
    input.focus();
  });
  box.append(input, button);
  if (input.autofocus) input.focus();
}

function hintCapsLock(input, event) {
  if (event.getModifierState) setHint(input, event.getModifierState("CapsLock"));
}

function setHint(input, on) {
  const hint = input.form && input.form.querySelector("[data-caps-hint]");
  if (hint) hint.hidden = !on;
}
