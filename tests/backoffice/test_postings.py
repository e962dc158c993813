"""The export for accounts: debit and credit of every account by day, and every posting as a line."""

import csv
import io
from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from backoffice.counter import sell_for_cash
from backoffice.reports import postings
from cinema.days import Period
from tests.backoffice.staff import doors_closed, staff_who_may
from tests.factories import a_clerk, a_shift, a_showtime, a_till, money
from ticketing.journal import seal_waiting
from ticketing.money.refunds import refund_order
from ticketing.money.shifts import close_shift

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2026, 5, 4), date(2026, 5, 5)
NOON = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def sales():
    """On Monday two tickets for cash; on Tuesday one goes back, for a reason a spreadsheet would run."""
    clerk, showtime = a_clerk(), a_showtime(starts_at=NOON + timedelta(days=3))
    shift = a_shift(clerk, now=NOON, float_amount=money(100), till=a_till("1"))
    order = sell_for_cash(
        showtime_id=showtime.pk, seats=["A1", "A2"], price_types={}, received=None, clerk=clerk, now=NOON, key="k"
    )
    later = NOON + timedelta(days=1)
    refund_order(order=order, now=later, by=clerk, ticket_ids=[order.tickets.first().pk], reason="=1+1")
    close_shift(shift_id=shift.pk, counted=money(140), by=clerk, now=later)
    seal_waiting(now=later)


def test_every_account_has_its_debit_and_credit_on_the_day(sales):
    report = postings(period=Period(MONDAY, TUESDAY))

    assert report.rows == [
        [MONDAY, "cash:1", "CNY", money(190), 0],
        [MONDAY, "floats", "CNY", 0, money(100)],
        [MONDAY, "revenue:tickets", "CNY", 0, money(90)],
        [TUESDAY, "cash:1", "CNY", 0, money(190)],
        [TUESDAY, "differences", "CNY", money(5), 0],
        [TUESDAY, "floats", "CNY", money(140), 0],
        [TUESDAY, "refunds_owed", "CNY", money(45), money(45)],
        [TUESDAY, "revenue:tickets", "CNY", money(45), 0],
    ]
    assert report.total("debit") == report.total("credit")


def test_the_lines_add_up_to_the_same_and_run_no_formula(sales):
    period = {"from": MONDAY.isoformat(), "to": TUESDAY.isoformat()}
    answer = staff_who_may("view_reports").get(reverse("admin:report_posting_lines"), period)

    lines = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    sums: Counter = Counter()
    for line in lines:
        sums["debit"] += money(line["debit"] or 0)
        sums["credit"] += money(line["credit"] or 0)
    report = postings(period=Period(MONDAY, TUESDAY))
    assert sums == {"debit": report.total("debit"), "credit": report.total("credit")}
    assert [int(line["seal"]) for line in lines] == sorted(int(line["seal"]) for line in lines)
    assert {line["reason"] for line in lines if line["kind"] == "refund"} == {"'=1+1"}


def test_a_senseless_period_is_refused_and_strangers_stay_out():
    address = reverse("admin:report_posting_lines")

    assert staff_who_may("view_reports").get(address, {"from": "x"}).status_code == 400
    assert doors_closed(address) == {"passer-by": 302, "customer": 302, "colleague": 403}
