// Comfort on top of pages that work without it. Each behaviour looks for its own data-* attributes.
// Pieces that htmx puts into the page later are set up too.

import { confirmForms } from "./behaviours/confirm.js";
import { filterForms } from "./behaviours/filters.js";
import { folds } from "./behaviours/folds.js";
import { idleWarning } from "./behaviours/idle.js";
import { menus } from "./behaviours/menus.js";
import { passwords } from "./behaviours/passwords.js";
import { smallButtons } from "./behaviours/buttons.js";
import { serverErrors } from "./behaviours/server-errors.js";

const behaviours = [confirmForms, filterForms, passwords, smallButtons];

function setUp(root) {
  behaviours.forEach((behaviour) => behaviour(root));
}

setUp(document);
menus();
idleWarning();
folds();
serverErrors();
document.body.addEventListener("htmx:load", (event) => {
  if (event.detail.elt !== document.body) setUp(event.detail.elt);
});
