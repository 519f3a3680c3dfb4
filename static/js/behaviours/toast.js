// A line in the corner: toast("已保存"), toast("没有保存", {kind: "error"}), toast("…", {action: {label, run}, stay: true}).
// One at a time: a new line takes the place of the former one; a line that asks for an action only gives way to another.
// A bar at the bottom of the page (data-bottom-bar) is never covered: the lines stand above it.

const GAP = 12;
const CORNER = 20;

export function toast(text, options = {}) {
  const place = document.getElementById("toasts");
  if (!place) return null;
  const line = document.createElement("div");
  line.className = `toast-line toast-${options.kind || "info"}`;
  line.dataset.asks = options.action ? "yes" : "no";
  const words = document.createElement("span");
  words.textContent = text;
  line.append(words);
  if (options.action) line.append(button(options.action.label, () => { line.remove(); options.action.run(); }));
  line.append(button("关闭", () => line.remove()));
  Array.from(place.children).filter((old) => old.dataset.asks === line.dataset.asks).forEach((old) => old.remove());
  place.append(line);
  keepClear(place);
  if (!options.stay && options.kind !== "error") setTimeout(() => line.remove(), 6000);
  return line;
}

let isWatching = false;

function keepClear(place) {
  liftAboveBar(place);
  if (isWatching) return;
  isWatching = true;
  ["scroll", "resize"].forEach((name) => window.addEventListener(name, () => liftAboveBar(place), { passive: true }));
}

// The bar sticks to the lower edge of the window, until the page is scrolled to where it belongs.
function liftAboveBar(place) {
  const bar = document.querySelector("[data-bottom-bar]");
  if (!bar || !place.children.length) return;
  const { top, bottom } = bar.getBoundingClientRect();
  const height = window.innerHeight;
  const isInTheWay = top < height && bottom > height - CORNER - GAP - place.offsetHeight;
  place.style.bottom = `${isInTheWay ? height - top + GAP : CORNER}px`;
}

function button(label, run) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  element.addEventListener("click", run);
  return element;
}
