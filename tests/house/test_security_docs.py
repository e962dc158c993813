"""docs/security.md keeps its word: every requirement once, every test that it names is there, the sums are right."""

import re
from collections import Counter

import pytest

from runner.machine import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| \**(\S+?)\** \| (.+) \|$", PAGE, re.MULTILINE)
# How many requirements of levels 1 and 2 each chapter of ASVS 5.0.0 has; V10 and V17 don't apply as a whole.
CHAPTERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16}


def test_every_requirement_of_the_two_levels_has_one_row():
    numbers = [number for number, *_rest in ROWS]

    assert len(numbers) == len(set(numbers))
    assert Counter(int(number.split(".")[0]) for number in numbers) == CHAPTERS


def test_the_states_are_few_and_add_up_to_what_is_said():
    states = Counter(state for _number, _what, state, _why in ROWS)

    assert set(states) == {"pass", "fail", "open", "n/a"}
    said = f"{states['pass']} pass, {states['fail']} fail, {states['open']} open, {states['n/a']} don't apply"
    assert said in PAGE


@pytest.mark.parametrize("row", [row for row in ROWS if row[2] == "pass"], ids=lambda row: row[0])
def test_a_pass_names_what_shows_it(row):
    named = re.findall(r"`((?:[\w-]+/)+[\w.-]+\.\w+)`", row[3])

    assert [path for path in named if not (ROOT / path).exists()] == []
    assert (
        named or "(read)" in row[3] or "README" in row[3] or "below" in row[3] or "the same" in row[3] or ";" in row[3]
    )
