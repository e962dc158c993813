// A seat grid as the server's text has it, in pure functions: reading, writing, numbering, inserting, dropping.
export const LETTERS = { standard: "o", vip: "v", couple: "c", wheelchair: "w", companion: "m" };
const KINDS = Object.fromEntries(Object.entries(LETTERS).map(([kind, letter]) => [letter, kind]));
const GAP = ".";

/** A row's letter by its place: A … Z, AA … */
export function rowName(place) {
  let name = "";
  for (let n = place + 1; n > 0; n = Math.floor((n - 1) / 26)) name = String.fromCharCode(65 + ((n - 1) % 26)) + name;
  return name;
}

/** The text as rows `{label, cells}`; a cell is null or `{kind, blocked}`. Every row is as wide as the widest. */
export function readPlan(text) {
  const lines = text.replaceAll("\r", "").trimEnd().split("\n");
  const rows = (text.trim() ? lines : []).map((line) => {
    const colon = line.lastIndexOf(":");
    const marks = line.slice(colon + 1).trim().replaceAll(/[_ ]/g, GAP);
    const cells = [...marks].map((mark) => {
      const kind = KINDS[mark.toLowerCase()];
      return kind ? { kind, blocked: mark !== mark.toLowerCase() } : null;
    });
    return { label: colon < 0 ? "" : line.slice(0, colon).trim(), cells };
  });
  return squared(rows);
}

/** The rows as the server's text. */
export function writePlan(rows) {
  return rows.map(({ label, cells }) => {
    const marks = cells.map((cell) => {
      if (!cell) return GAP;
      return cell.blocked ? LETTERS[cell.kind].toUpperCase() : LETTERS[cell.kind];
    }).join("");
    return cells.some(Boolean) ? `${label}: ${marks}` : "";
  }).join("\n");
}

/** The numbers of one row's seats by place, as the server will give them. */
export function numbersOf({ label, cells }, numbering, known) {
  const taken = cells.flatMap((cell, x) => (cell ? [x] : []));
  const numbers = {};
  if (numbering === "right") taken.toReversed().forEach((x, i) => { numbers[x] = i + 1; });
  else if (numbering === "places") taken.forEach((x) => { numbers[x] = x + 1; });
  else if (numbering === "odd_even") {
    taken.filter((x) => x < cells.length / 2).reverse().forEach((x, i) => { numbers[x] = 2 * i + 1; });
    taken.filter((x) => x >= cells.length / 2).forEach((x, i) => { numbers[x] = 2 * i + 2; });
  } else if (numbering === "keep") keep(label, taken, known, numbers);
  else taken.forEach((x, i) => { numbers[x] = i + 1; });
  return numbers;
}

function keep(label, taken, known, numbers) {
  const used = new Set();
  for (const x of taken) {
    const number = known[`${label}|${x}`];
    if (number) { numbers[x] = number; used.add(number); }
  }
  for (const x of taken) {
    if (numbers[x]) continue;
    let number = x + 1;
    while (used.has(number)) number += 1;
    numbers[x] = number;
    used.add(number);
  }
}

/** Rows with seats but no name get a letter no other row has. */
export function named(rows) {
  const used = new Set(rows.filter((row) => row.cells.some(Boolean)).map((row) => row.label));
  let next = 0;
  return rows.map((row) => {
    if (row.label || !row.cells.some(Boolean)) return row;
    while (used.has(rowName(next))) next += 1;
    used.add(rowName(next));
    return { ...row, label: rowName(next) };
  });
}

export function insertRow(rows, y) {
  return [...rows.slice(0, y), { label: "", cells: widthOf(rows).map(() => null) }, ...rows.slice(y)];
}

export function dropRow(rows, y) {
  return rows.filter((_row, at) => at !== y);
}

export function insertColumn(rows, x) {
  return rows.map((row) => ({ ...row, cells: row.cells.toSpliced(x, 0, null) }));
}

export function dropColumn(rows, x) {
  return rows.map((row) => ({ ...row, cells: row.cells.toSpliced(x, 1) }));
}

/** The same rows with the cells in the rectangle put through `change`. */
export function painted(rows, { x0, y0, x1, y1 }, change) {
  return rows.map((row, y) => {
    if (y < Math.min(y0, y1) || y > Math.max(y0, y1)) return row;
    const cells = row.cells.map((cell, x) => (x < Math.min(x0, x1) || x > Math.max(x0, x1) ? cell : change(cell)));
    return { ...row, cells };
  });
}

function widthOf(rows) {
  return rows[0]?.cells ?? [null];
}

function squared(rows) {
  const width = Math.max(1, ...rows.map((row) => row.cells.length));
  return rows.map((row) => ({ ...row, cells: [...row.cells, ...Array(width - row.cells.length).fill(null)] }));
}
