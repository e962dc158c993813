"""Refunds beyond a limit: asked for by one person, decided by another, and nothing happens in between."""

import pytest
from django.db import IntegrityError, transaction

from backoffice.counter import sell_for_cash
from tests.backoffice.staff import may
from tests.factories import a_clerk, a_paid_order, a_shift, a_showtime, afterwards, money
from ticketing.models import Claim, Refund
from ticketing.money.approvals import (
    AskedAlready,
    RefundDecided,
    RejectionNeedsReason,
    SecondPersonNeeded,
    approve_refund,
    ask_for_refund,
    reject_refund,
)
from ticketing.money.own_orders import OwnOrder
from ticketing.money.refunds import hand_out_refund, refund_order
from ticketing.money.shifts import figures_of
from ticketing.sale.orders import WrongOrderStatus

pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def second():
    """A colleague who may approve."""
    return may(a_clerk(), "approve_refund")


def test_while_it_is_asked_for_nothing_happens(now):
    order = a_paid_order(now=now, seats=["A1", "A2"])

    asked = ask_for_refund(order=order, now=now, by=a_clerk(), reason="放映中断")

    order.refresh_from_db()
    assert (asked.status, asked.amount, order.status, order.refunded_amount) == ("asked", money(90), "paid", 0)
    assert (Claim.objects.sold().count(), order.tickets.filter(status="valid").count()) == (2, 2)


def test_approved_by_another_the_tickets_go_back_and_the_asker_pays_it_out_of_their_drawer(now, second):
    clerk, showtime = a_clerk(), a_showtime(now=now)
    shift = a_shift(clerk, now=now)
    order = sell_for_cash(
        showtime_id=showtime.pk, seats=["A1", "A2"], price_types={}, received=None, clerk=clerk, now=now, key="k"
    )
    asked = ask_for_refund(order=order, now=now, by=clerk, reason="x", ticket_ids=[order.tickets.first().pk])

    approve_refund(refund_id=asked.pk, now=now, by=second, decision="好")
    waits = Refund.objects.get().status, figures_of(shift).cash_refunds
    hand_out_refund(refund_id=asked.pk, now=now, by=clerk)

    done = Refund.objects.get()
    assert waits == ("approved", 0)
    assert (done.status, done.operator, done.decided_by, done.decision) == ("done", clerk, second, "好")
    assert (figures_of(shift).cash_refunds, order.tickets.filter(status="valid").count()) == (money(45), 1)


def test_what_was_paid_online_goes_back_the_way_it_came(now, second):
    order = a_paid_order(now=now)
    asked = ask_for_refund(order=order, now=now, by=a_clerk(), reason="x")

    approve_refund(refund_id=asked.pk, now=now, by=second)
    afterwards(now)

    asked.refresh_from_db()
    order.refresh_from_db()
    assert (asked.status, order.status, order.refund_status) == ("done", "refunded", "done")


def test_rejected_the_tickets_stay_and_it_can_be_asked_again(now, second):
    order, clerk = a_paid_order(now=now), a_clerk()
    asked = ask_for_refund(order=order, now=now, by=clerk, reason="x")

    with pytest.raises(RejectionNeedsReason):
        reject_refund(refund_id=asked.pk, now=now, by=second, decision=" ")
    reject_refund(refund_id=asked.pk, now=now, by=second, decision="票已用")
    again = ask_for_refund(order=order, now=now, by=clerk, reason="y")

    asked.refresh_from_db()
    assert (asked.status, asked.decision, again.status) == ("rejected", "票已用", "asked")
    assert order.tickets.get().status == "valid"


def test_nobody_approves_their_own_nor_without_the_permission_nor_for_themselves(now):
    customer = may(a_clerk(), "approve_refund")
    order = a_paid_order(now=now, customer=customer)
    asker = may(a_clerk(), "approve_refund")
    asked = ask_for_refund(order=order, now=now, by=asker, reason="x")

    for by, refusal in ((asker, SecondPersonNeeded), (a_clerk(), SecondPersonNeeded), (customer, OwnOrder)):
        with pytest.raises(refusal):
            approve_refund(refund_id=asked.pk, now=now, by=by)
        with pytest.raises(refusal):
            reject_refund(refund_id=asked.pk, now=now, by=by, decision="x")
    with pytest.raises(OwnOrder):
        ask_for_refund(order=order, now=now, by=customer, reason="x")

    assert Refund.objects.get().status == "asked"


def test_the_database_keeps_it_to_two_people_and_one_at_a_time(now, second):
    order, clerk = a_paid_order(now=now), a_clerk()
    asked = ask_for_refund(order=order, now=now, by=clerk, reason="x")

    with pytest.raises(AskedAlready):
        ask_for_refund(order=order, now=now, by=second, reason="y")
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=asked.pk).update(decided_by=clerk)


def test_what_was_given_back_meanwhile_is_not_given_back_again(now, second):
    order = a_paid_order(now=now, seats=["A1", "A2"])
    asked = ask_for_refund(order=order, now=now, by=a_clerk(), reason="x")
    refund_order(order=order, now=now, by=second, ticket_ids=[order.tickets.first().pk])

    with pytest.raises(WrongOrderStatus):
        approve_refund(refund_id=asked.pk, now=now, by=second)
    reject_refund(refund_id=asked.pk, now=now, by=second, decision="已退")
    with pytest.raises(RefundDecided):
        approve_refund(refund_id=asked.pk, now=now, by=second)

    order.refresh_from_db()
    assert order.refunded_amount == money(45)
