"""Moments and the house's clock.

A moment is a datetime in UTC; spans are added to moments and never to what a wall clock shows, which skips an hour in
the night when clocks go forward and shows one twice when they go back. (Python adds to, subtracts and compares two
datetimes of one time zone by their clocks alone.) What people write by the house's clock becomes a moment in
``moment_of``, at every door that takes one.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cinema.errors import InvalidInput

# 2026-10-25 02:30, 2026-10-25T02:30:00, 2026-10-25T02:30+01:00
LOCAL_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?( ?(Z|[+-]\d{2}:?\d{2}))?")


class NoSuchTime(InvalidInput):
    """The house's clock never shows this time: it lies in the hour that is left out when clocks go forward."""

    code = "no_such_time"
    message = _("This time does not exist: the clocks go forward over it.")


class BadTime(InvalidInput):
    """A text that is no date and time."""

    code = "bad_time"
    message = _("Please write date and time such as 2026-05-01 19:30.")


def house_zone() -> tzinfo:
    """The time zone of the house, ``TIME_ZONE``."""
    return timezone.get_default_timezone()


def moment_of(local: datetime) -> datetime:
    """The moment at which the house's clock shows this; with an offset of its own, the moment it says.

    A time that is shown twice is the first of the two. Raises NoSuchTime for one that is never shown.
    """
    if local.tzinfo is not None:
        return utc(local)
    moment = utc(local.replace(tzinfo=house_zone(), fold=0))
    if moment.astimezone(house_zone()).replace(tzinfo=None) != local.replace(fold=0):
        raise NoSuchTime
    return moment


def first_moment_from(local: datetime) -> datetime:
    """The first moment at which the house's clock shows this or later: also of a midnight that is left out."""
    # Of a time that is left out, zoneinfo takes the offset before the change: it falls on the hour after the gap.
    return utc(local.replace(tzinfo=house_zone(), fold=0))


def read_time(text: str) -> datetime:
    """The moment a text says by the house's clock, or by the offset written behind it. Raises BadTime, NoSuchTime."""
    text = text.strip()
    if not LOCAL_TIME.fullmatch(text):
        raise BadTime
    try:
        return moment_of(datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-").replace(" Z", "Z")))
    except (ValueError, OverflowError):
        raise BadTime from None


def local(moment: datetime) -> datetime:
    """What the house's clock shows at this moment, to be shown and never to be reckoned with."""
    return moment.astimezone(house_zone())


def wall_clock(moment: datetime) -> datetime:
    """The same without its zone: a date and a time of day."""
    return local(moment).replace(tzinfo=None, fold=0)


def is_second_showing(moment: datetime) -> bool:
    """Whether the clock showed this time once before, an hour ago; it takes its offset to say which is meant."""
    return moment_of(wall_clock(moment)) != moment


def written(moment: datetime) -> str:
    """As ``read_time`` reads it, ``2026-05-01T19:30``; with its offset only where it would be another without."""
    shown = local(moment) if is_second_showing(moment) else wall_clock(moment)
    return shown.isoformat(timespec="seconds" if shown.second else "minutes")


def utc(moment: datetime) -> datetime:
    """The same moment in UTC."""
    return moment.astimezone(UTC)


def after(moment: datetime, span: timedelta) -> datetime:
    """The moment so much later."""
    return utc(moment) + span


def before(moment: datetime, span: timedelta) -> datetime:
    """The moment so much earlier."""
    return utc(moment) - span


def elapsed(first: datetime, last: datetime) -> timedelta:
    """How much time passes from one moment to another."""
    return utc(last) - utc(first)
