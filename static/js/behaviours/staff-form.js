// [data-staff-form]: the identity number fills birth date and sex where they are empty; of facility and township only
// the one that the workplace asks for is shown. table[data-tick-all]: a box that ticks all, and how many are ticked.

const ID_NUMBER = /^\d{17}[\dXx]$/;
const OLD_NUMBER = /^\d{15}$/;

function isDate(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}

function read(number) {
  const isNew = ID_NUMBER.test(number);
  if (!isNew && !OLD_NUMBER.test(number)) return null;
  const digits = isNew ? number.slice(6, 14) : `19${number.slice(6, 12)}`;
  const born = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  const odd = Number(isNew ? number[16] : number[14]) % 2 === 1;
  return isDate(born) ? { born, sex: odd ? "male" : "female" } : null;
}

function fillFromNumber(form) {
  const number = form.querySelector("[data-id-number]");
  if (!number || number.disabled) return;
  number.addEventListener("change", () => {
    const found = read(number.value.replace(/\s/g, ""));
    if (!found) return;
    const born = form.elements.born_on;
    const sex = form.elements.sex;
    if (born && !born.value) born.value = found.born;
    if (sex && !sex.value) sex.value = found.sex;
  });
}

function showPlace(form) {
  const place = form.querySelector("[data-workplace]");
  if (!place) return;
  const box = (name) => {
    const field = form.elements[name];
    return field && field.type !== "hidden" ? field.closest(".field") : null;
  };
  const draw = () => {
    const isFacility = place.value === "facility";
    const facility = box("facility");
    const unit = box("org_unit");
    if (facility) facility.hidden = !isFacility;
    if (unit) unit.hidden = isFacility;
  };
  place.addEventListener("change", draw);
  draw();
}

function tickAll(table) {
  const boxes = Array.from(table.querySelectorAll("tbody input[type=checkbox]"));
  const count = document.querySelector("[data-tick-count]");
  const all = document.createElement("input");
  all.type = "checkbox";
  all.className = "form-check-input";
  all.setAttribute("aria-label", "全选");
  table.querySelector("[data-tick-all-place]").append(all);
  const draw = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    if (count) count.textContent = `，已勾选 ${ticked} 人`;
  };
  all.addEventListener("change", () => {
    boxes.forEach((box) => { box.checked = all.checked; });
    draw();
  });
  table.addEventListener("change", draw);
  draw();
}

document.querySelectorAll("[data-staff-form]").forEach((form) => {
  fillFromNumber(form);
  showPlace(form);
});
document.querySelectorAll("table[data-tick-all]").forEach(tickAll);
