"""Kinds of work that exist for these tests only, and a clock that stands still."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cinema.jobs import registry


class StoppedClock:
    """Tells the time it was set to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        """Let time pass."""
        self.now += timedelta(**time)


@pytest.fixture
def clock(time_machine) -> StoppedClock:
    """Noon of a day; whatever asks the machine for its time hears the same."""
    time_machine.move_to(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False)
    return StoppedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def new_kind() -> Iterator[Callable]:
    """``new_kind(handler, **rules)`` registers a kind for one test and returns its name."""
    made: list[str] = []

    def make(handler: Callable, **rules: object) -> str:
        name = f"test_{len(made)}"
        registry.job(name, **rules)(handler)
        made.append(name)
        return name

    yield make
    for name in made:
        del registry._kinds[name]
