"""Giving money back, whole or in part, and who may."""

from datetime import timedelta

import pytest

from tests.backoffice.staff import may
from tests.factories import a_clerk, a_customer, a_paid_order, a_price_card, a_showtime, afterwards, an_order, money
from ticketing.door.admission import admit_ticket
from ticketing.models import Claim, JournalEntry, Refund, SandboxCharge
from ticketing.money.refunds import (
    ApprovalRequired,
    RefundClosed,
    refund_by_customer,
    refund_by_staff,
    refund_order,
)
from ticketing.sale.orders import OrderNotFound, WrongOrderStatus, any_order, own_order

pytestmark = pytest.mark.usefixtures("books")


def statuses(order):
    """The tickets' statuses by seat."""
    return {ticket.line.label: ticket.status for ticket in order.tickets.select_related("line")}


def test_a_whole_refund_gives_back_the_money_and_the_seats(now):
    order = a_paid_order(now=now, seats=["A1", "A2"])

    refund_by_customer(order=order, now=now)
    before = Refund.objects.get().status, SandboxCharge.objects.get().refunded_amount
    afterwards(now)

    assert before == ("approved", 0)
    assert Refund.objects.values_list("status", "done_at").get() == ("done", now)
    assert (order.status, order.refunded_amount, order.closed_at) == ("refunded", money("90.00"), now)
    assert (statuses(order), Claim.objects.count()) == ({"A1": "refunded", "A2": "refunded"}, 0)
    assert SandboxCharge.objects.get().refunded_amount == money("90.00")
    assert an_order(now=now, showtime=order.showtime, seats=["A1"]).status == "pending"


def test_a_partial_refund_leaves_the_rest_and_a_second_one_ends_it(now):
    showtime = a_showtime(now=now, price_card=a_price_card(child="-14.55"))
    order = a_paid_order(now=now, showtime=showtime, seats=["A1", "A2"], price_types={"A1": "child"})
    clerk = a_clerk()
    first, _second = order.tickets.all()

    refund_order(order=order, now=now, by=clerk, ticket_ids=[first.pk], reason="一人没来")
    half = (order.status, order.refunded_amount, statuses(order))
    refund_order(order=order, now=now, by=clerk)

    assert half == ("paid", money("30.45"), {"A1": "refunded", "A2": "valid"})
    assert (order.status, order.refunded_amount) == ("refunded", money("75.45"))
    assert [refund.amount for refund in Refund.objects.order_by("id")] == [money("30.45"), money("45.00")]
    assert JournalEntry.objects.filter(kind="refund", reason="一人没来", operator=clerk).count() == 1


@pytest.mark.parametrize("which", ["none", "unknown", "given back", "someone else's"])
def test_tickets_that_are_not_to_be_had_are_refused(now, which):
    order, other = a_paid_order(now=now, seats=["A1", "A2"]), a_paid_order(now=now)
    mine = order.tickets.first()
    refund_order(order=order, now=now, by=None, ticket_ids=[mine.pk])
    wanted = {"none": [], "unknown": [0], "given back": [mine.pk], "someone else's": [other.tickets.get().pk]}[which]

    with pytest.raises(WrongOrderStatus):
        refund_order(order=order, now=now, by=None, ticket_ids=wanted)

    assert Refund.objects.count() == 1


def test_an_order_is_refunded_once(now):
    order = a_paid_order(now=now)
    stale = any_order(order_id=order.pk)
    refund_by_customer(order=order, now=now)

    with pytest.raises(WrongOrderStatus):
        refund_by_customer(order=stale, now=now)
    afterwards(now)

    assert SandboxCharge.objects.get().refunded_amount == money("45.00")


def test_an_unpaid_order_is_not_refunded(now):
    with pytest.raises(WrongOrderStatus):
        refund_by_customer(order=an_order(now=now), now=now)
    with pytest.raises(WrongOrderStatus):
        refund_order(order=an_order(now=now), now=now, by=None)


def test_a_customer_comes_too_late_half_an_hour_before_the_start(now):
    order = a_paid_order(now=now)
    closes_at = order.showtime.starts_at - timedelta(minutes=30)

    with pytest.raises(RefundClosed):
        refund_by_customer(order=order, now=closes_at)

    assert refund_by_customer(order=order, now=closes_at - timedelta(seconds=1)).status == "refunded"


def test_a_customer_cannot_give_back_what_admitted_someone(now):
    order = a_paid_order(now=now, seats=["A1", "A2"])
    stale = any_order(order_id=order.pk)
    list(stale.tickets.all())
    admit_ticket(code=order.tickets.first().code, by=a_clerk(), now=order.showtime.starts_at)

    for seen in (any_order(order_id=order.pk), stale):
        with pytest.raises(RefundClosed):
            refund_by_customer(order=seen, now=now)

    assert statuses(order) == {"A1": "used", "A2": "valid"}


def test_staff_may_give_back_a_used_ticket(now):
    order = a_paid_order(now=now)
    admit_ticket(code=order.tickets.get().code, by=a_clerk(), now=order.showtime.starts_at)

    refund_order(order=order, now=now, by=a_clerk(), reason="放映中断")

    assert (order.status, statuses(order)) == ("refunded", {"A1": "refunded"})


@pytest.fixture
def manager():
    """Someone who may refund beyond a clerk's limits."""
    return may(a_clerk(), "refund_order", "refund_beyond_limits")


def test_a_clerk_gives_back_unused_tickets_until_the_film_is_over_and_a_manager_any(now, manager):
    order, clerk = a_paid_order(now=now, seats=["A1", "A2", "A3"]), may(a_clerk(), "refund_order")
    start, end = order.showtime.starts_at, order.showtime.ends_at
    first, second, _third = order.tickets.all()
    admit_ticket(code=first.code, by=clerk, now=start)

    with pytest.raises(ApprovalRequired):
        refund_by_staff(order=order, by=clerk, now=start, ticket_ids=[first.pk])
    with pytest.raises(ApprovalRequired):
        refund_by_staff(order=order, by=clerk, now=start)
    with pytest.raises(ApprovalRequired):
        refund_by_staff(order=order, by=clerk, now=end, ticket_ids=[second.pk])
    refund_by_staff(order=order, by=clerk, now=end - timedelta(seconds=1), ticket_ids=[second.pk])
    refund_by_staff(order=order, by=manager, now=end + timedelta(days=7), ticket_ids=[first.pk])

    assert statuses(order) == {"A1": "refunded", "A2": "refunded", "A3": "valid"}


def test_an_order_refunded_already_says_so_to_staff_too(now, manager):
    order = a_paid_order(now=now)
    refund_order(order=order, now=now, by=manager)

    with pytest.raises(WrongOrderStatus):
        refund_by_staff(order=order, by=manager, now=now)


def test_an_order_is_its_customers_only(now):
    order, stranger = a_paid_order(now=now), a_customer()

    assert own_order(order_id=order.pk, user=order.customer) == order
    for user, order_id in ((stranger, order.pk), (order.customer, 0), (order.customer, 10**30)):
        with pytest.raises(OrderNotFound):
            own_order(order_id=order_id, user=user)
