"""Paying: success, decline, too late, twice, forged, free, and what settling makes good."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    a_clerk,
    a_customer,
    a_hall,
    a_paid_order,
    a_showtime,
    afterwards,
    an_order,
    authorised,
    begun,
    money,
    pay,
)
from ticketing.models import Claim, JournalEntry, LedgerEntry, Order, Payment, ProviderEvent, SandboxCharge, Ticket
from ticketing.money.call_offs import call_off_showtime
from ticketing.money.events import UnreadableEvent, receive_event
from ticketing.money.in_house import pay_in_house
from ticketing.money.payments import PaymentNotFound, start_payment
from ticketing.money.providers import PROVIDERS, UnknownProvider
from ticketing.money.providers.base import BadSignature
from ticketing.sale.claims import SeatsTaken
from ticketing.sale.hall_changes import replace_grid
from ticketing.sale.holds import SalesClosed
from ticketing.sale.orders import WrongOrderStatus, cancel_order
from ticketing.sale.showtime_changes import update_showtime
from ticketing.venue.grids import default_grid

pytestmark = pytest.mark.usefixtures("books")
BANK = PROVIDERS["sandbox"]


def at_the_bank():
    """What the bank has in its book."""
    return sorted(SandboxCharge.objects.values_list("status", "amount", "refunded_amount"))


def test_a_paid_order_has_tickets_and_its_seats_for_good(now):
    order = a_paid_order(now=now, seats=["A1", "A2"])

    assert (order.status, order.paid_at) == (Order.Status.PAID, now)
    assert [(ticket.line.label, ticket.price, ticket.status) for ticket in order.tickets.all()] == [
        ("A1", money("45.00"), "valid"),
        ("A2", money("45.00"), "valid"),
    ]
    assert set(Claim.objects.values_list("order_id", "status", "held_until")) == {(order.pk, "sold", None)}
    assert at_the_bank() == [("captured", money("90.00"), money("0.00"))]
    assert Payment.objects.get().settled_at == now


def test_a_declined_payment_leaves_the_order_waiting_for_another(now):
    order = an_order(now=now)

    payment = authorised(begun(order, now), now, yes=False)
    declined = Order.objects.get()
    paid = pay(order, now=now)

    assert (payment.status, declined.status, paid.status) == ("declined", "pending", "paid")
    assert at_the_bank() == [("captured", 4500, 0), ("declined", 4500, 0)]


def test_a_late_payment_goes_through_while_the_seats_are_free(now):
    order = an_order(now=now)
    payment = begun(order, now)
    late = order.expires_at + timedelta(hours=1)

    authorised(payment, late)
    afterwards(late)

    order.refresh_from_db()
    assert (order.status, at_the_bank()) == ("paid", [("captured", 4500, 0)])


@pytest.mark.parametrize("rival", ["held", "sold"])
def test_a_late_payment_of_taken_seats_is_voided_and_nothing_is_charged(now, rival):
    showtime = a_showtime(now=now)
    order = an_order(now=now, showtime=showtime, seats=["A1", "A2"])
    payment = begun(order, now)
    winner = an_order(now=order.expires_at, showtime=showtime, seats=["A2"])
    if rival == "sold":
        pay(winner, now=order.expires_at)

    payment = authorised(payment, order.expires_at)
    afterwards(order.expires_at)

    order.refresh_from_db()
    payment.refresh_from_db()
    assert (payment.status, order.status) == ("voided", "pending")
    assert SandboxCharge.objects.get(reference=payment.reference).status == "voided"
    assert Ticket.objects.filter(order=order).count() == 0
    assert Claim.objects.get(seat__col_number=2).order == winner


def test_nobody_starts_to_pay_for_seats_that_are_gone(now):
    showtime = a_showtime(now=now)
    order = an_order(now=now, showtime=showtime, seats=["A1"])
    an_order(now=order.expires_at, showtime=showtime, seats=["A1"])

    with pytest.raises(SeatsTaken):
        start_payment(order=order, provider="sandbox", now=order.expires_at)

    assert Payment.objects.count() == 0


def test_who_clicks_pay_again_meets_the_same_payment_at_the_bank(now):
    order = an_order(now=now)

    first, second = begun(order, now), begun(order, now + timedelta(seconds=9))

    assert (first, Payment.objects.count(), SandboxCharge.objects.count()) == (second, 1, 1)


def test_an_order_paid_at_the_counter_meanwhile_lets_go_of_the_payment_at_the_bank(now):
    order = an_order(now=now)
    payment = begun(order, now)
    pay_in_house(order=order, provider="cash", now=now, by=None)

    payment = authorised(payment, now)
    afterwards(now)

    payment.refresh_from_db()
    assert (payment.status, at_the_bank()) == ("voided", [("voided", 4500, 0)])


def test_a_notification_heard_twice_changes_nothing(now):
    payment = begun(an_order(now=now), now)
    authorised(payment, now)
    afterwards(now)
    entries = LedgerEntry.objects.count(), JournalEntry.objects.count()

    again = authorised(payment, now + timedelta(minutes=1))
    afterwards(now + timedelta(minutes=1))

    assert (again.status, again.settled_at) == ("captured", now)
    assert (LedgerEntry.objects.count(), JournalEntry.objects.count()) == entries
    assert at_the_bank() == [("captured", 4500, 0)]


def test_a_yes_that_comes_after_a_no_is_a_yes(now):
    payment = begun(an_order(now=now), now)
    authorised(payment, now, yes=False)
    SandboxCharge.objects.update(status="authorised")  # with another card, at a bank that allows it

    again = authorised(payment, now, yes=True)

    assert (again.status, Order.objects.get().status) == ("authorised", "paid")


@pytest.mark.parametrize("amount", ["44.99", "45.01", "0.00"])
def test_an_order_is_not_sold_for_another_amount_than_its_own(now, amount):
    payment = begun(an_order(now=now), now)
    SandboxCharge.objects.update(amount=money(amount))

    heard = authorised(payment, now)
    afterwards(now)

    heard.refresh_from_db()
    assert (heard.status, Order.objects.get().status) == ("voided", "pending")
    assert at_the_bank() == [("voided", money(amount), 0)]


@pytest.mark.parametrize("signature", ["", "0" * 64, "签名"])
def test_a_forged_notification_sells_nothing(now, signature):
    payment = begun(an_order(now=now), now)
    body = json.dumps({"id": "1", "kind": "authorised", "reference": str(payment.reference)}).encode()

    with pytest.raises(BadSignature):
        receive_event(provider="sandbox", headers={"X-Signature": signature}, body=body, now=now)

    assert (Order.objects.get().status, Payment.objects.get().status) == ("pending", "pending")
    assert ProviderEvent.objects.count() == 0


def test_a_true_signature_under_another_message_is_forged_too(now):
    mine, other = begun(an_order(now=now), now), begun(an_order(now=now), now)
    ((headers, _body),) = BANK.decide(mine.reference, authorise=True, now=now)

    body = json.dumps({"id": "1", "kind": "authorised", "reference": str(other.reference)}).encode()

    with pytest.raises(BadSignature):
        receive_event(provider="sandbox", headers=headers, body=body, now=now)


def test_nobody_outside_may_speak_for_the_till(now):
    with pytest.raises(BadSignature):
        receive_event(provider="cash", headers={"X-Signature": BANK.sign(b"{}")}, body=b"{}", now=now)


def test_a_payment_nobody_started_is_not_found(now):
    word = {
        "id": "1",
        "kind": "authorised",
        "reference": "00000000-0000-4000-8000-000000000000",
        "amount": "45.00",
        "currency": "CNY",
    }
    body = json.dumps(word).encode()

    with pytest.raises(PaymentNotFound):
        receive_event(provider="sandbox", headers={"X-Signature": BANK.sign(body)}, body=body, now=now)

    assert ProviderEvent.objects.get().last_error == "payment_not_found"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": "1", "kind": "rich"}', "\xff".encode("latin-1")])
def test_a_signed_message_that_makes_no_sense_is_refused_and_not_kept(now, body):
    with pytest.raises(UnreadableEvent):
        receive_event(provider="sandbox", headers={"X-Signature": BANK.sign(body)}, body=body, now=now)

    assert ProviderEvent.objects.count() == 0


def test_an_order_that_costs_nothing_is_sold_without_a_bank(now):
    order = an_order(now=now, showtime=a_showtime(now=now, price=0))

    payment = pay_in_house(order=order, provider="free", now=now, by=None)

    order.refresh_from_db()
    assert (order.status, payment.provider, payment.status) == ("paid", "free", "captured")
    assert SandboxCharge.objects.count() == 0


@pytest.mark.parametrize("provider", ["free", "sandbox", "gold", ""])
def test_an_order_that_costs_something_is_not_given_away(now, provider):
    order = an_order(now=now)

    with pytest.raises(UnknownProvider):
        pay_in_house(order=order, provider=provider, now=now, by=None)

    assert (Order.objects.get().status, Payment.objects.count()) == ("pending", 0)


def test_a_clerk_takes_cash(now):
    clerk = a_customer()

    payment = pay_in_house(order=an_order(now=now), provider="cash", now=now, by=clerk)

    assert (payment.status, payment.settled_at) == ("captured", now)
    assert LedgerEntry.objects.get(kind="sold").actor == JournalEntry.objects.get(kind="sale").operator == clerk


@pytest.mark.parametrize("state", ["paid", "cancelled"])
def test_only_a_pending_order_can_be_paid(now, state):
    order = an_order(now=now)
    pay(order, now=now) if state == "paid" else cancel_order(order=order, now=now)
    order.refresh_from_db()

    with pytest.raises(WrongOrderStatus):
        start_payment(order=order, provider="sandbox", now=now)


def test_an_order_cancelled_while_its_customer_is_at_the_bank_is_voided(now):
    order = an_order(now=now)
    payment = begun(order, now)
    cancel_order(order=order, now=now)

    payment = authorised(payment, now)
    afterwards(now)

    payment.refresh_from_db()
    assert (payment.status, at_the_bank()) == ("voided", [("voided", 4500, 0)])


def test_nothing_is_sold_once_sales_are_closed(now):
    order = an_order(now=now)
    payment = begun(order, now)
    start = order.showtime.starts_at

    payment = authorised(payment, start)

    assert (payment.status, Order.objects.get().status) == ("voiding", "pending")
    with pytest.raises(SalesClosed):
        start_payment(order=order, provider="sandbox", now=start)


def test_seats_taken_out_of_the_hall_meanwhile_are_not_sold(now):
    order = an_order(now=now, seats=["C8"])
    payment = begun(order, now)
    replace_grid(hall_id=order.showtime.hall_id, grid=default_grid(4), now=now)

    payment = authorised(payment, now)

    order.refresh_from_db()
    assert (payment.status, order.status, Ticket.objects.count()) == ("voiding", "cancelled", 0)


def test_nobody_pays_late_for_a_showtime_that_has_moved(now):
    order = an_order(now=now)
    payment = begun(order, now)
    update_showtime(showtime_id=order.showtime_id, now=order.expires_at, hall=a_hall())

    payment = authorised(payment, order.expires_at)

    order.refresh_from_db()
    assert (payment.status, order.status, Ticket.objects.count()) == ("voiding", "cancelled", 0)


def test_paying_takes_as_many_statements_for_eight_seats_as_for_one(now):
    counts = set()
    for seats in (["A1"], [f"A{number}" for number in range(1, 9)]):
        payment = begun(an_order(now=now, seats=seats), now)
        ((headers, body),) = BANK.decide(payment.reference, authorise=True, now=now)
        with CaptureQueriesContext(connection) as queries:
            receive_event(provider="sandbox", headers=headers, body=body, now=now)
        counts.add(len([query for query in queries if "SAVEPOINT" not in query["sql"]]))

    assert counts == {14}


def test_a_showtime_that_was_called_off_meanwhile_sells_nothing(now):
    payment = begun(an_order(now=now), now)
    call_off_showtime(showtime_id=payment.order.showtime_id, now=now, by=a_clerk())

    assert authorised(payment, now).status == "voiding"
