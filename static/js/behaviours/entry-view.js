// What the entry form shows while it is filled in: states, problems, findings, progress.

import { toNumber } from "./entry-paste.js";

const WORDS = { typed: "未存", saving: "…", saved: "✓", wrong: "未存" };

export function showState(cell, state) {
  cell.state.textContent = WORDS[state] || "";
  cell.state.className = `cell-state${state ? ` is-${state}` : ""}`;
  cell.input.classList.toggle("is-wrong", state === "wrong");
  if (state === "wrong") cell.input.setAttribute("aria-invalid", "true");
  else cell.input.removeAttribute("aria-invalid");
}

export function showProblem(cell, text) {
  cell.problem.textContent = "";
  if (text) cell.problem.append(line("p", text, "remark remark-hard", "alert"));
}

export function showConflict(cell, answer, choose) {
  showProblem(cell, answer.detail);
  const buttons = document.createElement("p");
  buttons.className = "conflict-choice";
  const theirs = answer.theirs.value === "" ? "留空" : answer.theirs.display;
  const mine = cell.input.value.trim() === "" ? "留空" : cell.input.value.trim();
  buttons.append(
    button(`采用对方的 ${theirs}`, () => choose("theirs")),
    button(`改为我的 ${mine.slice(0, 20)}`, () => choose("mine")),
  );
  cell.problem.append(buttons);
}

// The findings of the whole report: one typed figure may settle a finding on another.
export function showFindings(grid, findings) {
  const of = new Map();
  findings.forEach((finding) => of.set(finding.code, (of.get(finding.code) || []).concat(finding)));
  grid.cells.forEach((cell) => {
    const own = of.get(cell.code) || [];
    cell.findings.textContent = "";
    own.forEach((each) => cell.findings.append(line("p", each.text, `remark remark-${each.hard ? "hard" : "soft"}`)));
    cell.row.classList.toggle("row-hard", own.some((each) => each.hard));
    cell.row.classList.toggle("row-soft", own.length > 0 && own.every((each) => !each.hard));
    if (own.some((each) => !each.hard)) cell.reasonBox.hidden = false;
    else if (cell.reason.value.trim() === "" && document.activeElement !== cell.reason) cell.reasonBox.hidden = true;
  });
  const list = grid.form.querySelector("[data-finding-list]");
  list.textContent = "";
  findings.slice().sort((a, b) => b.hard - a.hard).forEach((finding) => {
    const item = document.createElement("li");
    item.className = finding.hard ? "is-hard" : "is-soft";
    item.append(link(finding.text, `#v-${finding.code}`));
    list.append(item);
  });
  grid.form.querySelector("[data-finding-count]").textContent = String(findings.length);
  grid.form.querySelector("[data-hard-box]").hidden = findings.length === 0;
}

// Counts what is saved, in all and per group, and lists what is missing.
export function showProgress(grid) {
  const owed = grid.cells.filter((cell) => "owed" in cell.row.dataset);
  const missing = owed.filter((cell) => cell.seen.value === "");
  const filled = owed.length - missing.length;
  grid.form.querySelector("[data-progress]").value = filled;
  grid.form.querySelector("[data-filled]").textContent = String(filled);
  grid.form.querySelectorAll("[data-group-link]").forEach((entry) => {
    const own = owed.filter((cell) => cell.row.parentElement.dataset.group === entry.dataset.groupLink);
    const done = own.filter((cell) => cell.seen.value !== "").length;
    entry.querySelector("[data-group-count]").textContent = `${done}/${own.length}`;
    entry.classList.toggle("done", done === own.length);
  });
  const list = grid.form.querySelector("[data-missing-list]");
  list.textContent = "";
  missing.forEach((cell) => list.append(link(cell.name, `#v-${cell.code}`)));
  grid.form.querySelector("[data-missing-count]").textContent = String(missing.length);
  grid.form.querySelector("[data-missing-box]").hidden = missing.length === 0;
  const findings = grid.form.querySelectorAll("[data-finding-list] li").length;
  const untouched = showUntouched(grid);
  grid.form.querySelector("[data-all-clear]").hidden = missing.length > 0 || findings > 0 || untouched > 0;
}

// What was sent back with a remark and is saved as it was then. That stops nobody, but it is said before submitting.
function showUntouched(grid) {
  const untouched = grid.cells.filter((cell) => (
    "remarked" in cell.row.dataset && cell.changed && cell.seen.value === cell.changed.dataset.then
  ));
  const list = grid.form.querySelector("[data-untouched-list]");
  list.textContent = "";
  untouched.forEach((cell) => list.append(link(cell.name, `#v-${cell.code}`)));
  grid.form.querySelector("[data-untouched-count]").textContent = String(untouched.length);
  grid.form.querySelector("[data-untouched-box]").hidden = untouched.length === 0;
  grid.form.querySelector("[data-untouched-note]").hidden = grid.form.querySelectorAll("[data-finding-list] li").length > 0;
  const submit = grid.form.querySelector("[data-submit]");
  if (!submit.dataset.question) submit.dataset.question = submit.dataset.ask;
  const words = untouched.length ? `退回意见还有 ${untouched.length} 项未改。` : "";
  submit.dataset.ask = words + submit.dataset.question;
  return untouched.length;
}

// “已改 329 → 5” of a returned report, for the figure that stands in the field now.
export function showChanged(cell) {
  if (!cell.changed) return;
  const text = cell.input.value.trim();
  const number = toNumber(text);
  const then = cell.changed.dataset.then;
  cell.changed.hidden = number === null ? text === then : then !== "" && number === Number(then);
  const words = number === null ? text : number.toLocaleString("en-US", { maximumFractionDigits: 4 });
  cell.changed.querySelector("[data-changed-to]").textContent = words || "未报";
}

export function showSaving(grid) {
  const place = grid.form.querySelector("[data-save-state]");
  const { pending, trouble } = grid.saver;
  place.textContent = "";
  place.className = `entry-state${trouble ? " is-trouble" : ""}`;
  if (!trouble) {
    const unsaved = grid.cells.filter((cell) => cell.state.classList.contains("is-wrong")).length;
    if (pending) place.textContent = `保存中，还有 ${pending} 项…`;
    else if (unsaved) {
      place.textContent = `${unsaved} 项没有保存，原因见该行红字`;
      place.classList.add("is-trouble");
    } else if (grid.hasSaved) place.textContent = `全部已保存 ${clock()}`;
    grid.hasSaved = grid.hasSaved || pending > 0;
    return;
  }
  const words = {
    offline: `网络不通，${pending} 项没有保存，接通后自动再试。`,
    server: `服务器没有应答，${pending} 项没有保存，稍后自动再试。`,
    "signed-out": `登录已失效，${pending} 项没有保存。请`,
  };
  place.append(words[trouble]);
  if (trouble === "signed-out") {
    const again = link("在新窗口登录", "/sign-in/");
    again.target = "_blank";
    again.rel = "opener";
    place.append(again, "，登录后自动保存。");
  }
  place.append(button("重试", () => grid.saver.retry()));
}

function clock() {
  const now = new Date();
  return [now.getHours(), now.getMinutes(), now.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

function line(tag, text, css, role) {
  const element = document.createElement(tag);
  element.className = css;
  element.textContent = text;
  if (role) element.setAttribute("role", role);
  return element;
}

function link(text, href) {
  const element = document.createElement("a");
  element.href = href;
  element.textContent = text;
  return element;
}

function button(text, run) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "link-button";
  element.textContent = text;
  element.addEventListener("click", run);
  return element;
}
