"""When recurring work comes round again."""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from cinema.jobs.registry import Kind


def next_time(kind: Kind, *, after: datetime) -> datetime:
    """The next moment of a recurring kind. Every so often means on the clock, so a restart moves nothing."""
    if kind.every is not None:
        turns = (after - datetime(2000, 1, 1, tzinfo=UTC)) // kind.every + 1
        return datetime(2000, 1, 1, tzinfo=UTC) + turns * kind.every
    assert kind.daily_at is not None
    zone = timezone.get_default_timezone()
    day = after.astimezone(zone).date()
    # A time that the clocks leave out in spring is an hour later in UTC; one that comes twice is the first.
    moment = datetime.combine(day, kind.daily_at, zone).astimezone(UTC)
    if moment <= after:
        moment = datetime.combine(day + timedelta(days=1), kind.daily_at, zone).astimezone(UTC)
    return moment
