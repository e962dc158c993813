"""Spans of the cinema's own days.

A day runs from midnight to midnight in ``TIME_ZONE``, 23 or 25 hours long where the clocks change. A film week begins
on ``FILM_WEEK_STARTS`` (Monday, as in China; France takes Wednesday, North America Friday), and a film's first week is
the one its release date lies in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backoffice.days import midnight
from cinema.errors import InvalidInput

LONGEST = 366
LONGEST_RUN = 104
FIRST_YEAR, LAST_YEAR = 2000, 2100
WEEK = timedelta(days=7)


class BadPeriod(InvalidInput):
    """Dates that are malformed, reversed, too far away or too far apart."""

    code = "bad_period"


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
        return midnight(self.last + timedelta(days=1))

    def days(self) -> Iterator[date]:
        """Every day of it."""
        for n in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=n)

    def holds(self, field: str) -> Q:
        """The condition that a moment lies in it."""
        return Q(**{f"{field}__gte": self.starts_at, f"{field}__lt": self.ends_at})

    def __str__(self) -> str:
        if self.first == self.last:
            return self.first.isoformat()
        return f"{self.first.isoformat()} – {self.last.isoformat()}"


def read_day(text: str) -> date:
    """A day written as year, month and day. Raises BadPeriod."""
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadPeriod(_("Please write dates as year-month-day, such as 2026-05-01."))
    return day


def read_period(first: str, last: str, *, today: date) -> Period:
    """The period between two dates as people typed them; the film week so far where both are empty.

    Raises BadPeriod.
    """
    if not first.strip() and not last.strip():
        return Period(film_week_of(today).first, today)
    period = Period(read_day(first or last), read_day(last or first))
    if period.first > period.last:
        raise BadPeriod(_("The first day comes after the last."))
    if (period.last - period.first).days >= LONGEST:
        raise BadPeriod(_("A report covers a year at most."))
    return period


def film_week_of(day: date) -> Period:
    """The film week this day lies in."""
    first = day - timedelta(days=(day.weekday() - settings.FILM_WEEK_STARTS) % 7)
    return Period(first, first + timedelta(days=6))


def week_number(week: Period, released: date | None) -> int | None:
    """Which week of a film's first run this is, counted from the one it was released in; None outside it."""
    if released is None:
        return None
    number = (week.first - film_week_of(released).first) // WEEK + 1
    return number if 0 < number <= LONGEST_RUN else None


def quick_periods(today: date) -> list[tuple[Promise, Period]]:
    """The periods people ask for most."""
    this_week = film_week_of(today)
    last_week = Period(this_week.first - WEEK, this_week.first - timedelta(days=1))
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    yesterday = today - timedelta(days=1)
    return [
        (_("Today"), Period(today, today)),
        (_("Yesterday"), Period(yesterday, yesterday)),
        (_("This film week"), Period(this_week.first, today)),
        (_("Last film week"), last_week),
        (_("This month"), Period(month, today)),
        (_("Last month"), Period(before.replace(day=1), before)),
    ]
