// <details data-menu>: closes on a click elsewhere and on Escape.

export function menus() {
  const open = () => Array.from(document.querySelectorAll("details[data-menu][open]"));
  document.addEventListener("click", (event) => {
    open().filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open().forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
}
