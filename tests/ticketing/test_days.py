"""A business day runs from close to close: its figures are frozen, and what comes later is a later day's."""

from datetime import timedelta

import pytest
from django.db import transaction

from backoffice.counter import sell_for_cash
from tests.factories import a_clerk, a_hall, a_paid_order, a_shift, a_showtime, a_till, afterwards, an_order, money
from ticketing.journal import JournalEntry, accounts, balances, head, seal_waiting
from ticketing.models import BusinessDay
from ticketing.money.days import (
    DayClosedMeanwhile,
    NoJournalKey,
    ShiftsOpen,
    close_day,
    day_so_far,
    entries_of,
    next_number,
)
from ticketing.money.in_house import pay_in_house
from ticketing.money.refunds import refund_order
from ticketing.money.shifts import close_shift, figures_of, move_cash

pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def clerk(db):
    """Who sells."""
    return a_clerk()


@pytest.fixture
def evening(now, clerk):
    """A shift: float of 200, two tickets sold for cash, one came back, 100 dropped, 5 missing; and sales elsewhere."""
    shift = a_shift(clerk, now=now, float_amount=money(200), till=a_till("1"))
    showtime = a_showtime(now=now, hall=a_hall(rows=4))
    order = sell_for_cash(
        showtime_id=showtime.pk, seats=["A1", "A2"], price_types={}, received=None, clerk=clerk, now=now, key="k"
    )
    refund_order(order=order, now=now, by=clerk, ticket_ids=[order.tickets.first().pk])
    move_cash(shift_id=shift.pk, kind="drop", amount=money(100), by=clerk, now=now)
    close_shift(shift_id=shift.pk, counted=money(140), by=clerk, now=now)
    a_paid_order(now=now, showtime=showtime, seats=["B1"])
    pay_in_house(order=an_order(now=now, showtime=showtime, seats=["C1"]), provider="office", now=now, by=clerk)
    return order


def test_the_figures_are_by_method_till_channel_and_account(now, clerk, evening):
    day = close_day(number=1, by=clerk, now=now)

    figures = day.figures
    cash = {"sale": money(90), "sale_count": 1, "refund": money(45), "refund_count": 1}
    assert figures["methods"]["cash"] == {**cash, "paid_out": money(45), "paid_out_count": 1}
    assert {name: sums["sale"] for name, sums in figures["methods"].items()} == {
        "cash": money(90),
        "office": money(45),
        "sandbox": money(45),
    }
    assert {name: sums["sale"] for name, sums in figures["tills"].items()} == {"": money(90), "1": money(90)}
    assert {name: sums["sale"] for name, sums in figures["channels"].items()} == {
        "counter": money(90),
        "web": money(90),
    }
    assert figures["tickets"] == {"sold": 4, "returned": 1}
    assert figures["accounts"]["CNY"]["differences"] == money(5)
    assert figures["accounts"]["CNY"]["revenue:tickets"] == money(-135)
    assert [(one["till"], one["expected"], one["counted"]) for one in figures["shifts"]] == [
        ("1", money(145), money(140))
    ]
    assert [one["amount"] for one in figures["office"]] == [money(45)]


def test_the_drawers_sum_is_the_journals(now, clerk):
    shift = a_shift(clerk, now=now, float_amount=money(200), till=a_till("1"))
    showtime = a_showtime(now=now)
    sell_for_cash(showtime_id=showtime.pk, seats=["A1"], price_types={}, received=None, clerk=clerk, now=now, key="k")
    move_cash(shift_id=shift.pk, kind="out", amount=money(7), by=clerk, now=now, reason="x")
    drawer = (accounts.cash("1"), "CNY")

    before = balances(JournalEntry.objects.filter(shift_id=shift.pk))[drawer]
    expected = figures_of(shift).expected
    close_shift(shift_id=shift.pk, counted=money(233), by=clerk, now=now)
    after = balances(JournalEntry.objects.filter(shift_id=shift.pk))

    assert before == expected == money(238)
    assert (after[drawer], after["differences", "CNY"], after["petty_cash", "CNY"]) == (0, money(5), money(7))


def test_a_later_refund_leaves_the_day_as_it_was_and_counts_on_its_own(now, clerk, evening):
    first = close_day(number=1, by=clerk, now=now)
    frozen = BusinessDay.objects.get().figures
    later = now + timedelta(hours=20)

    shift = a_shift(clerk, now=later)
    refund_order(order=evening, now=later, by=clerk)
    close_shift(shift_id=shift.pk, counted=0, by=clerk, now=later)
    second = close_day(number=2, by=clerk, now=later)

    first.refresh_from_db()
    assert first.figures == frozen
    assert second.figures["methods"] == {
        "cash": {"sale": 0, "sale_count": 0, "refund": money(45), "refund_count": 1, "paid_out": money(45),
                 "paid_out_count": 1}
    }  # fmt: skip
    assert second.first_seal == first.head_seal + 1


def test_every_entry_is_in_one_day(now, clerk, evening):
    close_day(number=1, by=clerk, now=now)
    a_paid_order(now=now)
    afterwards(now)
    close_day(number=2, by=clerk, now=now)
    seal_waiting(now=now)

    days = [set(entries_of(day).values_list("pk", flat=True)) for day in BusinessDay.objects.order_by("number")]
    left = set(
        JournalEntry.objects.filter(seal__seq__gt=BusinessDay.objects.first().head_seal).values_list("pk", flat=True)
    )

    assert days[0] & days[1] == set()
    assert days[0] | days[1] | left == set(JournalEntry.objects.values_list("pk", flat=True))


def test_the_head_on_the_day_is_the_journals(now, clerk, evening):
    day = close_day(number=1, by=clerk, now=now)

    newest = head()
    assert (day.head_seal, day.head_mac) == (newest.seq, newest.mac)


def test_it_waits_for_every_drawer_to_be_counted(now, clerk):
    shift = a_shift(clerk, now=now)

    with pytest.raises(ShiftsOpen) as refusal:
        close_day(number=1, by=clerk, now=now)
    close_shift(shift_id=shift.pk, counted=0, by=clerk, now=now)
    close_day(number=1, by=clerk, now=now)

    assert refusal.value.details["tills"] == [shift.till.name]


def test_a_second_click_closes_no_second_day(now, clerk):
    close_day(number=1, by=clerk, now=now)

    with pytest.raises(DayClosedMeanwhile):
        close_day(number=1, by=clerk, now=now)

    assert (BusinessDay.objects.count(), next_number()) == (1, 2)


def test_without_a_key_there_is_no_day_to_close(now, clerk, settings):
    settings.JOURNAL_KEY = ""

    with pytest.raises(NoJournalKey):
        close_day(number=1, by=clerk, now=now)


def test_broken_off_half_way_nothing_is_closed(now, clerk, evening, monkeypatch):
    def fall(_day):
        raise RuntimeError("power cut")

    monkeypatch.setattr("ticketing.money.days.post_day_closed", fall)
    with pytest.raises(RuntimeError), transaction.atomic():
        close_day(number=1, by=clerk, now=now)

    assert (BusinessDay.objects.count(), JournalEntry.objects.filter(kind="day_closed").count()) == (0, 0)


def test_the_day_so_far_is_what_would_be_frozen(now, clerk, evening):
    so_far = day_so_far()  # nothing of it is sealed yet

    assert close_day(number=1, by=clerk, now=now).figures == so_far
