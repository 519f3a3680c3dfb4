// What was copied from Excel or WPS, as values for cells. Pure functions: no page here.

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)$/;

// Text without full-width forms and thousands separators (1,200 or 1 200); any other blank inside stays, and is refused.
export function plain(text) {
  const narrow = text.normalize("NFKC").trim();
  return /^[+-]?\d{1,3}([, ])\d{3}(\1\d{3})*(\.\d*)?$/.test(narrow) ? narrow.replace(/[, ]/g, "") : narrow;
}

// The number that a text means, or null; the server has the last word.
export function toNumber(text) {
  const narrow = plain(text);
  return NUMBER.test(narrow) ? Number(narrow) : null;
}

// The copied lines and columns. Excel ends its text with a line break: that is no further, empty cell.
export function table(text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n");
  return lines.map((line) => line.split("\t").map((cell) => cell.trim().replace(/^"([\s\S]*)"$/, "$1")));
}

// What a paste means: {values: [...]} fills down, {named: [[name, value], ...]} goes by name, {problem} is refused.
export function readPaste(text, names) {
  const lines = table(text);
  const columns = Math.max(...lines.map((line) => line.length));
  if (columns === 1) return { values: lines.map((line) => line[0]) };
  const known = new Map(names.map((name) => [key(name), name]));
  const column = nameColumn(lines, columns, known);
  if (column < 0) {
    return { problem: `复制的内容有 ${columns} 列：请只复制一列数值，或者复制“指标名称、数值”两列。` };
  }
  const named = [];
  const unknown = [];
  lines.forEach((line) => {
    const name = line[column] || "";
    const value = lastOf(line.slice(column + 1));
    if (known.has(key(name))) named.push([known.get(key(name)), value]);
    else if (name && toNumber(value) !== null) unknown.push(name);
  });
  return { named, unknown };
}

// The column in which most lines hold the name of a metric of this page; -1 when there is none.
function nameColumn(lines, columns, known) {
  const needed = Math.max(1, Math.ceil(lines.length / 2));
  for (let column = 0; column < columns - 1; column += 1) {
    if (lines.filter((line) => known.has(key(line[column] || ""))).length >= needed) return column;
  }
  return -1;
}

function lastOf(cells) {
  const filled = cells.filter((cell) => cell !== "");
  return filled.length ? filled[filled.length - 1] : "";
}

function key(name) {
  return name.normalize("NFKC").replace(/\s+/g, "");
}
