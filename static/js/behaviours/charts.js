// <div data-chart="trend" data-source="id-of-json_script">: draws the chart, and folds away the table that follows it
// in a [data-chart-table], behind a button. Without JavaScript the table is simply there. Colours go with words.
// Tooltips are drawn by the chart itself (richText): HTML ones carry style attributes, which the page's policy refuses.

import { once } from "./once.js";

const COLOURS = { met: "#1456a8", on_course: "#6fa8dc", behind: "#d97706", not_reported: "#b8c2ce", not_applicable: "#dfe4ea", not_judged: "#8fa1b5" };
const INK = "#1c2a3a";
const SOFT = "#56657a";
const LINE = "#dbe2ea";
const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif';
const PRINT_WIDTH = 660;
const charts = new Map();

const BUILDERS = { progress, trend, comparison, metric };

function base() {
  return {
    animation: false,
    textStyle: { fontFamily: FONT, color: INK },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "line" } },
    legend: { bottom: 0, itemWidth: 16, itemHeight: 10, textStyle: { color: SOFT } },
  };
}

const categoryAxis = (data) => ({ type: "category", data, axisLine: { lineStyle: { color: LINE } }, axisTick: { show: false }, axisLabel: { color: SOFT } });
const valueAxis = (name) => ({ type: "value", name, nameTextStyle: { color: SOFT, align: "left" }, splitLine: { lineStyle: { color: "#e8edf3" } }, axisLabel: { color: SOFT } });
const known = (value) => value !== null && value !== undefined;

function progress(data) {
  return Object.assign(base(), {
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, axisPointer: { type: "shadow" } },
    grid: { left: 168, right: 16, top: 8, bottom: 56 },
    xAxis: Object.assign(valueAxis(""), { minInterval: 1 }),
    yAxis: Object.assign(categoryAxis(data.groups), { inverse: true, axisLabel: { color: INK, width: 150, overflow: "break", lineHeight: 18 } }),
    series: data.series.map((each) => ({
      name: each.name,
      type: "bar",
      stack: "all",
      barMaxWidth: 26,
      itemStyle: { color: COLOURS[each.status] },
      label: { show: true, formatter: (point) => (point.value ? String(point.value) : ""), color: ["met", "behind"].includes(each.status) ? "#fff" : INK },
      data: each.values,
    })),
  });
}

function trend(data) {
  const series = [{ name: data.name || "数值", type: "line", data: data.values, symbolSize: 6, connectNulls: false, lineStyle: { width: 2.5, color: COLOURS.met }, itemStyle: { color: COLOURS.met }, step: data.is_flag ? "end" : false, z: 3 }];
  if (data.path.some(known)) series.push({ name: "目标路径", type: "line", data: data.path, symbol: "none", lineStyle: { width: 1.5, type: "dashed", color: SOFT }, itemStyle: { color: SOFT } });
  if (data.target.some(known)) series.push({ name: "目标", type: "line", data: data.target, symbol: "none", step: "middle", lineStyle: { width: 1.5, type: "dotted", color: COLOURS.behind }, itemStyle: { color: COLOURS.behind } });
  if (data.forecast && data.forecast.some(known)) series.push({ name: data.forecast_name || "推算", type: "line", data: data.forecast, symbol: "none", lineStyle: { width: 2, type: "dashed", color: COLOURS.on_course }, itemStyle: { color: COLOURS.on_course }, z: 2 });
  series.push(...openMonths(data));
  return Object.assign(base(), {
    grid: { left: 8, right: 20, top: 36, bottom: 40, containLabel: true },
    xAxis: Object.assign(categoryAxis(data.months), { boundaryGap: true }),
    yAxis: Object.assign(valueAxis(data.unit), { scale: !data.is_flag, min: data.is_flag ? 0 : undefined, max: data.is_flag ? 1 : undefined, interval: data.is_flag ? 1 : undefined, axisLabel: { color: SOFT, formatter: data.is_flag ? (v) => (v ? "是" : "否") : undefined } }),
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, formatter: (points) => trendTip(data, points) },
    series,
  });
}

function trendTip(data, points) {
  const index = points[0].dataIndex;
  const lines = [data.months[index]];
  const value = known(data.values[index]) ? data.values[index] : data.partial[index];
  lines.push(known(value) ? `${data.name || "数值"} ${number(value)} ${data.unit}` : `${data.name || "数值"} 未审核`);
  if (known(data.partial[index])) lines.push(`${data.reported[index]} 已审核`);
  if (known(data.low[index])) lines.push(`数据齐后可能为 ${number(data.low[index])} – ${number(data.high[index])}`);
  if (data.forecast && known(data.forecast[index])) lines.push(`推算 ${number(data.forecast[index])}`);
  if (data.path && known(data.path[index])) lines.push(`目标路径 ${number(data.path[index])}`);
  if (data.target && known(data.target[index])) lines.push(`目标 ${number(data.target[index])}`);
  return lines.join("\n");
}

// Months that are not fully reported: a hollow mark, and a bar from the lowest to the highest it can become.
function openMonths(data) {
  if (!data.partial.some(known)) return [];
  const ranges = data.low.map((low, index) => (known(low) ? [index, low, data.high[index]] : null)).filter(Boolean);
  return [
    { name: "数据未齐", type: "scatter", symbol: "emptyCircle", symbolSize: 9, itemStyle: { color: COLOURS.behind }, data: data.partial, z: 4 },
    { name: "数据齐后可能的范围", type: "custom", renderItem: rangeBar, itemStyle: { color: "#8fa1b5" }, encode: { x: 0, y: [1, 2] }, data: ranges, z: 2 },
  ];
}

function rangeBar(params, api) {
  const low = api.coord([api.value(0), api.value(1)]);
  const high = api.coord([api.value(0), api.value(2)]);
  const stroke = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: "#8fa1b5", lineWidth: 2 } });
  const cap = 5;
  return { type: "group", children: [stroke(low[0], low[1], high[0], high[1]), stroke(low[0] - cap, low[1], low[0] + cap, low[1]), stroke(high[0] - cap, high[1], high[0] + cap, high[1])] };
}

function comparison(data) {
  const lines = [];
  if (known(data.target)) lines.push({ xAxis: data.target, name: "目标", lineStyle: { color: COLOURS.behind, type: "dashed", width: 2 }, label: { formatter: `目标 ${number(data.target)}`, color: "#a85300", position: "end" } });
  if (known(data.county)) lines.push({ xAxis: data.county, name: data.whole, lineStyle: { color: SOFT, type: "dotted", width: 2 }, label: { formatter: `${data.whole} ${Number(data.county).toFixed(data.decimals)}`, color: SOFT, position: "start" } });
  return Object.assign(base(), {
    legend: { show: false },
    tooltip: { trigger: "item", renderMode: "richText", confine: true, formatter: (point) => `${data.units[point.dataIndex]}\n${data.labels[point.dataIndex]}` },
    grid: { left: 8, right: 40, top: 28, bottom: 28, containLabel: true },
    xAxis: Object.assign(valueAxis(""), { max: (range) => Math.max(range.max, known(data.target) ? data.target : 0), axisLabel: { show: false } }),
    yAxis: Object.assign(categoryAxis(data.units), { inverse: true, axisLabel: { color: INK } }),
    series: [{
      type: "bar",
      barMaxWidth: 22,
      data: data.values.map((value, index) => comparisonBar(data, value, index)),

      markLine: { silent: true, symbol: "none", data: lines },
    }],
  });
}

// The label stands in the bar, where no line crosses it; beside it where the bar is too short.
function comparisonBar(data, value, index) {
  const most = Math.max(...data.values.filter(known), data.target || 0);
  const isLong = known(value) && value > most * 0.3;
  const isDark = ["met", "behind", "not_judged"].includes(data.statuses[index]);
  return {
    value: known(value) ? value : 0,
    itemStyle: { color: COLOURS[data.statuses[index]] },
    label: { show: true, formatter: data.labels[index], position: isLong ? "insideLeft" : "right", color: isLong && isDark ? "#fff" : INK },
  };
}

function metric(data) {
  return Object.assign(base(), {
    legend: { show: false },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, formatter: (points) => trendTip(data, points) },
    grid: { left: 8, right: 20, top: 34, bottom: 10, containLabel: true },
    xAxis: Object.assign(categoryAxis(data.months), { boundaryGap: true }),
    yAxis: Object.assign(valueAxis(data.unit), { scale: !data.is_flow }),
    series: [{ type: data.is_flow ? "bar" : "line", data: data.values, barMaxWidth: 30, symbolSize: 6, itemStyle: { color: COLOURS.met }, lineStyle: { width: 2.5, color: COLOURS.met } }, ...openMonths(data)],
  });
}

function number(value) {
  return Number(value).toLocaleString("zh-CN", { maximumFractionDigits: 4 });
}

function draw(element) {
  const source = document.getElementById(element.dataset.source);
  const build = BUILDERS[element.dataset.chart];
  if (!source || !build || !window.echarts) return;
  element.classList.add("is-drawn");
  const chart = window.echarts.init(element, null, { renderer: "svg" });
  chart.setOption(build(JSON.parse(source.textContent)));
  charts.set(element, chart);
  fold(element);
}

function fold(element) {
  const table = element.parentElement.querySelector("[data-chart-table]");
  if (!table) return;
  table.classList.add("is-folded");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link-button no-print chart-toggle";
  const say = () => { button.textContent = table.classList.contains("is-folded") ? "显示数据表" : "收起数据表"; };
  button.addEventListener("click", () => { table.classList.toggle("is-folded"); say(); });
  say();
  table.before(button);
}

function forgetGone() {
  charts.forEach((chart, element) => {
    if (!document.body.contains(element)) { chart.dispose(); charts.delete(element); }
  });
}

function resizeAll(width) {
  charts.forEach((chart, element) => chart.resize({ width: width ? Math.min(width, element.clientWidth || width) : undefined }));
}

function setUp(root) {
  forgetGone();
  once(root, "[data-chart]").forEach(draw);
}

let waiting = null;
window.addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => resizeAll(), 120); });
window.addEventListener("beforeprint", () => resizeAll(PRINT_WIDTH));
window.addEventListener("afterprint", () => resizeAll());
document.body.addEventListener("htmx:load", (event) => setUp(event.detail.elt));
setUp(document);
