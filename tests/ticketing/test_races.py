"""Sixty-four buyers at once. ``bench/seat_race.py`` runs the same races a thousand times over."""

import pytest

from tests.ticketing.races import BUYERS, run_races

ROUNDS = 12


@pytest.mark.parametrize("process_count", [1, 4], ids=["one process", "four processes"])
def test_a_seat_goes_to_exactly_one_of_many_buyers(fresh_database, process_count):
    outcome = run_races(database_url=fresh_database(), rounds=ROUNDS, process_count=process_count)

    assert outcome.wrongs == []
    assert outcome.won + outcome.taken == ROUNDS * BUYERS
    assert outcome.won >= ROUNDS


@pytest.mark.parametrize("process_count", [1, 4], ids=["one process", "four processes"])
def test_the_constraint_alone_keeps_a_seat_from_two_buyers(fresh_database, process_count):
    outcome = run_races(database_url=fresh_database(), rounds=ROUNDS, process_count=process_count, unchecked=True)

    assert outcome.wrongs == []
    assert outcome.won + outcome.taken == ROUNDS * BUYERS
    assert outcome.won >= ROUNDS
