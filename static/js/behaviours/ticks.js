// <form id="many" data-ticks>: how many rows are ticked for it, and a button that ticks all of the page.
// The boxes stand in the table above and name the form with form="many"; data-ticks-unit is their counting word.

import { once } from "./once.js";

once(document, "form[data-ticks]").forEach((form) => {
  const boxes = Array.from(document.querySelectorAll(`input[type=checkbox][form="${form.id}"]`));
  const count = form.querySelector("[data-ticks-count]");
  const all = form.querySelector("[data-ticks-all]");
  const scope = form.querySelector("[name=scope][value=ticked]");

  function show() {
    const ticked = boxes.filter((box) => box.checked).length;
    count.textContent = `\u00a0${ticked} ${form.dataset.ticksUnit || "张"}`;
    all.textContent = ticked === boxes.length ? "取消全选" : "本页全选";
  }

  boxes.forEach((box) => box.addEventListener("change", () => { scope.checked = true; show(); }));
  all.hidden = boxes.length === 0;
  all.addEventListener("click", () => {
    const tick = boxes.some((box) => !box.checked);
    boxes.forEach((box) => { box.checked = tick; });
    scope.checked = true;
    show();
  });
  show();
});
