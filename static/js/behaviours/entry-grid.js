// The monthly entry form as a grid: keys move between cells, a column is pasted, every cell is saved as it is typed.
// Without this file the same form works with its buttons.

import { asksForLedger, ledgerOf, setLedger, showLedger, showTakeAll } from "./entry-ledger.js";
import { readPaste, toNumber } from "./entry-paste.js";
import { Saver } from "./entry-saver.js";
import { showChanged, showConflict, showFindings, showProblem, showProgress, showSaving, showState } from "./entry-view.js";
import { leaveButtons } from "./leave-buttons.js";
import { toast } from "./toast.js";

const TYPING_PAUSE = 1200;
const form = document.querySelector("form[data-entry-grid]");
if (form) start();

function start() {
  const cells = Array.from(form.querySelectorAll("[data-row]")).map(cellOf);
  const byInput = new Map();
  cells.forEach((cell) => [cell.input, cell.reason].forEach((field) => byInput.set(field, cell)));
  const byCode = new Map(cells.map((cell) => [cell.code, cell]));
  const grid = { form, cells, byCode, byInput, lastPaste: null, saver: null };
  grid.saver = new Saver({
    send: (cell) => ({
      url: form.dataset.cellUrl.replace("__code__", cell.code),
      body: { value: cell.input.value, seen: cell.seen.value, reason: reasonOf(cell), take: Boolean(cell.take) },
    }),
    done: (cell, status, answer, sent) => settle(grid, cell, status, answer, sent),
    changed: () => showSaving(grid),
  });
  listen(grid);
  leaveButtons(form, { unsaved: () => cells.some(isDirty), before: (button) => beforeLeaving(grid, button) });
  showProgress(grid);
  showTakeAll(grid);
}

function cellOf(row) {
  const find = (name) => row.querySelector(`[data-${name}]`);
  const input = find("figure");
  return {
    row, input, code: row.dataset.code, name: row.dataset.name,
    seen: find("seen"), reason: find("reason"), was: find("was"), reasonBox: find("reason-box"),
    problem: find("problem"), findings: find("findings"), change: find("change"), changed: find("changed"), state: find("cell-state"),
    before: input.dataset.before === "" ? null : Number(input.dataset.before), timer: null,
    ...ledgerOf(row),
  };
}

function reasonOf(cell) {
  return cell.reasonBox.hidden ? "" : cell.reason.value.trim();
}

function isDirty(cell) {
  return Boolean(cell.take) || cell.input.value.trim() !== cell.seen.value || reasonOf(cell) !== cell.was.value;
}

function listen(grid) {
  const { form: element, byInput, saver } = grid;
  element.addEventListener("input", (event) => {
    const cell = byInput.get(event.target);
    if (!cell) return;
    grid.lastPaste = null;
    grid.form.querySelector("[data-undo-paste]").hidden = true;
    if (event.target === cell.input) cell.take = false;
    if (event.target === cell.input && cell.ledger !== null && asksForLedger(cell.input.value)) {
      take(grid, cell);
      return;
    }
    typed(cell, event.target);
    showTakeAll(grid);
    clearTimeout(cell.timer);
    cell.timer = setTimeout(() => {
      if (event.target === cell.reason || toNumber(cell.input.value) !== null) save(grid, cell);
    }, TYPING_PAUSE);
  });
  element.addEventListener("change", (event) => {
    const cell = byInput.get(event.target);
    if (cell) save(grid, cell);
  });
  element.addEventListener("keydown", (event) => onKey(grid, event));
  element.addEventListener("paste", (event) => onPaste(grid, event));
  element.addEventListener("focusin", (event) => {
    element.querySelector("table").classList.remove("no-tip");
    if (event.target.matches("[data-figure]")) event.target.select();
  });
  element.addEventListener("click", (event) => {
    const cell = grid.cells.find((each) => each.takeButton && each.takeButton === event.target);
    if (!cell) return;
    event.preventDefault();
    take(grid, cell);
    cell.input.focus();
  });
  element.querySelector("[data-undo-paste]").addEventListener("click", () => undoPaste(grid));
  element.querySelector("[data-save-all]").addEventListener("click", (event) => {
    event.preventDefault();
    grid.cells.forEach((cell) => save(grid, cell));
    saver.retry();
    saver.settled().then(() => showSaving(grid));
  });
  element.querySelector("[data-allow-missing]").addEventListener("change", () => showProgress(grid));
}

function typed(cell, field) {
  if (field === cell.input) showDifferences(cell);
  showState(cell, isDirty(cell) ? "typed" : "");
}

// Against last month, and against what was sent back.
function showDifferences(cell) {
  cell.change.textContent = changeText(toNumber(cell.input.value), cell.before);
  showChanged(cell);
  showLedger(cell);
}

// The ledger's figure into the field; the server writes it as it is counted at that moment.
function take(grid, cell) {
  clearTimeout(cell.timer);
  cell.conflict = false;
  cell.input.value = cell.ledger;
  cell.take = true;
  typed(cell, cell.input);
  save(grid, cell);
  showTakeAll(grid);
}

function changeText(now, before) {
  if (now === null || before === null) return "—";
  if (now === before) return "持平";
  if (before === 0) return "由 0 变化";
  const percent = ((now - before) / before) * 100;
  if (Math.abs(percent) < 0.05) return "约持平";
  return `${percent > 0 ? "+" : ""}${percent.toFixed(1)}%`;
}

function save(grid, cell) {
  clearTimeout(cell.timer);
  if (cell.conflict) return;
  if (!isDirty(cell)) {
    showState(cell, "");
    showProblem(cell, "");
    showSaving(grid);
    return;
  }
  showState(cell, "saving");
  grid.saver.add(cell);
}

// What the server said about one cell.
function settle(grid, cell, status, answer, sent) {
  if (status === 200) {
    saved(grid, cell, answer, sent);
    return;
  }
  cell.take = false;
  if (status === 409 && answer.theirs) {
    cell.conflict = true;
    showState(cell, "wrong");
    showConflict(cell, answer, (choice) => resolveConflict(grid, cell, answer.theirs, choice));
    return;
  }
  showState(cell, "wrong");
  showProblem(cell, answer.detail || `没有保存（${status}），请刷新页面后重试。`);
  if (answer.closed || status === 403 || status === 404) toast(answer.detail || "没有保存。", { kind: "error" });
}

function saved(grid, cell, answer, sent) {
  cell.seen.value = answer.value;
  cell.was.value = answer.reason;
  if (cell.input.value === sent.value) cell.input.value = answer.value;
  if (sent.take) {
    cell.take = false;
    if (reasonOf(cell) === sent.reason) cell.reason.value = answer.reason;
  }
  setLedger(cell, answer.ledger);
  showDifferences(cell);
  showProblem(cell, "");
  showFindings(grid, answer.findings);
  showProgress(grid);
  showTakeAll(grid);
  if (isDirty(cell) && document.activeElement !== cell.input && document.activeElement !== cell.reason) save(grid, cell);
  else showState(cell, isDirty(cell) ? "typed" : "saved");
}

function resolveConflict(grid, cell, theirs, choice) {
  cell.conflict = false;
  cell.seen.value = theirs.value;
  cell.was.value = theirs.reason;
  if (choice === "theirs") {
    cell.input.value = theirs.value;
    cell.reason.value = theirs.reason;
    cell.reasonBox.hidden = theirs.reason === "";
  }
  showProblem(cell, "");
  showDifferences(cell);
  cell.input.focus();
  save(grid, cell);
  showProgress(grid);
}

function onKey(grid, event) {
  const cell = grid.byInput.get(event.target);
  if (!cell || event.isComposing || event.keyCode === 229) return;
  const isFigure = event.target === cell.input;
  if (event.key === "Enter") move(grid, cell, event.shiftKey ? -1 : 1, event);
  else if (isFigure && event.key === "ArrowDown") move(grid, cell, 1, event);
  else if (isFigure && event.key === "ArrowUp") move(grid, cell, -1, event);
  else if (event.key === "Escape") restore(grid, cell, event.target);
  else if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && grid.lastPaste) {
    event.preventDefault();
    undoPaste(grid);
  }
}

function move(grid, cell, step, event) {
  event.preventDefault();
  const next = grid.cells[grid.cells.indexOf(cell) + step];
  if (!next) {
    save(grid, cell);
    return;
  }
  next.input.focus();
  next.input.scrollIntoView({ block: "nearest" });
}

// Esc: the figure as it is stored, and the definition out of the way.
function restore(grid, cell, field) {
  grid.form.querySelector("table").classList.add("no-tip");
  if (field === cell.input) cell.input.value = cell.seen.value;
  else cell.reason.value = cell.was.value;
  clearTimeout(cell.timer);
  cell.take = false;
  cell.conflict = false;
  showDifferences(cell);
  showProblem(cell, "");
  showState(cell, isDirty(cell) ? "typed" : "");
  showSaving(grid);
  field.select();
}

function onPaste(grid, event) {
  const cell = grid.byInput.get(event.target);
  const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
  if (!cell || event.target !== cell.input || !/[\t\r\n]/.test(text)) return;
  event.preventDefault();
  const paste = readPaste(text, grid.cells.map((each) => each.name));
  if (paste.problem) {
    toast(paste.problem, { kind: "warning", stay: true });
    return;
  }
  const start = grid.cells.indexOf(cell);
  const pairs = paste.named
    ? paste.named.map(([name, value]) => [grid.cells.find((each) => each.name === name), value])
    : paste.values.slice(0, grid.cells.length - start).map((value, index) => [grid.cells[start + index], value]);
  fill(grid, pairs.filter(([, value]) => value !== ""));
  tellPasted(grid, paste, start);
}

function fill(grid, pairs) {
  grid.lastPaste = pairs.map(([cell]) => ({ cell, value: cell.input.value }));
  pairs.forEach(([cell, value]) => {
    cell.input.value = value;
    typed(cell, cell.input);
    save(grid, cell);
  });
  grid.form.querySelector("[data-undo-paste]").hidden = pairs.length === 0;
}

function tellPasted(grid, paste, start) {
  const number = grid.lastPaste.length;
  const room = grid.cells.length - start;
  const left = paste.values ? paste.values.slice(room).filter((value) => value !== "").length : 0;
  if (left) {
    toast(`粘贴了 ${number} 项；从这一格往下只有 ${room} 格，多出的 ${left} 个数没有填入，请检查是否选错了起始格。`,
      { kind: "warning", stay: true });
  } else if (paste.named) {
    const more = paste.unknown.length ? `；${paste.unknown.length} 行的名称在本页找不到：${paste.unknown.slice(0, 3).join("、")}` : "";
    toast(`已按指标名称填入 ${number} 项${more}。`, { kind: more ? "warning" : "info", stay: Boolean(more) });
  } else {
    const refused = grid.lastPaste.filter(({ cell }) => toNumber(cell.input.value) === null).length;
    if (refused) toast(`粘贴了 ${number} 项，其中 ${refused} 项不是数字，没有保存，请改正标红的格子。`, { kind: "warning", stay: true });
    else toast(`已粘贴 ${number} 项，请核对首尾两项。`);
  }
}

function undoPaste(grid) {
  const before = grid.lastPaste || [];
  grid.lastPaste = null;
  grid.form.querySelector("[data-undo-paste]").hidden = true;
  before.forEach(({ cell, value }) => {
    cell.input.value = value;
    cell.conflict = false;
    typed(cell, cell.input);
    save(grid, cell);
  });
  if (before.length) {
    before[0].cell.input.focus();
    toast(`已撤销粘贴，恢复 ${before.length} 项。`);
  }
}

// Saves what is open first. Submitting stops at the first cell that stands in the way.
function beforeLeaving(grid, button) {
  grid.cells.forEach((cell) => save(grid, cell));
  return grid.saver.settled().then(() => {
    if (grid.saver.trouble) {
      toast("还有数据没有保存，请等网络恢复或重新登录后再试。", { kind: "error" });
      return false;
    }
    if (!("submit" in button.dataset)) return true;
    const blocked = form.querySelector(".row-hard [data-figure], .is-wrong[data-figure]")
      || form.querySelector(".row-soft [data-reason]");
    if (blocked) {
      blocked.focus();
      toast("还有需要处理的数据，请先改正或填写说明。", { kind: "warning" });
      return false;
    }
    const allow = form.querySelector("[data-allow-missing]");
    if (!allow.closest("[data-missing-box]").hidden && !allow.checked) {
      allow.focus();
      toast("还有未填的项。确实无法上报的，请勾选“缺项提交”。", { kind: "warning" });
      return false;
    }
    return true;
  });
}
