// form[data-apply]: the button rests, and says why, while the slip has errors or nothing would be written.

function reasonToWait(form) {
  const { only_good: onlyGood, close_missing: closing } = form.elements;
  if (form.dataset.errors !== "0" && !(onlyGood && onlyGood.checked)) return `还有 ${form.dataset.errors} 行有错误：改正后重新上传，或勾选上面的“只写入没有错误的行”。`;
  if (form.dataset.nothing === "1" && !(closing && closing.checked)) return "没有要写入的变更。";
  return "";
}

document.querySelectorAll("form[data-apply]").forEach((form) => {
  const button = form.querySelector("button[type=submit]");
  const why = form.querySelector("[data-apply-why]");
  if (!button) return;
  const follow = () => {
    const reason = reasonToWait(form);
    button.disabled = Boolean(reason);
    why.textContent = reason;
    why.hidden = !reason;
  };
  form.addEventListener("change", follow);
  follow();
});
