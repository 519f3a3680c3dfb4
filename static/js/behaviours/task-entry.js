// The month of a unit's tasks: Enter and arrows move between percentages, 100 chooses “已完成”, Ctrl+S saves,
// and leaving with unsaved work asks first. Without it the form works all the same.

const form = document.querySelector("form[data-task-entry]");

if (form) {
  const percents = Array.from(form.querySelectorAll("[data-percent]"));
  const note = form.querySelector("[data-unsaved]");
  let isChanged = false;

  form.addEventListener("input", () => { isChanged = true; note.hidden = false; });
  form.addEventListener("submit", () => { isChanged = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!isChanged) return;
    event.preventDefault();
    event.returnValue = "";
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      form.querySelector("button[name=step][value=save]").click();
    }
  });

  percents.forEach((field, index) => {
    field.addEventListener("keydown", (event) => {
      const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      chooseState(field);
      const next = percents[index + step];
      if (next) { next.focus(); next.select(); }
    });
    field.addEventListener("change", () => chooseState(field));
  });
}

function chooseState(field) {
  const state = field.closest("tr").querySelector("[data-state]");
  const percent = field.value.trim();
  if (percent === "100") state.value = "done";
  else if (percent !== "" && state.value === "done") state.value = "on_course";
}
