// <div data-metric-picker data-placeholder="…"><label><select>…</select></div>: a field to search in takes the place of the list.
// What is picked becomes the list's value; with data-submit the form is sent, with data-insert="id" the value is put
// into that field at its cursor. A div that is hidden is shown. Without JavaScript the list is used as it is.

import { once } from "./once.js";

const MOST = 50;

function setUp(root) {
  once(root, "[data-metric-picker]").forEach(enhance);
}

function enhance(box) {
  const select = box.querySelector("select");
  const picker = { box, select, input: field(select, box.dataset.placeholder), list: document.createElement("ul"), at: -1, shown: [] };
  picker.list.id = `${select.id}-list`;
  picker.list.className = "picker-list";
  picker.list.setAttribute("role", "listbox");
  picker.list.hidden = true;
  const button = box.parentElement.querySelector("[data-picker-button]");
  if (button) button.hidden = true;
  box.querySelector("label").htmlFor = picker.input.id;
  select.hidden = true;
  select.after(picker.input, picker.list);
  box.hidden = false;
  const target = document.getElementById(box.dataset.insert || "");
  if (target) target.addEventListener("focus", () => { target.dataset.hasCursor = "yes"; }, { once: true });
  picker.choices = Array.from(select.options).filter((option) => option.value).map((option) => ({
    value: option.value, text: option.text, group: option.parentElement.label || "", words: `${option.text} ${option.value}`.toLowerCase(),
  }));
  picker.input.addEventListener("input", (event) => { event.stopPropagation(); show(picker); });
  picker.input.addEventListener("change", (event) => event.stopPropagation());
  picker.input.addEventListener("focus", () => show(picker));
  picker.input.addEventListener("blur", () => { picker.list.hidden = true; expand(picker, false); });
  picker.input.addEventListener("keydown", (event) => key(picker, event));
  picker.list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the focus stays in the field
    const item = event.target.closest("[role=option]");
    if (item) pick(picker, picker.shown[Number(item.dataset.at)]);
  });
}

function field(select, placeholder) {
  const input = document.createElement("input");
  input.type = "search";
  input.id = `${select.id}-search`;
  input.className = "form-control";
  input.placeholder = placeholder || "";
  input.autocomplete = "off";
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", `${select.id}-list`);
  input.setAttribute("aria-expanded", "false");
  return input;
}

function show(picker) {
  const words = picker.input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = picker.choices.filter((choice) => words.every((word) => choice.words.includes(word)));
  picker.shown = found.slice(0, MOST);
  picker.at = words.length && found.length ? 0 : -1;
  picker.list.textContent = "";
  let group = "";
  picker.shown.forEach((choice, at) => {
    if (choice.group !== group) picker.list.append(line("picker-group", choice.group, "presentation"));
    group = choice.group;
    const item = line("picker-option", choice.text, "option");
    item.id = `${picker.select.id}-${at}`;
    item.dataset.at = at;
    picker.list.append(item);
  });
  if (!found.length) picker.list.append(line("picker-group", "没有找到，请换个字词", "presentation"));
  if (found.length > MOST) picker.list.append(line("picker-group", `还有 ${found.length - MOST} 项，再输入几个字`, "presentation"));
  picker.list.hidden = false;
  expand(picker, true);
  mark(picker);
}

function line(css, text, role) {
  const item = document.createElement("li");
  item.className = css;
  item.textContent = text;
  item.setAttribute("role", role);
  return item;
}

function expand(picker, isOpen) {
  picker.input.setAttribute("aria-expanded", String(isOpen));
}

function mark(picker) {
  picker.list.querySelectorAll("[role=option]").forEach((item) => {
    const isAt = Number(item.dataset.at) === picker.at;
    item.setAttribute("aria-selected", String(isAt));
    if (!isAt) return;
    picker.input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  });
  if (picker.at < 0) picker.input.removeAttribute("aria-activedescendant");
}

function key(picker, event) {
  const last = picker.shown.length - 1;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (picker.list.hidden) show(picker);
    else picker.at = event.key === "ArrowDown" ? Math.min(picker.at + 1, last) : Math.max(picker.at - 1, 0);
    mark(picker);
  } else if (event.key === "Enter") {
    event.preventDefault(); // never sends the form half done
    if (!picker.list.hidden && picker.at >= 0) pick(picker, picker.shown[picker.at]);
  } else if (event.key === "Escape") {
    picker.list.hidden = true;
    expand(picker, false);
  }
}

function pick(picker, choice) {
  picker.list.hidden = true;
  expand(picker, false);
  picker.input.value = "";
  if (picker.box.dataset.insert) insert(document.getElementById(picker.box.dataset.insert), choice.value);
  picker.select.value = choice.value;
  if ("submit" in picker.box.dataset) picker.select.form.requestSubmit();
}

function insert(target, text) {
  const last = target.value.length; // where nobody has put a cursor yet
  const [start, end] = target.dataset.hasCursor ? [target.selectionStart, target.selectionEnd] : [last, last];
  const before = target.value.slice(0, start);
  const after = target.value.slice(end);
  const piece = `${before && !/[\s(]$/.test(before) ? " " : ""}${text}${after && !/^[\s)]/.test(after) ? " " : ""}`;
  target.value = before + piece + after;
  target.focus();
  target.setSelectionRange(start + piece.length, start + piece.length);
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

setUp(document);
