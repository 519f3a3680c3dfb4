// <button data-tick-all>: ticks every box of its form, or none when all are ticked already.

document.querySelectorAll("button[data-tick-all]").forEach((button) => {
  const boxes = Array.from(button.form.querySelectorAll("input[type=checkbox][name=row]"));
  button.hidden = boxes.length === 0;
  button.addEventListener("click", () => {
    const tick = boxes.some((box) => !box.checked);
    boxes.forEach((box) => { box.checked = tick; });
    button.textContent = tick ? "取消全选" : "全选";
  });
});
