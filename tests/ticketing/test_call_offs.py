"""Calling a showtime off: nothing is sold or admitted from that moment, and every order is given back."""

import pytest

from tests.backoffice.staff import may
from tests.factories import a_clerk, a_customer, a_paid_order, a_showtime, afterwards, an_order, authorised, begun
from tests.working import do_jobs
from ticketing.models import Claim, Order, Refund, SandboxCharge, Showtime
from ticketing.money.call_offs import call_off_showtime, progress_of
from ticketing.money.in_house import pay_in_house
from ticketing.money.refunds import ApprovalRequired, NothingToPayOut, hand_out_refund, refunds_of
from ticketing.money.verify import LATE, find_faults
from ticketing.sale.holds import SalesClosed

pytestmark = pytest.mark.django_db


def test_from_that_moment_nothing_is_sold_although_no_order_was_given_back_yet(now):
    showtime = a_showtime(now=now)
    payment = begun(an_order(now=now, showtime=showtime, seats=["A1"]), now)

    call_off_showtime(showtime_id=showtime.pk, now=now, by=a_clerk())

    assert authorised(payment, now).status == "voiding"
    with pytest.raises(SalesClosed):
        an_order(now=now, showtime=showtime, seats=["A2"])


def test_an_interruption_leaves_no_order_behind(now):
    showtime = a_showtime(now=now)
    for number in range(1, 7):
        a_paid_order(now=now, showtime=showtime, seats=[f"A{number}"])
    call_off = call_off_showtime(showtime_id=showtime.pk, now=now, by=a_clerk(), reason="停电")
    first = Order.objects.earliest("pk")
    do_jobs("call_off_order", at=now)
    Order.objects.filter(pk=first.pk).update(status="paid", closed_at=None)  # as if its transaction had been lost

    again = call_off_showtime(showtime_id=showtime.pk, now=now, by=a_clerk())

    assert (again, progress_of(again).waiting) == (call_off, 1)


def test_everyone_has_their_money_when_the_page_says_so(now):
    showtime = a_showtime(now=now)
    a_paid_order(now=now, showtime=showtime, seats=["A1"])
    call_off = call_off_showtime(showtime_id=showtime.pk, now=now, by=a_clerk())

    do_jobs("call_off_order", at=now)
    on_the_way = progress_of(call_off)
    do_jobs("send_refund", at=now)
    done = progress_of(call_off)

    assert (on_the_way.is_done, on_the_way.on_the_way, on_the_way.paid_back) == (False, 1, 0)
    assert (done.is_done, done.on_the_way, done.paid_back) == (True, 0, 1)
    assert SandboxCharge.objects.get().refunded_amount == 4500


def test_a_bank_that_refuses_for_good_is_seen_by_staff_and_named_by_verify(now):
    showtime = a_showtime(now=now)
    order = an_order(now=now, showtime=showtime)
    authorised(begun(order, now), now, mood="refunds")
    afterwards(now)
    call_off = call_off_showtime(showtime_id=showtime.pk, now=now, by=a_clerk())
    afterwards(now)
    order.refresh_from_db()
    refund = Refund.objects.get()

    assert (refund.status, refund.failed_at is not None, order.refund_status) == ("failed", True, "pending")
    assert (progress_of(call_off).failed, progress_of(call_off).is_done) == (1, False)
    assert [fault.split(" since ")[0] for fault in find_faults(now=now)] == [f"Refund {refund.reference} is failed"]

    with pytest.raises(ApprovalRequired):
        hand_out_refund(refund_id=refund.pk, now=now, by=a_clerk())
    hand_out_refund(refund_id=refund.pk, now=now, by=may(a_clerk(), "refund_beyond_limits"))

    order.refresh_from_db()
    assert (order.refund_status, list(find_faults(now=now))) == ("done", [])


def test_cash_of_people_nobody_knows_waits_for_them_at_the_box_office(now):
    showtime, clerk = a_showtime(now=now), a_clerk()
    order = an_order(now=now, showtime=showtime, clerk=clerk, channel="counter", customer=a_customer())
    pay_in_house(order=order, provider="cash", now=now, by=clerk)
    call_off = call_off_showtime(showtime_id=showtime.pk, now=now, by=clerk)
    afterwards(now)
    (waiting,) = refunds_of(order)

    assert (progress_of(call_off).at_box_office, waiting.is_at_box_office, waiting.status) == (1, True, "approved")

    hand_out_refund(refund_id=waiting.pk, now=now, by=clerk)

    assert (Refund.objects.get().handed_out_by, progress_of(call_off).paid_back) == (clerk, 1)
    with pytest.raises(NothingToPayOut):
        hand_out_refund(refund_id=waiting.pk, now=now, by=clerk)


def test_a_showtime_that_is_off_and_keeps_its_orders_is_a_fault_once_it_is_late(now):
    order = a_paid_order(now=now)
    call_off_showtime(showtime_id=order.showtime_id, now=now, by=a_clerk())

    fresh, late = list(find_faults(now=now)), list(find_faults(now=now + LATE * 2))

    assert (fresh, late) == ([], [f"Order {order.pk} stands although its showtime was called off."])
    assert Claim.objects.count() == 1
    assert Showtime.objects.get().status == "cancelled"
