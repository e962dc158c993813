"""When recurring work comes round again."""

from datetime import UTC, datetime

from cinema.days import add_days, day_of, first_moment_on
from cinema.jobs.registry import Kind


def next_time(kind: Kind, *, after: datetime) -> datetime:
    """The next moment of a recurring kind. Every so often means on the clock, so a restart moves nothing."""
    if kind.every is not None:
        turns = (after - datetime(2000, 1, 1, tzinfo=UTC)) // kind.every + 1
        return datetime(2000, 1, 1, tzinfo=UTC) + turns * kind.every
    assert kind.daily_at is not None
    # A time that the clocks leave out in spring is the one after the gap; one that comes twice is the first.
    day = day_of(after)
    moment = first_moment_on(day, kind.daily_at)
    return moment if moment > after else first_moment_on(add_days(day, 1), kind.daily_at)
