"""Which of the cinema's days a moment lies in, also where the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cinema.days import DayOf
from tests.factories import a_customer, a_showtime, an_order
from ticketing.models import Order

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/Berlin", date(2026, 3, 29)),
        ("Europe/Berlin", date(2026, 10, 25)),
        ("America/Santiago", date(2026, 4, 5)),
        ("America/Santiago", date(2026, 9, 6)),
    ],
)
def test_every_half_hour_lies_in_the_day_its_clock_showed(zone, change, settings):
    settings.TIME_ZONE = zone
    first, last = change - timedelta(days=1), change + timedelta(days=1)
    order = an_order(showtime=a_showtime(), seats=["A1"], customer=a_customer())
    begins = datetime(first.year, first.month, first.day, 12, tzinfo=UTC)
    wrong = []

    for n in range(72):
        moment = begins + timedelta(minutes=30 * n)
        Order.objects.filter(pk=order.pk).update(created_at=moment)
        found = Order.objects.annotate(day=DayOf("created_at", first, last)).get(pk=order.pk).day
        if found != moment.astimezone(ZoneInfo(zone)).date():
            wrong.append((moment, found))

    assert wrong == []
