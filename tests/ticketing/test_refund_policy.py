"""Refund rules are rows: whose, until when, up to which sum, at what fee; and what they mean for one order."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Letter
from tests.backoffice.staff import may
from tests.factories import a_clerk, a_customer, a_paid_order, a_showtime, afterwards, an_administrator, an_order, money
from ticketing.door.admission import admit_ticket
from ticketing.models import Order, Refund, RefundPolicy, SandboxCharge, Showtime
from ticketing.money.in_house import pay_in_house
from ticketing.money.own_orders import OwnOrder
from ticketing.money.refund_policy import RuleInThePast, add_policy, fee_of, terms_before_sale, terms_of
from ticketing.money.refunds import (
    ApprovalRequired,
    RefundClosed,
    hand_out_refund,
    refund_by_customer,
    refund_by_staff,
)

pytestmark = pytest.mark.usefixtures("books")
BEFORE = timedelta(days=1)


def rule(audience, now, **facts):
    """A rule that has held since yesterday."""
    return RefundPolicy.objects.create(audience=audience, valid_from=now - BEFORE, **facts)


def test_without_a_rule_customers_have_until_the_house_says_and_pay_nothing(now, settings):
    settings.REFUND_CLOSE_MINUTES = 45
    showtime = a_showtime(now=now)

    terms = terms_before_sale(showtime=showtime, now=now)

    assert terms.closes_at == showtime.starts_at - timedelta(minutes=45)
    assert (terms.has_fee, terms.is_possible, terms.max_amount) == (False, True, None)


def test_a_fee_is_kept_and_the_rest_goes_back(now):
    rule("customer", now, fee_percent=10, fee_amount=money("0.55"))
    order = a_paid_order(now=now, seats=["A1", "A2"])

    refund_by_customer(order=order, now=now)
    afterwards(now)

    refund = Refund.objects.get()
    assert (refund.amount, refund.fee_amount, refund.status) == (money("79.90"), money("10.10"), "done")
    assert (order.status, order.refunded_amount, order.refund_fee_amount) == ("refunded", money(90), money("10.10"))
    order.refresh_from_db()
    assert (order.paid_back_amount, order.refund_status) == (money("79.90"), "done")
    assert SandboxCharge.objects.get().refunded_amount == money("79.90")
    assert "¥10.10" in Letter.objects.filter(kind="refunded").order_by("pk")[0].text


@pytest.mark.parametrize(
    ("percent", "amount", "price", "fee"),
    [
        (0, 0, 4500, 0),
        (10, 0, 4505, 451),
        (10, 0, 4504, 450),
        (0, 500, 4500, 500),
        (0, 500, 300, 300),
        (100, 1, 99, 99),
    ],
)
def test_the_fee_is_rounded_half_up_per_ticket_and_never_more_than_the_price(percent, amount, price, fee):
    policy = RefundPolicy(fee_percent=percent, fee_amount=amount)

    assert (fee_of(policy, [price]), fee_of(policy, [price, price])) == (fee, 2 * fee)


def test_an_order_keeps_the_rule_that_its_customer_was_told(now):
    order = a_paid_order(now=now)
    later = now + timedelta(hours=1)
    add_policy(policy=RefundPolicy(audience="customer", valid_from=later, fee_percent=50), now=now)

    newer = a_paid_order(now=later)
    refund_by_customer(order=order, now=later)
    refund_by_customer(order=newer, now=later)

    assert [refund.fee_amount for refund in Refund.objects.order_by("pk")] == [0, money("22.50")]


def test_a_moved_showtime_is_given_back_until_it_begins_and_for_nothing(now):
    rule("customer", now, fee_percent=100, minutes_before=600)
    order = a_paid_order(now=now)
    Showtime.objects.filter(pk=order.showtime_id).update(moved_at=now)
    order = Order.objects.with_details().get(pk=order.pk)
    last = order.showtime.starts_at - timedelta(seconds=1)

    assert terms_of(order=order, now=last).has_fee is False
    refund_by_customer(order=order, now=last)

    assert Refund.objects.get().fee_amount == 0


@pytest.mark.parametrize(
    ("facts", "seconds", "allowed"),
    [
        ({"until": "start", "minutes_before": 60}, -3601, True),
        ({"until": "start", "minutes_before": 60}, -3600, False),
        ({"until": "end"}, 60, True),
        ({"until": "ever"}, 10**6, True),
        ({"until": "ever", "max_amount": 8999}, -9999, False),
        ({"until": "ever", "max_amount": 9000}, -9999, True),
    ],
)
def test_customers_give_back_until_their_rule_says_and_up_to_its_sum(now, facts, seconds, allowed):
    rule("customer", now, **facts)
    order = a_paid_order(now=now, seats=["A1", "A2"])
    at = order.showtime.starts_at + timedelta(seconds=seconds)

    if allowed:
        assert refund_by_customer(order=order, now=at).status == "refunded"
    else:
        with pytest.raises(RefundClosed):
            refund_by_customer(order=order, now=at)


def test_used_tickets_only_where_the_rule_says(now):
    rule("customer", now, until="ever", used_tickets=True)
    order = a_paid_order(now=now)
    admit_ticket(code=order.tickets.get().code, by=a_clerk(), now=order.showtime.starts_at)

    assert refund_by_customer(order=Order.objects.get(pk=order.pk), now=order.showtime.starts_at).status == "refunded"


def test_a_clerks_sum_counts_all_they_gave_back_of_the_order(now):
    rule("clerk", now, until="end", max_amount=money(90))
    order, clerk, colleague = a_paid_order(now=now, seats=["A1", "A2", "A3", "A4"]), a_clerk(), a_clerk()
    one, two, three, four = order.tickets.all()

    refund_by_staff(order=order, now=now, by=clerk, ticket_ids=[one.pk, two.pk])
    with pytest.raises(ApprovalRequired):
        refund_by_staff(order=order, now=now, by=clerk, ticket_ids=[three.pk])
    refund_by_staff(order=order, now=now, by=colleague, ticket_ids=[three.pk])

    assert four.pk in order.tickets.filter(status="valid").values_list("pk", flat=True)


def test_a_manager_has_a_rule_of_their_own_and_an_administrator_none(now):
    rule("manager", now, until="start", max_amount=money(45))
    order, manager = a_paid_order(now=now, seats=["A1", "A2"]), may(a_clerk(), "refund_beyond_limits")

    with pytest.raises(ApprovalRequired):
        refund_by_staff(order=order, now=now, by=manager)

    assert refund_by_staff(order=order, now=now, by=an_administrator()).status == "refunded"


def test_nobody_of_the_house_deals_with_an_order_of_their_own(now):
    clerk = a_clerk()
    order = a_paid_order(now=now, customer=clerk)

    with pytest.raises(OwnOrder):
        refund_by_staff(order=order, now=now, by=clerk)
    with pytest.raises(OwnOrder):
        pay_in_house(order=an_order(now=now, customer=clerk), provider="cash", now=now, by=clerk)
    refund_by_customer(order=order, now=now)
    with pytest.raises(OwnOrder):
        hand_out_refund(refund_id=Refund.objects.get().pk, now=now, by=clerk)

    other = an_order(now=now, customer=a_customer())
    assert pay_in_house(order=other, provider="cash", now=now, by=clerk).status == "captured"


def test_a_rule_holds_from_now_on_and_one_at_a_time(now):
    add_policy(policy=RefundPolicy(audience="clerk", valid_from=now), now=now)

    for moment in (now, now - timedelta(seconds=1)):
        with pytest.raises(RuleInThePast):
            add_policy(policy=RefundPolicy(audience="clerk", valid_from=moment), now=now)
    for facts in ({"fee_percent": 101}, {"fee_amount": -1}, {"max_amount": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RefundPolicy.objects.create(audience="customer", valid_from=now, **facts)
