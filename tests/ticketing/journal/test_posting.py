"""What is posted, on which accounts, and what it costs a sale."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import a_clerk, a_customer, a_paid_order, a_shift, a_till, an_order, authorised, begun
from ticketing.journal import Entry, JournalEntry, Kind, balances, post
from ticketing.money.in_house import pay_in_house
from ticketing.money.refunds import refund_order
from ticketing.sale import orders

pytestmark = pytest.mark.django_db


def online(order, now):
    payment = begun(order, now)
    return lambda: authorised(payment, now)


def at_the_counter(order, now):
    clerk = a_clerk()
    a_shift(clerk, now=now, till=a_till(f"T{order.pk}"))
    return lambda: pay_in_house(order=order, provider="cash", now=now, by=clerk)


@pytest.mark.parametrize("ready", [online, at_the_counter])
def test_a_sale_with_the_journal_costs_one_statement_more_than_without(now, monkeypatch, ready):
    counts = []
    for seats in (["A1"], ["A1", "A2", "A3"]):
        sell = ready(an_order(now=now, seats=seats), now)
        with CaptureQueriesContext(connection) as queries:
            sell()
        counts.append(len(queries))
    monkeypatch.setattr(orders, "post_sale", lambda **facts: None)
    sell = ready(an_order(now=now, seats=["A1", "A2"]), now)
    with CaptureQueriesContext(connection) as queries:
        sell()

    assert counts == [len(queries) + 1] * 2


def test_an_entry_attests_the_sale_and_says_no_name(now):
    buyer = a_customer("wang", email="wang@example.com", phone="+8613800138000")
    order = a_paid_order(now=now, seats=["A1", "A2"], customer=buyer)

    entry = order.journal.get(kind=Kind.SALE)

    told = f"{entry.facts} {entry.postings} {entry.reason} {entry.buyer}"
    assert entry.buyer == buyer.pseudonym
    assert (entry.amount, entry.currency, entry.provider, entry.ticket_count) == (9000, "CNY", "sandbox", 2)
    assert [item[1] for item in entry.facts["items"]] == list(order.tickets.order_by("pk").values_list("pk", flat=True))
    secrets = [*order.tickets.values_list("code", flat=True), "wang", "13800138000"]
    assert [secret for secret in secrets if secret in told] == []


def test_money_is_reserved_taken_owed_and_paid_out(now):
    order = an_order(now=now, seats=["A1", "A2"])
    clerk = a_clerk()

    pay_in_house(order=order, provider="cash", now=now, by=clerk)
    sold = balances(order.journal.all())
    refund_order(order=order, now=now, by=clerk, ticket_ids=[order.tickets.first().pk], handed_out=False)
    owed = balances(order.journal.all())
    refund_order(order=order, now=now, by=clerk)
    paid = balances(order.journal.all())

    assert sold == {("cash", "CNY"): 9000, ("revenue:tickets", "CNY"): -9000}
    assert owed == {("cash", "CNY"): 9000, ("revenue:tickets", "CNY"): -4500, ("refunds_owed", "CNY"): -4500}
    assert paid == {("cash", "CNY"): 4500, ("revenue:tickets", "CNY"): 0, ("refunds_owed", "CNY"): -4500}
    assert [entry.kind for entry in order.journal.order_by("pk")] == ["sale", "refund", "refund", "paid_out"]


def test_what_the_bank_reserved_is_told_from_what_it_took(now):
    order = an_order(now=now)
    authorised(begun(order, now), now)
    reserved = balances(order.journal.all())

    taken = balances(a_paid_order(now=now).journal.all())

    assert reserved == {("reserved:sandbox", "CNY"): 4500, ("revenue:tickets", "CNY"): -4500}
    assert {account: sum_ for (account, _currency), sum_ in taken.items() if sum_} == {
        "provider:sandbox": 4500,
        "revenue:tickets": -4500,
    }


def test_currencies_are_added_up_apart(now):
    for currency in ("CNY", "JPY", "JPY"):
        post(Entry(kind=Kind.REFUND, at=now, currency=currency, postings={"cash": -5, "revenue:tickets": 5}))

    assert balances(JournalEntry.objects.all()) == {
        ("cash", "CNY"): -5,
        ("cash", "JPY"): -10,
        ("revenue:tickets", "CNY"): 5,
        ("revenue:tickets", "JPY"): 10,
    }
    assert balances(JournalEntry.objects.none()) == {}


def test_an_entry_says_when_it_was_written_down_whatever_it_attests(now):
    before = timezone.now()
    post(Entry(kind=Kind.ADMISSION, at=now, currency="CNY"))

    assert before <= JournalEntry.objects.get().recorded_at <= timezone.now()


def test_postings_that_do_not_add_up_are_a_mistake(now):
    with pytest.raises(ValueError, match="add up to 1"):
        post(Entry(kind=Kind.SALE, at=now, currency="CNY", postings={"cash": 1}))

    assert JournalEntry.objects.count() == 0
