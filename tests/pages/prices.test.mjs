// Sums on the seat map and at the counter read as the server's do: the same cases are run by test_prices.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { money, sum } from "../../static/js/money.js";

const cases = JSON.parse(readFileSync(new URL("../cases/prices.json", import.meta.url)));

for (const { sign, decimals, minor, text } of cases) {
  test(`${minor.join("+")} in ${sign} is ${text}`, () => {
    assert.equal(money({ dataset: { currency: sign, decimals: String(decimals) } }, sum(minor)), text);
  });
}
