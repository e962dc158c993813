"""Days and weeks by the house's clock: all there is to know of midnights.

A day runs from midnight to midnight in ``TIME_ZONE``, 23 or 25 hours long where the clocks change; where they skip
midnight it begins an hour later. The day of the programme runs from six to six: what starts before six in the morning
belongs to the evening before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateField, Func, Q
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from cinema.clock import first_moment_from, local, moment_of, wall_clock

DAY_BEGINS = time(6)
WEEK_DAYS = 7


@dataclass(frozen=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date

    @property
    def starts_at(self) -> datetime:
        """The first moment of it."""
        return midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first moment after it."""
        return midnight(add_days(self.last, 1))

    @property
    def length(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def days(self) -> Iterator[date]:
        """Every day of it."""
        for n in range(self.length):
            yield add_days(self.first, n)

    def holds(self, field: str) -> Q:
        """The condition that a moment lies in it."""
        return Q(**self.lookups(field))

    def lookups(self, field: str) -> dict[str, datetime]:
        """The same as keyword arguments, for a filter or an address."""
        return {f"{field}__gte": self.starts_at, f"{field}__lt": self.ends_at}

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()} – {self.last.isoformat()}"


def one_day(day: date) -> Period:
    """A day as a period."""
    return Period(day, day)


def midnight(day: date) -> datetime:
    """The moment a day begins."""
    return first_moment_from(datetime.combine(day, time.min))


def day_of(moment: datetime) -> date:
    """The day a moment lies in."""
    return local(moment).date()


def add_days(day: date, days: int) -> date:
    """The day so many days later; earlier, where ``days`` is negative."""
    return day + timedelta(days=days)


def days_from(first: date, count: int) -> list[date]:
    """So many days in a row."""
    return [add_days(first, n) for n in range(count)]


def moment_on(day: date, clock: time) -> datetime:
    """The moment of a day at which the clock shows this. Raises NoSuchTime."""
    return moment_of(datetime.combine(day, clock))


def same_time_on(day: date, moment: datetime) -> datetime:
    """The moment of another day at which the clock shows the same time. Raises NoSuchTime."""
    return moment_on(day, wall_clock(moment).time())


def first_moment_on(day: date, clock: time) -> datetime:
    """The same, or the first moment after the gap where that time is left out."""
    return first_moment_from(datetime.combine(day, clock))


def same_time_or_after(day: date, moment: datetime) -> datetime:
    """The same time of day on another, or the first moment after the gap."""
    return first_moment_on(day, wall_clock(moment).time())


def week_of(day: date, *, starts: int = 0) -> Period:
    """The week this day lies in; ``starts`` is the weekday it begins on, 0 for Monday."""
    first = add_days(day, -((day.weekday() - starts) % WEEK_DAYS))
    return Period(first, add_days(first, WEEK_DAYS - 1))


def film_week_of(day: date) -> Period:
    """The film week this day lies in: it begins on ``FILM_WEEK_STARTS``."""
    return week_of(day, starts=settings.FILM_WEEK_STARTS)


def programme_day_start(day: date) -> datetime:
    """When the programme of a day begins."""
    return first_moment_from(datetime.combine(day, DAY_BEGINS))


def programme_day_of(moment: datetime) -> date:
    """The day in whose programme a moment lies."""
    shown = wall_clock(moment)
    return shown.date() if shown.time() >= DAY_BEGINS else add_days(shown.date(), -1)


def programme_clock(moment: datetime, day: date) -> timedelta:
    """How far the hands of the clock are past the beginning of a day's programme: for drawing, not for reckoning."""
    return wall_clock(moment) - datetime.combine(day, DAY_BEGINS)


class DayOf(Func):
    """The day from ``first`` to ``last`` that a moment lies in.

    PostgreSQL finds it among the midnights of the span, which costs half of what turning every moment into local time
    does. Moments outside the span belong to no day of it: filter them out.
    """

    def __init__(self, moment: str, first: date, last: date) -> None:
        super().__init__(moment, output_field=DateField())
        self.first, self.last = first, last

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:  # type: ignore[override]
        """The day by the database's own conversion."""
        sql, params = compiler.compile(self.get_source_expressions()[0])
        return connection.ops.datetime_cast_date_sql(sql, tuple(params), timezone.get_default_timezone_name())

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> tuple[str, Any]:
        """The first day and as many more as midnights have passed since."""
        sql, params = compiler.compile(self.get_source_expressions()[0])
        span = range((self.last - self.first).days)
        midnights = [midnight(add_days(self.first, n + 1)) for n in span]
        return f"(%s::date + width_bucket({sql}, %s::timestamptz[]))", (self.first, *params, midnights)
