// <div data-live data-stamp="…" data-stamp-url="…">: asks every three seconds whether there is something new, and
// then fetches that part of the page again. Only while the tab is seen. The questions are marked as background, so
// that they do not keep a session alive that nobody uses; a wall display (data-keep-alive) is in use all day.

import { toast } from "./toast.js";

const EVERY = 3000;
let isStopped = false;
let isAsking = false;

function background() {
  return document.querySelector("[data-keep-alive]") ? {} : { "X-Background": "1" };
}

async function ask() {
  const live = document.querySelector("[data-live]");
  if (!live || document.hidden || isStopped || isAsking) return;
  isAsking = true;
  try {
    const answer = await fetch(live.dataset.stampUrl, { headers: Object.assign({ Accept: "application/json" }, background()), credentials: "same-origin" });
    if (answer.status === 401 || answer.status === 403) return stop();
    if (!answer.ok) return;
    const { stamp } = await answer.json();
    if (stamp !== live.dataset.stamp) await refresh(live);
  } catch (error) {
    // The network is away for a moment: the next question tries again.
  } finally {
    isAsking = false;
  }
}

async function refresh(live) {
  const answer = await fetch(window.location.href, { headers: Object.assign({ "X-Fragment": "live" }, background()), credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return;
  const box = document.createElement("div");
  box.innerHTML = await answer.text();
  const fresh = box.querySelector("[data-live]");
  if (!fresh) return;
  const before = values(live);
  const folded = Array.from(live.querySelectorAll("[data-chart-table]")).map((table) => table.classList.contains("is-folded"));
  live.replaceWith(fresh);
  document.body.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: fresh } }));
  fresh.querySelectorAll("[data-chart-table]").forEach((table, index) => { if (folded[index] === false) table.previousElementSibling.click(); });
  mark(fresh, before);
}

const values = (root) => new Map(Array.from(root.querySelectorAll("[data-indicator]")).map((card) => [card.dataset.indicator, card.dataset.value]));

function mark(fresh, before) {
  let changed = 0;
  fresh.querySelectorAll("[data-indicator]").forEach((card) => {
    if (before.get(card.dataset.indicator) === card.dataset.value) return;
    card.classList.add("is-fresh");
    changed += 1;
    setTimeout(() => card.classList.remove("is-fresh"), 6000);
  });
  if (changed) toast(`数据已更新，${changed} 项重点指标有变化`);
}

function stop() {
  isStopped = true;
  toast("登录已失效，页面不再自动更新。", { kind: "warning", stay: true, action: { label: "重新登录", run: () => window.location.reload() } });
}

setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);
