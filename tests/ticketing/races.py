"""Races for seats: many buyers at one moment, in one process or several, and what must be true afterwards."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.fixtures.databases import ROOT, server_environment

BUYERS = 64
STRETCH = 10  # seats that overlapping choices quarrel about


class Process:
    """A process full of buyers."""

    def __init__(self, database_url: str, **variables: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "tests.ticketing.buyers"],
            cwd=ROOT,
            env=server_environment(DATABASE_URL=database_url, DATABASE_POOL=str(BUYERS + 6), **variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, do: str, **what: object) -> None:
        """Tell it to do something."""
        self.popen.stdin.write(json.dumps({"do": do, **what}) + "\n")
        self.popen.stdin.flush()

    def answer(self):
        """What came of it."""
        line = self.popen.stdout.readline()
        if not line:
            raise AssertionError(f"A process of buyers ended with {self.popen.wait()}.")
        return json.loads(line)

    def do(self, do: str, **what: object):
        """Ask and wait for the answer."""
        self.ask(do, **what)
        return self.answer()


@contextmanager
def processes(database_url: str, count: int) -> Iterator[list[Process]]:
    """So many processes on one database, ended at the end."""
    started = [Process(database_url, MAX_PENDING_ORDERS="100") for _each in range(count)]
    try:
        yield started
    finally:
        for process in started:
            process.popen.stdin.close()
        for process in started:
            process.popen.wait(30)


@dataclass
class Outcome:
    """What many rounds came to; ``wrongs`` is empty when all was well."""

    rounds: int = 0
    won: int = 0
    taken: int = 0
    seconds: float = 0.0
    wrongs: list[str] = field(default_factory=list)


def run_races(*, database_url: str, rounds: int, process_count: int, unchecked: bool = False, seed: int = 1) -> Outcome:
    """Rounds of ``BUYERS`` at once: by turns for one free seat, for one whose hold has run out, for overlapping sets.

    ``unchecked`` leaves only the database's constraint to tell them apart; then every seat is fresh.
    """
    chance, outcome = random.Random(seed), Outcome()
    with processes(database_url, process_count) as shops:
        place = shops[0].do("lay", seats=rounds * (STRETCH + 1) // 3 * (3 if unchecked else 1) + 40, buyers=BUYERS)
        if unchecked:
            for shop in shops:
                shop.do("uncheck")
        fresh = iter(place["seats"])
        seat, begun = next(fresh), time.perf_counter()
        for number in range(rounds):
            if number % 3 == 2:
                stretch = [next(fresh) for _each in range(STRETCH)]
                wants = [(buyer, overlapping(stretch, chance)) for buyer in place["customers"]]
            else:
                # The second round of three is for the seat of the first, whose hold has run out by then.
                seat = seat if number % 3 == 1 and not unchecked else next(fresh)
                wants = [(buyer, [seat]) for buyer in place["customers"]]
            results = run_round(shops, showtime=place["showtime"], number=number, wants=wants)
            outcome.won += results.count("won")
            outcome.taken += results.count("taken")
            orders = shops[0].do("look", showtime=place["showtime"], number=number)
            outcome.wrongs += [f"round {number}: {wrong}" for wrong in wrongs_of(wants, results, orders)]
            outcome.rounds += 1
        outcome.seconds = time.perf_counter() - begun
        if not unchecked:
            outcome.wrongs += shops[0].do("faults", number=rounds - 1)
    return outcome


def overlapping(stretch: list[int], chance: random.Random) -> list[int]:
    """Two to six neighbours out of the stretch, named from the left or from the right."""
    count = chance.randint(2, 6)
    start = chance.randrange(len(stretch) - count + 1)
    chosen = stretch[start : start + count]
    return chosen if chance.random() < 0.5 else chosen[::-1]


def run_round(shops: list[Process], *, showtime: int, number: int, wants: list[tuple[int, list[int]]]) -> list[str]:
    """All buyers at one moment, spread over the processes; answers what each got."""
    share = -(-len(wants) // len(shops))
    start_at = time.time() + 0.02
    parts = [wants[first : first + share] for first in range(0, len(wants), share)]
    for shop, part in zip(shops, parts, strict=False):
        shop.ask("race", showtime=showtime, number=number, wants=part, start_at=start_at)
    return [result for shop, _part in zip(shops, parts, strict=False) for result in shop.answer()]


def wrongs_of(wants: list[tuple[int, list[int]]], results: list[str], orders: list[list]) -> Iterator[str]:
    """What is wrong with a round: anything but winners who have all they wanted, apart from each other, and taken."""
    yield from (result for result in results if result not in {"won", "taken"})
    winners = [(buyer, sorted(seats)) for (buyer, seats), result in zip(wants, results, strict=True) if result == "won"]
    if sorted(winners) != sorted((buyer, lines) for buyer, lines, _claims in orders):
        yield f"winners are {winners}, but the orders say {orders}"
    yield from (f"order of {buyer} has {claims} of {lines}" for buyer, lines, claims in orders if lines != claims)
    sold = [seat for _buyer, seats in winners for seat in seats]
    if len(sold) != len(set(sold)):
        yield f"a seat has two owners: {winners}"
    for (buyer, seats), result in zip(wants, results, strict=True):
        if result == "taken" and not set(seats) & set(sold):
            yield f"buyer {buyer} was refused {seats}, which nobody got"
