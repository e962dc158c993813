"""Takings: money on the day of the sale, refunds on the day of the refund, by clerk, till and way of paying."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backoffice.counter import sell_for_cash
from backoffice.reports import BadPeriod, cash_flow, takings
from cinema.days import Period, one_day
from tests.factories import a_clerk, a_paid_order, a_shift, a_showtime, a_till, afterwards, money
from ticketing.money.refunds import refund_by_customer, refund_order

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = date(2026, 5, 4), date(2026, 5, 5)
NOON = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = timedelta(days=1)


@pytest.fixture
def sales():
    """Two clerks sell for cash on Monday, a customer online; on Tuesday one ticket of each goes back."""
    showtime = a_showtime(starts_at=NOON + 3 * DAY)
    anna, ben = a_clerk("anna", nickname="Anna"), a_clerk("ben", nickname="Ben")
    for n, clerk in enumerate((anna, ben)):
        a_shift(clerk, now=NOON, till=a_till(f"{n}"))
    facts = {"showtime_id": showtime.pk, "price_types": {}, "received": None, "now": NOON}
    first = sell_for_cash(seats=["A1", "A2"], clerk=anna, key="a", **facts)
    sell_for_cash(seats=["B1"], clerk=ben, key="b", **facts)
    online = a_paid_order(showtime=showtime, seats=["C1"], now=NOON)
    refund_order(order=first, now=NOON + DAY, by=ben, ticket_ids=[first.tickets.first().pk])
    refund_by_customer(order=online, now=NOON + DAY)
    afterwards(NOON + DAY)


def rows(day, by):
    """What the report of a day says, without its totals."""
    return {row[0]: row[1:] for row in takings(period=one_day(day), by=by).rows}


def test_money_counts_on_the_day_it_was_taken_and_on_the_day_it_went_back(sales):
    report = takings(period=Period(MONDAY, TUESDAY + DAY), by="day")

    assert report.rows == [
        [MONDAY, 3, money(180), 0, 0, money(180)],
        [TUESDAY, 0, 0, 2, money(90), money(-90)],
        [TUESDAY + DAY, 0, 0, 0, 0, 0],
    ]
    assert report.totals[1:] == [3, money(180), 2, money(90), money(90)]


def test_by_way_of_paying_refunds_have_theirs_too(sales):
    assert rows(MONDAY, "method") == {
        "现金": [2, money(135), 0, 0, money(135)],
        "沙盒银行（不涉及真实资金）": [1, money(45), 0, 0, money(45)],
    }
    assert rows(TUESDAY, "method") == {
        "现金": [0, 0, 1, money(45), money(-45)],
        "沙盒银行（不涉及真实资金）": [0, 0, 1, money(45), money(-45)],
    }


def test_by_clerk_a_refund_counts_with_whoever_gave_it_and_a_customers_own_with_nobody(sales):
    assert rows(MONDAY, "clerk") == {
        "Anna": [1, money(90), 0, 0, money(90)],
        "Ben": [1, money(45), 0, 0, money(45)],
        "线上，无店员": [1, money(45), 0, 0, money(45)],
    }
    assert rows(TUESDAY, "clerk") == {
        "Ben": [0, 0, 1, money(45), money(-45)],
        "线上，无店员": [0, 0, 1, money(45), money(-45)],
    }


def test_by_till_and_channel(sales):
    assert rows(MONDAY, "till")["收银台 0 (0)"] == [1, money(90), 0, 0, money(90)]
    assert rows(TUESDAY, "till")["收银台 1 (1)"] == [0, 0, 1, money(45), money(-45)]
    assert [row[1] for row in takings(period=one_day(MONDAY), by="channel").rows] == [2, 1]


@pytest.mark.parametrize("by", ["day", "method", "clerk", "till", "channel"])
def test_every_way_of_adding_up_comes_to_what_the_ledger_says(sales, by):
    period = Period(MONDAY, TUESDAY)
    flow = cash_flow(period)

    totals = takings(period=period, by=by)

    assert (totals.total("taken"), totals.total("back")) == (flow.taken, flow.paid_back)


@pytest.mark.parametrize("by", ["day", "method", "clerk", "till", "channel"])
def test_it_takes_no_more_queries_for_more_rows(sales, by, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        takings(period=Period(MONDAY, TUESDAY), by=by)


def test_an_unknown_way_is_refused():
    with pytest.raises(BadPeriod):
        takings(period=one_day(MONDAY), by="moon")
