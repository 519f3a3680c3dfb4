// <main data-wall data-exit="…">: shows the [data-wall-screen] sections in turn; arrow keys turn, space holds, Esc leaves.

const EVERY = 12000;
// The county's time, whatever the display's own clock zone is.
const TIME = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
const wall = document.querySelector("[data-wall]");
let index = 0;
let isHeld = false;

const screens = () => Array.from(wall.querySelectorAll("[data-wall-screen]"));

function show(next) {
  const all = screens();
  if (!all.length) return;
  index = (next + all.length) % all.length;
  all.forEach((screen, position) => { screen.hidden = position !== index; });
  const dots = wall.querySelector("[data-wall-dots]");
  if (dots) dots.textContent = `${index + 1} / ${all.length}${isHeld ? " 已停住，按空格继续" : ""}`;
}

function tick() {
  const clock = wall.querySelector("[data-clock]");
  if (clock) clock.textContent = TIME.format(new Date());
}

function onKey(event) {
  if (event.key === "Escape" && !document.fullscreenElement) window.location.href = wall.dataset.exit;
  if (event.key === "ArrowRight") show(index + 1);
  if (event.key === "ArrowLeft") show(index - 1);
  if (event.key === " ") { event.preventDefault(); isHeld = !isHeld; show(index); }
}

function fullscreenButton() {
  const button = wall.querySelector("[data-fullscreen]");
  if (!button || !document.documentElement.requestFullscreen) return;
  button.hidden = false;
  button.addEventListener("click", () => document.documentElement.requestFullscreen());
  // The browser takes the first Esc to leave the full screen; that is leaving the wall display, too.
  document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) window.location.href = wall.dataset.exit; });
}

if (wall) {
  wall.classList.add("is-turning");
  show(0);
  tick();
  fullscreenButton();
  setInterval(() => { if (!isHeld && !document.hidden) show(index + 1); }, EVERY);
  setInterval(tick, 10000);
  document.addEventListener("keydown", onKey);
  document.body.addEventListener("htmx:load", () => show(index));
}
