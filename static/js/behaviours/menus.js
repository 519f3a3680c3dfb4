// <details data-menu>: closes on a click elsewhere, when the focus leaves it and on Escape; arrow keys go through it.

export function menus() {
  const open = () => Array.from(document.querySelectorAll("details[data-menu][open]"));
  document.addEventListener("click", (event) => {
    open().filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
  });
  document.addEventListener("focusin", (event) => {
    open().filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(event);
    if (event.key !== "Escape") return;
    open().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
}

function walk(event) {
  const menu = event.target.closest("details[data-menu]");
  if (!menu) return;
  event.preventDefault();
  menu.open = true;
  const entries = Array.from(menu.querySelectorAll(".menu-list a, .menu-list button"));
  const step = event.key === "ArrowDown" ? 1 : -1;
  const next = entries.indexOf(event.target) + step;
  if (next < 0) menu.querySelector("summary").focus();
  else if (next < entries.length) entries[next].focus();
}
