"""Sixty-four buyers at one moment for the same seats, a thousand times over, from one process and from four, on both
databases, and again with nothing but the database's constraint between them: no seat is sold twice.
"""

import re

from proofs.trial import Trial

SAMPLE = ["tests/ticketing/test_races.py"]


def prove(trial: Trial) -> str:
    """All races of the bench."""
    said = trial.run("bench.seat_race", "--rounds", trial.size(1000, least=10), "--seed", trial.seed)
    races = re.findall(r"(\d+) rounds of (\d+), (\d+) won, (\d+) taken, (\d+) wrong", said)
    rounds, won, taken, wrong = (sum(int(race[at]) for race in races) for at in (0, 2, 3, 4))
    return f"{rounds:,} rounds of {races[0][1]} buyers: {won:,} won, {taken:,} came too late, {wrong} wrong"
