// The ledger's figure beside each field of the monthly report: the difference while typing, and taking the figure.

import { toNumber } from "./entry-paste.js";

const TAKE = /[=＝]/;

// What a cell knows of its ledger; an empty object where no ledger counts the figure.
export function ledgerOf(row) {
  const place = row.querySelector("[data-ledger]");
  if (!place || place.dataset.ledger === "") return { ledger: null };
  const button = place.querySelector("[data-take]");
  // The keys move between the figures; a mouse, and the = key, reach the ledger.
  [button, place.querySelector("[data-ledger-link]")].forEach((each) => each.setAttribute("tabindex", "-1"));
  return {
    ledger: place.dataset.ledger, ledgerPlace: place, takeButton: button,
    ledgerState: place.querySelector("[data-ledger-state]"), take: false,
  };
}

// “=” is in no figure: it stands for the ledger's. A Chinese keyboard may send it as a full-width text.
export function asksForLedger(text) {
  return TAKE.test(text);
}

export function showLedger(cell) {
  if (cell.ledger === null) return;
  const text = cell.input.value.trim();
  const value = toNumber(text);
  const agrees = value !== null && value === Number(cell.ledger);
  const difference = value === null ? 0 : value - Number(cell.ledger);
  const size = Math.abs(difference).toLocaleString("en-US", { maximumFractionDigits: 4 });
  cell.ledgerState.textContent = agrees ? "一致" : difference ? `${difference > 0 ? "+" : "-"}${size}` : "";
  cell.ledgerState.classList.toggle("differs", difference !== 0);
  cell.takeButton.hidden = agrees;
}

// The ledger as the server has counted it just now.
export function setLedger(cell, plain) {
  if (cell.ledger === null || plain === "" || plain === cell.ledger) return;
  cell.ledger = plain;
  cell.ledgerPlace.querySelector("[data-ledger-link]").textContent = Number(plain).toLocaleString("en-US", { maximumFractionDigits: 4 });
}

// How many are still to take, and how many figures differ (an empty one differs from nothing).
export function showTakeAll(grid) {
  const differing = grid.cells.filter((cell) => cell.ledger !== null && cell.ledgerState.classList.contains("differs")).length;
  const badge = document.querySelector("[data-differing-badge]");
  if (badge) {
    badge.querySelector("[data-differing]").textContent = String(differing);
    badge.hidden = differing === 0;
  }
  const button = grid.form.querySelector("[data-take-all]");
  if (!button) return;
  const number = grid.cells.filter((cell) => "owed" in cell.row.dataset && cell.ledger !== null && !cell.takeButton.hidden).length;
  button.querySelector("[data-take-count]").textContent = String(number);
  button.hidden = number === 0;
}
