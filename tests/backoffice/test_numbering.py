"""Seats are numbered alike by the server and by the editor's script: the same cases are run by both."""

import json
import subprocess
from pathlib import Path

import pytest

from backoffice.grids import read_plan
from tests.machine import need

HERE = Path(__file__).parent
CASES = json.loads((HERE.parent / "cases" / "seat_numbering.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[f"{case['plan']!r} {case['numbering']}" for case in CASES])
def test_the_server_numbers_seats_as_the_cases_say(case):
    plans = read_plan(case["plan"], numbering=case["numbering"], known=case["known"])

    assert [[plan.row_label, plan.col_number] for plan in plans] == case["seats"]


@pytest.mark.sqlite
def test_the_editor_numbers_seats_as_the_cases_say():
    result = subprocess.run(
        [need("node"), "--test", str(HERE / "numbering.test.mjs")], capture_output=True, text=True, timeout=120
    )

    assert (result.returncode, result.stdout if result.returncode else "") == (0, "")
