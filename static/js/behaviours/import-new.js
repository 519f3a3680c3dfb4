// form[data-upload]: a file may be dropped on [data-drop]; what can be told of it is said before it is sent, and the
// links to templates ([data-template]) follow the chosen unit and day.

const KINDS = [".xlsx", ".xls", ".ods", ".csv"];
const MB = 1024 * 1024;

function problemOf(file, limit) {
  const name = file.name.toLowerCase();
  if (/\.(xlsm|xltm|xlam|xlsb)$/.test(name)) return "这种文件可以带宏，不能上传。请用 WPS 或 Excel 打开，另存为 .xlsx 后再上传。";
  if (!KINDS.some((kind) => name.endsWith(kind))) return `“${file.name}”不是表格文件。请选择 .xlsx、.xls、.ods 或 .csv 文件。`;
  if (file.size === 0) return "文件是空的，里面没有内容。请核对是不是选错了文件，或数据没有保存。";
  if (file.size > limit) return `文件有 ${(file.size / MB).toFixed(1)} MB，超过了 ${limit / MB} MB。请删去图片和无关的工作表，或分成几个文件。`;
  return "";
}

const sizeOf = (file) => (file.size < MB ? `${Math.max(1, Math.round(file.size / 1024))} KB` : `${(file.size / MB).toFixed(1)} MB`);

function drops(form) {
  const place = form.querySelector("[data-drop]");
  const input = place.querySelector("input[type=file]");
  const words = place.querySelector("[data-drop-words]");
  const error = form.querySelector("[data-drop-error]");
  place.querySelector("[data-drop-hint]").hidden = false;
  place.classList.add("drop-live"); // the whole place is the button now
  const empty = words.innerHTML;

  function show() {
    const file = input.files[0];
    if (file) words.textContent = `${file.name}（${sizeOf(file)}）`;
    else words.innerHTML = empty;
    const problem = file ? problemOf(file, Number(input.dataset.limit)) : "";
    error.textContent = problem;
    input.setCustomValidity(problem);
    place.classList.toggle("drop-filled", Boolean(file) && !problem);
    place.classList.toggle("drop-wrong", Boolean(problem));
  }

  input.addEventListener("change", show);
  ["dragenter", "dragover"].forEach((name) => place.addEventListener(name, (event) => {
    event.preventDefault();
    place.classList.add("drop-over");
  }));
  ["dragleave", "drop"].forEach((name) => place.addEventListener(name, () => place.classList.remove("drop-over")));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length > 1) {
      error.textContent = "一次只能传一个文件，请一个一个地传。";
      return;
    }
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
  // A file that misses the place would otherwise be opened instead of the page.
  ["dragover", "drop"].forEach((name) => window.addEventListener(name, (event) => event.preventDefault()));
  if (input.files.length) show();
}

function templates(form) {
  const follow = () => form.querySelectorAll("[data-template]").forEach((link) => {
    const url = new URL(link.href);
    const { unit, as_of: day } = form.elements;
    if (unit && unit.value) url.searchParams.set("unit", unit.value);
    if (day && day.value) url.searchParams.set("date", day.value);
    link.href = url.href;
  });
  form.addEventListener("change", follow);
  follow();
}

document.querySelectorAll("form[data-upload]").forEach((form) => {
  drops(form);
  templates(form);
});
