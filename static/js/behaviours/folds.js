// <details data-print-open> is unfolded while the page is printed, for what is folded is not on the paper; and
// when a link of the page leads to it. Both are announced to the whole page, so this is set up once.

export function folds() {
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details[data-print-open]:not([open])")];
    opened.forEach((each) => { each.open = true; });
  });
  window.addEventListener("afterprint", () => {
    opened.forEach((each) => { each.open = false; });
    opened = [];
  });
  window.addEventListener("hashchange", unfoldTarget);
  unfoldTarget();
}

function unfoldTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (target && target.matches("details[data-print-open]")) target.open = true;
}
