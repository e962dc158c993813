"""Refunds beyond a limit on the pages: asked for at the order, decided on a page of their own."""

import pytest
from django.urls import reverse

from tests.backoffice.staff import browser_of, doors_closed, may, staff_who_may
from tests.factories import a_clerk, a_paid_order, money
from ticketing.models import Refund, RefundPolicy
from ticketing.money.approvals import ask_for_refund

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit(now):
    """Clerks give back nothing beyond 45 of an order."""
    return RefundPolicy.objects.create(
        audience="clerk", until="end", max_amount=money(45), valid_from=now.replace(year=2020)
    )


def test_a_clerk_beyond_the_limit_asks_and_is_told_so(limit):
    order = a_paid_order(seats=["A1", "A2"])
    clerk = staff_who_may("view_order", "refund_order")
    ticked = {"tickets": [ticket.pk for ticket in order.tickets.all()], "reason": "客人生病"}
    address = reverse("admin:ticketing_order_refund", args=[order.pk])

    question = clerk.post(address, ticked)
    page = clerk.post(address, {**ticked, "confirmed_sum": "90.00"}, follow=True)

    assert (question.context["needs_approval"], question.context["total"]) == (True, money(90))
    assert (Refund.objects.get().status, order.tickets.filter(status="valid").count()) == ("asked", 2)
    assert [str(message) for message in page.context["messages"]] == ["已申请退款：¥90，由另一人决定。"]


def test_within_the_limit_it_is_given_back_at_once(limit):
    order = a_paid_order(seats=["A1", "A2"])
    clerk = staff_who_may("view_order", "refund_order")
    data = {"tickets": [order.tickets.first().pk], "reason": "x", "confirmed_sum": "45.00"}

    clerk.post(reverse("admin:ticketing_order_refund", args=[order.pk]), data)

    assert Refund.objects.get().status == "approved"


def test_the_second_person_sees_what_waits_and_approves_or_rejects():
    asker = a_clerk()
    first, other = a_paid_order(seats=["A1"]), a_paid_order(seats=["B1"])
    asked = [ask_for_refund(order=order, now=order.paid_at, by=asker, reason="x") for order in (first, other)]
    second = staff_who_may("approve_refund")

    page = second.get(reverse("admin:approvals"))
    second.post(reverse("admin:approval_decide", args=[asked[0].pk]), {"act": "approve"})
    second.post(reverse("admin:approval_decide", args=[asked[1].pk]), {"act": "reject", "decision": "不行"})

    assert [(refund, [t.line.label for t in tickets]) for refund, tickets, _own in page.context["waiting"]] == [
        (asked[0], ["A1"]),
        (asked[1], ["B1"]),
    ]
    assert [refund.status for refund in Refund.objects.order_by("pk")] == ["approved", "rejected"]


def test_who_asked_is_shown_no_button_and_refused():
    asker = may(a_clerk(), "approve_refund")
    order = a_paid_order()
    asked = ask_for_refund(order=order, now=order.paid_at, by=asker, reason="x")
    browser = browser_of(asker)

    page = browser.get(reverse("admin:approvals"))
    browser.post(reverse("admin:approval_decide", args=[asked.pk]), {"act": "approve"})

    assert "approval_decide" not in page.content.decode()
    assert (page.context["waiting"][0][2], Refund.objects.get().status) == (True, "asked")


def test_it_asks_no_more_for_three_than_for_one(django_assert_max_num_queries):
    asker, second = a_clerk(), staff_who_may("approve_refund")
    for _each in range(3):
        order = a_paid_order(seats=["A1", "A2"])
        ask_for_refund(order=order, now=order.paid_at, by=asker, reason="x")
    second.get(reverse("admin:approvals"))

    with django_assert_max_num_queries(12):
        assert len(second.get(reverse("admin:approvals")).context["waiting"]) == 3


def test_the_pages_are_closed_to_others():
    closed = {"passer-by": 302, "customer": 302, "colleague": 403}

    assert doors_closed(reverse("admin:approvals")) == closed
    assert doors_closed(reverse("admin:approval_decide", args=[1]), data={"act": "approve"}) == closed


def test_a_manager_makes_a_rule_hold_and_cannot_change_it(office):
    facts = {"audience": "customer", "until": "start", "minutes_before": "120", "fee_percent": "5", "fee_amount": "1"}

    office.post(reverse("admin:ticketing_refundpolicy_add"), facts)

    policy = RefundPolicy.objects.get()
    assert (policy.minutes_before, policy.fee_percent, policy.fee_amount) == (120, 5, money(1))
    address = reverse("admin:ticketing_refundpolicy_change", args=[policy.pk])
    assert office.post(address, {**facts, "fee_percent": "50"}).status_code == 403
