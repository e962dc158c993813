"""The periods that reports cover, as people ask for them.

A film week begins on ``FILM_WEEK_STARTS`` (Monday, as in China; France takes Wednesday, North America Friday), and a
film's first week is the one its release date lies in.
"""

from datetime import date

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cinema.days import WEEK_DAYS, Period, add_days, film_week_of, one_day
from cinema.errors import InvalidInput

LONGEST = 366
MAX_RUN = 104
FIRST_YEAR, LAST_YEAR = 2000, 2100


class BadPeriod(InvalidInput):
    """Dates that are malformed, reversed, too far away or too far apart."""

    code = "bad_period"


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
    if period.length > LONGEST:
        raise BadPeriod(_("A report covers a year at most."))
    return period


def week_number(week: Period, released: date | None) -> int | None:
    """Which week of a film's first run this is, counted from the one it was released in; None outside it."""
    if released is None:
        return None
    number = (week.first - film_week_of(released).first).days // WEEK_DAYS + 1
    return number if 0 < number <= MAX_RUN else None


def quick_periods(today: date) -> list[tuple[Promise, Period]]:
    """The periods people ask for most."""
    this_week = film_week_of(today)
    month = today.replace(day=1)
    before = add_days(month, -1)
    return [
        (_("Today"), one_day(today)),
        (_("Yesterday"), one_day(add_days(today, -1))),
        (_("This film week"), Period(this_week.first, today)),
        (_("Last film week"), film_week_of(add_days(this_week.first, -1))),
        (_("This month"), Period(month, today)),
        (_("Last month"), Period(before.replace(day=1), before)),
    ]
