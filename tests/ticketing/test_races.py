"""Sixty-four buyers at once. ``bench/seat_race.py`` runs the same races a thousand times over."""

import pytest

from tests.ticketing.races import BUYERS, processes, run_races

ROUNDS = 6  # two of each kind


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


def test_a_showtime_moves_while_people_buy_and_give_back(fresh_database):
    refusals = {"seats_taken", "showtime_changed", "wrong_order_status"}
    with processes(fresh_database(), 1) as (house,):
        came_to = house.do("jostle", buyers=6, moves=40)
        faults = house.do("faults", number=0)

    assert faults == []
    assert set(came_to["moves"]) - {"done", "showtime_changed", "showtime_stays"} == set()
    assert set(came_to["sales"]) - {"done"} - refusals == set()
    assert "done" in came_to["moves"]
    assert "done" in came_to["sales"]
