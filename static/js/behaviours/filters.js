// <form data-auto-submit>: a filter applies as soon as a choice is made. Empty fields stay out of the address.

import { once } from "./once.js";

export function filterForms(root) {
  once(root, "form[data-auto-submit]").forEach((form) => {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=month]")) submit(form);
    });
  });
  once(root, "form.filter-bar[method=get]").forEach((form) => {
    form.addEventListener("submit", () => dropEmpty(form));
  });
}

function submit(form) {
  dropEmpty(form);
  form.submit();
}

function dropEmpty(form) {
  const fields = Array.from(form.elements).filter((field) => field.name && field.value === "");
  fields.forEach((field) => { field.disabled = true; });
  setTimeout(() => fields.forEach((field) => { field.disabled = false; }), 500);
}
