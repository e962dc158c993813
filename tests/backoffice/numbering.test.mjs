// The editor numbers seats as the server does: the same cases are run by test_numbering.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { named, numbersOf, readPlan } from "../../static/js/admin/plan.js";

const cases = JSON.parse(readFileSync(new URL("../cases/seat_numbering.json", import.meta.url)));

for (const { plan, numbering, known, seats } of cases) {
  test(`${JSON.stringify(plan)} numbered ${numbering}`, () => {
    const found = named(readPlan(plan)).flatMap((row) => {
      const numbers = numbersOf(row, numbering, known);
      return row.cells.flatMap((cell, x) => (cell ? [[row.label, numbers[x]]] : []));
    });

    assert.deepEqual(found, seats);
  });
}
