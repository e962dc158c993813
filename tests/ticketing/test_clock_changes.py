"""The two nights in which clocks change, in a zone that has them and in the house's own: all goes by time that passes.

A film of 166 minutes with ten minutes of trailers starts late on a Saturday evening by the house's clock.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from backoffice import figures
from cinema.clock import moment_of, wall_clock
from cinema.days import day_of, one_day
from tests.factories import a_clerk, a_customer, a_hall, a_movie, a_paid_order, an_administrator, an_order, money
from ticketing.door.admission import admit_ticket
from ticketing.models import Order, Showtime
from ticketing.money.refunds import RefundClosed, refund_by_customer
from ticketing.programme.scheduling import ShowtimesOverlap, add_showtime
from ticketing.sale.holds import SalesClosed
from ticketing.sale.moves import move_showtime
from ticketing.sale.planning import fill_hall
from ticketing.sale.showtime_changes import update_showtime

pytestmark = pytest.mark.usefixtures("night_books")
SPRING, AUTUMN = date(2030, 3, 31), date(2030, 10, 27)
MINUTE = timedelta(minutes=1)
PRICE = money(45)


@pytest.fixture(params=["Europe/Berlin", "Asia/Shanghai"])
def zone(request, settings) -> ZoneInfo:
    """A zone whose clocks change, and the house's own."""
    settings.TIME_ZONE = request.param
    return ZoneInfo(request.param)


@pytest.fixture(params=[SPRING, AUTUMN], ids=["spring", "autumn"])
def night(request) -> date:
    """The Sunday on which clocks change in Berlin."""
    return request.param


@pytest.fixture
def start(zone, night) -> datetime:
    """01:15 of that night, as a door in a careless mood would give it: in local time."""
    return datetime(night.year, night.month, night.day, 1, 15, tzinfo=zone)


@pytest.fixture
def night_books(db):
    """Money and seats add up in the end."""
    from ticketing.money.verify import find_faults  # noqa: PLC0415

    yield
    assert list(find_faults(now=datetime(2030, 1, 1, tzinfo=UTC))) == []


def plan(hall, starts_at, **facts) -> Showtime:
    """A film of 166 minutes."""
    movie = facts.pop("movie", None) or a_movie(duration=166)
    return add_showtime(movie=movie, hall=hall, starts_at=starts_at, price=PRICE, **facts)


def stored(showtime: Showtime) -> Showtime:
    """As the database has it."""
    return Showtime.objects.get(pk=showtime.pk)


def minutes_after(start: datetime, moment: datetime) -> int:
    """How much time passes."""
    return (moment.astimezone(UTC) - start.astimezone(UTC)) // MINUTE


def test_a_film_takes_as_long_as_it_takes(start):
    planned = stored(plan(a_hall(turnaround_minutes=15, preshow_minutes=10), start))

    times = [planned.film_starts_at, planned.ends_at, planned.clears_at]
    assert [minutes_after(start, moment) for moment in times] == [10, 176, 191]


def test_in_berlin_the_film_of_the_spring_night_ends_at_five_past_five(settings):
    settings.TIME_ZONE = "Europe/Berlin"

    planned = stored(plan(a_hall(), moment_of(datetime(2030, 3, 31, 1, 15))))

    assert wall_clock(planned.ends_at) == datetime(2030, 3, 31, 5, 1)


def test_a_hall_is_taken_until_it_is_ready_and_not_a_minute_longer(start, zone):
    hall = a_hall(turnaround_minutes=15)
    first = plan(hall, start)
    ready = start.astimezone(UTC) + timedelta(minutes=181)

    for early in (ready - MINUTE, ready - 60 * MINUTE):
        with pytest.raises(ShowtimesOverlap):
            plan(hall, early.astimezone(zone))
    second = plan(hall, ready.astimezone(zone))

    assert (stored(first).clears_at, stored(second).starts_at) == (ready, ready)


def test_a_showtime_moved_into_the_night_takes_as_long_too(start, zone):
    hall = a_hall(turnaround_minutes=15)
    planned = plan(hall, start - timedelta(days=3))
    now = (start - timedelta(days=9)).astimezone(UTC)

    update_showtime(showtime_id=planned.pk, now=now, starts_at=start)

    assert minutes_after(start, stored(planned).ends_at) == 166


def test_tickets_moved_into_the_night_are_moved_to_a_place_as_long(start):
    now = (start - timedelta(days=9)).astimezone(UTC)
    hall, planned = a_hall(turnaround_minutes=15), plan(a_hall(), start - timedelta(days=3))
    a_paid_order(showtime=planned, customer=a_customer(), now=now)

    moved = move_showtime(showtime_id=planned.pk, hall=hall, starts_at=start, now=now, by=an_administrator())

    assert [minutes_after(start, moment) for moment in (moved.ends_at, stored(moved).clears_at)] == [166, 181]


def test_a_hall_is_filled_without_gap_or_overlap(start):
    hall, movie = a_hall(turnaround_minutes=15), a_movie(duration=45)

    outcome = fill_hall(
        movie=movie, hall=hall, first_start=start, last_start=start + timedelta(hours=6), price=PRICE, format="2d"
    )

    starts = [stored(row).starts_at for row in outcome.done]
    gaps = {later - earlier for earlier, later in pairwise(starts)}
    assert (outcome.refused, gaps) == ([], {timedelta(hours=1)})
    # By the wall clock the last start is 07:15: an hour sooner or later where the clocks change.
    assert minutes_after(start, starts[-1]) // 60 == minutes_after(start, start + timedelta(hours=6)) // 60


def test_a_hold_lasts_its_ten_minutes_and_sales_close_at_the_start(start, settings):
    settings.HOLD_MINUTES, settings.SALES_CLOSE_MINUTES = 10, 60
    planned = plan(a_hall(), start)
    during = start.astimezone(UTC) + 40 * MINUTE  # 01:55, before the clocks change; sales close after they have

    order = an_order(showtime=planned, customer=a_customer(), now=during)
    last = an_order(showtime=planned, seats=["A2"], customer=a_customer(), now=during + 19 * MINUTE)
    with pytest.raises(SalesClosed):
        an_order(showtime=planned, seats=["A3"], customer=a_customer(), now=during + 20 * MINUTE)

    assert Order.objects.get(pk=order.pk).expires_at == during + 10 * MINUTE
    assert Order.objects.get(pk=last.pk).expires_at == during + 20 * MINUTE


def test_whoever_bought_may_give_it_back_until_so_long_before_the_start(zone, night, settings):
    settings.REFUND_CLOSE_MINUTES = 60
    start = datetime(night.year, night.month, night.day, 3, 30, tzinfo=zone)
    planned, bought = plan(a_hall(), start), start.astimezone(UTC) - timedelta(days=1)
    order = a_paid_order(showtime=planned, customer=a_customer(), now=bought)
    late = a_paid_order(showtime=planned, seats=["A2"], customer=a_customer(), now=bought)
    closes_at = start.astimezone(UTC) - 60 * MINUTE

    with pytest.raises(RefundClosed):
        refund_by_customer(order=late, now=closes_at)
    refund_by_customer(order=order, now=closes_at - MINUTE)

    assert [Order.objects.get(pk=one.pk).status for one in (order, late)] == ["refunded", "paid"]


def test_people_are_let_in_until_the_film_is_over(start):
    planned = plan(a_hall(), start)
    now = start.astimezone(UTC)
    order = a_paid_order(showtime=planned, customer=a_customer(), now=now - timedelta(days=1))

    last_minute = now + timedelta(minutes=165)
    at_door = list(Showtime.objects.at_door(last_minute))
    admit_ticket(code=order.tickets.get().code, by=a_clerk(), now=last_minute)

    assert (at_door, stored(planned).admits(last_minute)) == ([planned], True)
    assert list(Showtime.objects.at_door(last_minute + MINUTE)) == []
    assert order.tickets.get().admitted_at == last_minute


def test_each_moment_is_counted_on_the_day_its_clock_showed(zone, night):
    midnight = datetime(night.year, night.month, night.day, tzinfo=zone).astimezone(UTC)
    tomorrow = night + timedelta(days=1)
    next_midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone).astimezone(UTC)
    planned = plan(a_hall(), next_midnight + timedelta(days=2))
    moments = [midnight - MINUTE, midnight, next_midnight - MINUTE, next_midnight]
    for number, moment in enumerate(moments, start=1):
        a_paid_order(showtime=planned, seats=[f"A{number}"], customer=a_customer(), now=moment)

    sold = figures.box_office(night - timedelta(days=1), night + timedelta(days=1))

    assert [(day.date, day.sales_count) for day in sold.days] == [
        (night - timedelta(days=1), 1),
        (night, 2),
        (night + timedelta(days=1), 1),
    ]
    assert [day_of(moment) == night for moment in moments] == [False, True, True, False]
    assert Order.objects.filter(one_day(night).holds("paid_at")).count() == 2
