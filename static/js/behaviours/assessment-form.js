// [data-assessment-form]: running totals and the provisional level while scores are typed; a digit moves on to the next
// score, Enter too. [data-result-form]: the table of levels proposes what an older result means. The server decides.

function readJson(id) {
  const source = document.getElementById(id);
  return source ? JSON.parse(source.textContent) : null;
}

function scoreOf(input) {
  const text = input.value.trim();
  const score = Number(text);
  return /^\d$/.test(text) && score <= Number(input.dataset.score) ? score : null;
}

function sum(inputs) {
  return inputs.reduce((total, input) => total + (scoreOf(input) || 0), 0);
}

// As rules/assessments.py judges.
function judge(total, form, judging) {
  const preliminary = judging.lowest.findIndex((lowest) => total >= lowest);
  const worst = judging.levels.length - 1;
  let level = preliminary;
  if (form.elements.has_dementia.checked) level += judging.dementiaSteps;
  if (Number(form.elements.risk_events.value) >= judging.riskLimit) level += judging.riskSteps;
  level = Math.min(level, worst);
  if (form.elements.is_comatose.checked) level = Math.max(level, judging.comaLevel);
  return { preliminary, level };
}

function scoreForm(form) {
  const judging = readJson("judging");
  const inputs = Array.from(form.querySelectorAll("[data-score]"));
  const groups = Array.from(form.querySelectorAll("[data-score-group]"));
  const result = form.querySelector("[data-score-result]");

  function draw() {
    groups.forEach((group) => {
      group.querySelector("[data-score-sum]").textContent = sum(Array.from(group.querySelectorAll("[data-score]")));
    });
    const left = inputs.filter((input) => scoreOf(input) === null).length;
    const total = sum(inputs);
    form.querySelector("[data-score-total]").textContent = total;
    const words = form.querySelector("[data-score-level]");
    if (left) {
      words.textContent = `还有 ${left} 项未评`;
    } else {
      const found = judge(total, form, judging);
      const first = judging.levels[found.preliminary];
      const last = judging.levels[found.level];
      words.textContent = found.level === found.preliminary ? `初步等级 ${last}` : `初步等级 ${first}，变更为 ${last}`;
    }
    result.hidden = false;
  }

  function mark(input) {
    const isWrong = input.value.trim() !== "" && scoreOf(input) === null;
    input.closest(".score-line").classList.toggle("field-wrong", isWrong);
    if (isWrong) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  function goOn(input) {
    const next = inputs[inputs.indexOf(input) + 1];
    if (next) next.focus();
    else form.elements.is_comatose.focus();
  }

  inputs.forEach((input) => {
    input.addEventListener("focus", () => input.select());
    input.addEventListener("input", () => {
      mark(input);
      draw();
      if (scoreOf(input) !== null) goOn(input);
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      goOn(input);
    });
  });
  ["is_comatose", "has_dementia", "risk_events"].forEach((name) => {
    form.elements[name].addEventListener("input", draw);
  });
  const fill = form.querySelector("[data-score-fill]");
  if (fill) {
    fill.addEventListener("click", (event) => {
      event.preventDefault();
      inputs.filter((input) => input.value.trim() === "").forEach((input) => { input.value = input.dataset.score; });
      inputs.forEach(mark);
      draw();
    });
  }
  draw();
}

function resultForm(form) {
  const mapping = readJson("mapping") || [];
  const hint = document.querySelector("[data-mapping-hint]");
  const { standard, original, level } = form.elements;
  let proposed = "";

  function propose() {
    const found = mapping.find((each) => each.standard === standard.value && each.original === original.value.trim());
    const isOwn = level.value !== "" && level.value !== proposed;
    hint.hidden = !standard.value || !original.value.trim();
    if (found && found.level !== null) {
      if (!isOwn) level.value = proposed = String(found.level);
      hint.textContent = `对照表：“${found.original}”对应${level.querySelector(`option[value="${found.level}"]`).textContent}，请核对后保存。`;
    } else {
      if (!isOwn) level.value = proposed = "";
      hint.textContent = "这个结论没有固定对应的等级，请按实际情况选择；一时定不了的选“待确认”。";
    }
  }

  standard.addEventListener("change", propose);
  original.addEventListener("change", propose);
}

document.querySelectorAll("[data-assessment-form]").forEach(scoreForm);
document.querySelectorAll("[data-result-form]").forEach(resultForm);
