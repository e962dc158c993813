"""Whatever is sold, cancelled, refunded or voided, and whenever: reports, dashboard figures and ledger agree."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from backoffice import figures
from backoffice.counter import sell_for_cash
from backoffice.reports import DIMENSIONS, box_office, cash_flow, film_return, occupancy, refunds
from backoffice.reports.table import as_file
from cinema.days import Period, film_week_of
from cinema.errors import CinemaError
from tests.effort import examples
from tests.factories import (
    a_clerk,
    a_customer,
    a_hall,
    a_movie,
    a_price_card,
    a_showtime,
    an_order,
    authorised,
    begun,
    money,
    pay,
)
from ticketing.models import JournalEntry, Order, Showtime
from ticketing.money.refunds import refund_order
from ticketing.money.verify import find_faults
from ticketing.sale.orders import cancel_order

pytestmark = pytest.mark.django_db
# In Santiago midnight itself is left out in spring and comes twice in autumn.
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/Santiago", date(2026, 4, 5)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Asia/Shanghai", date(2026, 5, 1)),
]
ACTS = ["sell", "counter", "hold", "cancel", "refund", "refund_one", "void"]
STEP = st.tuples(
    st.integers(0, 72 * 60), st.sampled_from(ACTS), st.integers(0, 2), st.integers(1, 8), st.integers(1, 3)
)


class House:
    """Three showtimes at odd prices, and people who do things to them at any minute of three days."""

    def __init__(self, change: date, zone: str) -> None:
        self.begins = datetime(change.year, change.month, change.day, tzinfo=ZoneInfo(zone)) - timedelta(days=1)
        self.customer, self.clerk = a_customer(), a_clerk()
        card = a_price_card(child="-11.11")
        movie = a_movie()
        starts = self.begins + timedelta(days=4)
        self.showtimes = [
            a_showtime(starts_at=starts, hall=a_hall(rows=3), movie=movie, price=money("33.33"), price_card=card),
            a_showtime(starts_at=starts, hall=a_hall(rows=3), price=money("0.01")),
            a_showtime(starts_at=starts, hall=a_hall(rows=3), price=money(0)),
        ]

    def live(self, steps: list[tuple]) -> None:
        """Let it all happen, in the order of the clock; what the domain refuses doesn't happen."""
        for minute, act, which, seat, count in sorted(steps):
            now = (self.begins.astimezone(ZoneInfo("UTC")) + timedelta(minutes=minute)).replace(second=minute % 60)
            seats = [f"{'ABC'[count - 1]}{seat}", *(["A8"] if count > 1 else [])]
            try:
                getattr(self, act)(self.showtimes[which], sorted(set(seats)), now)
            except CinemaError:
                continue

    def hold(self, showtime: Showtime, seats: list[str], now: datetime) -> Order:
        types = {seats[0]: "child"} if showtime.price_card_id else None
        return an_order(showtime=showtime, seats=seats, customer=self.customer, now=now, price_types=types)

    def sell(self, showtime: Showtime, seats: list[str], now: datetime) -> None:
        order = self.hold(showtime, seats, now)
        if order.total_amount:
            pay(order, now=now)

    def counter(self, showtime: Showtime, seats: list[str], now: datetime) -> None:
        facts = {"showtime_id": showtime.pk, "seats": seats, "price_types": {}, "received": None, "key": ""}
        sell_for_cash(clerk=self.clerk, now=now, **facts)

    def cancel(self, showtime: Showtime, seats: list[str], now: datetime) -> None:
        if order := Order.objects.filter(showtime=showtime, status="pending").first():
            cancel_order(order=order, now=now, by=self.clerk)

    def refund(self, showtime: Showtime, seats: list[str], now: datetime) -> None:
        if order := Order.objects.filter(showtime=showtime, status="paid").first():
            refund_order(order=order, now=now, by=self.clerk, reason="ill")

    def refund_one(self, showtime: Showtime, seats: list[str], now: datetime) -> None:
        if order := Order.objects.filter(showtime=showtime, status="paid").last():
            ticket = order.tickets.exclude(status="refunded").first()
            refund_order(order=order, now=now, by=self.clerk, reason="late", ticket_ids=[ticket.pk])

    def void(self, showtime: Showtime, seats: list[str], now: datetime) -> None:
        """Authorised at the bank when the order is already given up: nothing is charged."""
        order = self.hold(showtime, seats, now)
        if order.total_amount:
            payment = begun(order, now)
            cancel_order(order=order, now=now, by=self.clerk)
            authorised(payment, now)


def by_day(zone: str, kind: str) -> dict[date, int]:
    """The journal's sums of a kind of entry, divided into days here and not in the database."""
    sums: dict[date, int] = defaultdict(int)
    for entry in JournalEntry.objects.filter(kind=kind):
        sums[entry.at.astimezone(ZoneInfo(zone)).date()] += entry.amount
    return sums


def in_a_history(check: Callable[[House, Period], None], change: date, zone: str, steps: list[tuple]) -> None:
    """Live through a history, check, and forget it."""
    with transaction.atomic():
        house = House(change, zone)
        house.live(steps)
        check(house, Period(change - timedelta(days=2), change + timedelta(days=3)))
        transaction.set_rollback(True)


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_reports_figures_and_ledger_agree_to_the_cent(zone, change, settings):
    settings.TIME_ZONE = zone

    def check(house: House, period: Period) -> None:
        report = box_office(period=period)
        dashboard = figures.box_office(period.first, period.last)
        taken, paid_back = by_day(zone, "sale"), by_day(zone, "refund")
        flow = cash_flow(period)

        assert report.values("gross") == [taken[day] for day in period.days()]
        assert report.values("revenue") == [day.revenue for day in dashboard.days]
        assert report.values("tickets") == [day.sales_count for day in dashboard.days]
        assert report.total("revenue") == dashboard.total == flow.balance
        assert (flow.taken, flow.paid_back) == (sum(taken.values()), sum(paid_back.values()))
        for day in period.days():
            assert cash_flow(Period(day, day)).paid_back == paid_back[day]
            assert refunds(period=Period(day, day)).total("back") == paid_back[day]
        totals = [box_office(period=period, by=by).totals[1:] for by in DIMENSIONS]
        assert totals == [report.totals[1:]] * len(DIMENSIONS)
        shown = Period(change, change + timedelta(days=5))
        assert box_office(period=shown, basis="shown").totals[1:7] == report.totals[1:7]
        filled, full = occupancy(period=shown), figures.occupancy(shown.first, shown.last)
        assert [filled.total(key) for key in ("showtimes", "seats", "tickets", "occupancy")] == [
            full.showtimes,
            full.seats,
            full.sold,
            full.percentage,
        ]
        assert full.sold == report.total("tickets")
        assert figures.dashboard(house.begins).total_revenue == report.total("revenue")
        movie, week = house.showtimes[0].movie, film_week_of(house.showtimes[0].starts_at.date())
        films = {row[0]: row[6] for row in box_office(period=period, by="film").rows}
        assert film_return(movie=movie, week=week).total("gross") == films.get(movie.local_title, 0)
        last_line = list(csv.reader(io.StringIO(as_file(report, "csv").decode("utf-8-sig"))))[-1]
        assert money(last_line[6]) == report.total("revenue")
        assert list(find_faults(now=house.begins)) == []

    live_through(check, change, zone)


def live_through(check: Callable[[House, Period], None], change: date, zone: str) -> None:
    """Check it for many random histories."""

    @effort(max_examples=examples(10), deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEP, min_size=1, max_size=14))
    def histories(steps: list[tuple]) -> None:
        in_a_history(check, change, zone, steps)

    histories()
