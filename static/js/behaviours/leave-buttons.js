// Buttons of a page with unsaved work: <button data-leave data-ask="确定……?" data-ask-button="提交"> inside a form.
// Each may ask first; then the form goes to the button's own address. Leaving any other way warns while `unsaved()`.

import { ask } from "./confirm.js";

export function leaveButtons(form, { unsaved, before }) {
  let leaving = false;
  form.querySelectorAll("button[data-leave]").forEach((button) => {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      if (!form.reportValidity()) return;
      Promise.resolve(before(button)).then((mayGo) => {
        if (!mayGo) return;
        if (!button.dataset.ask) go(button);
        else ask(button.dataset.ask, button.dataset.askButton || "确定", () => go(button));
      });
    });
  });

  function go(button) {
    leaving = true;
    const token = form.querySelector("input[name=csrfmiddlewaretoken]");
    token.value = csrfToken() || token.value;
    form.action = button.hasAttribute("formaction") ? button.formAction : form.action;
    form.submit();
  }

  window.addEventListener("beforeunload", (event) => {
    if (leaving || !unsaved()) return;
    event.preventDefault();
    event.returnValue = "";
  });
}

// From the cookie each time: signing in again in another window has changed it.
export function csrfToken() {
  const found = document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/);
  return found ? found[1] : "";
}
