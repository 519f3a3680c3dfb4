// A line in the corner: toast("已保存"), toast("没有保存", {kind: "error"}), toast("…", {action: {label, run}, stay: true}).

export function toast(text, options = {}) {
  const place = document.getElementById("toasts");
  if (!place) return null;
  const line = document.createElement("div");
  line.className = `toast-line toast-${options.kind || "info"}`;
  const words = document.createElement("span");
  words.textContent = text;
  line.append(words);
  if (options.action) line.append(button(options.action.label, () => { line.remove(); options.action.run(); }));
  line.append(button("关闭", () => line.remove()));
  place.append(line);
  if (!options.stay && options.kind !== "error") setTimeout(() => line.remove(), 6000);
  return line;
}

function button(label, run) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  element.addEventListener("click", run);
  return element;
}
