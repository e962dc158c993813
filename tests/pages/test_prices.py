"""A bill's sum reads alike from the server and from the pages' scripts: the same cases are run by both."""

import json
import subprocess
from pathlib import Path

import pytest

from cinema.money import as_price, decimals, sign
from tests.machine import need

HERE = Path(__file__).parent
CASES = json.loads((HERE.parent / "cases" / "prices.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_the_server_writes_a_sum_as_the_cases_say(case):
    assert as_price(sum(case["minor"]), case["currency"]) == case["text"]
    assert (sign(case["currency"]), decimals(case["currency"])) == (case["sign"], case["decimals"])


def test_the_pages_scripts_write_a_sum_as_the_cases_say():
    result = subprocess.run(
        [need("node"), "--test", str(HERE / "prices.test.mjs")], capture_output=True, text=True, timeout=120
    )

    assert (result.returncode, result.stdout if result.returncode else "") == (0, "")
