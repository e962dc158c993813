"""What owners are told about money: each thing once, to those with the permission, until somebody has seen to it."""

from datetime import timedelta

import pytest

from accounts.models import Letter
from tests.backoffice.staff import may
from tests.factories import (
    a_clerk,
    a_customer,
    a_paid_order,
    a_shift,
    an_administrator,
    an_order,
    authorised,
    begun,
    money,
)
from ticketing.journal import seal_waiting
from ticketing.models import MoneyAlert, Payment, Refund
from ticketing.money.alerts import AlertClosed, close_alert, tell_owners
from ticketing.money.refunds import note_refund_failed, refund_by_customer, refund_order
from ticketing.money.settling import note_payment_failed
from ticketing.money.shifts import close_shift

pytestmark = pytest.mark.django_db


def told():
    """What stands open, by kind."""
    return list(MoneyAlert.objects.open().order_by("pk").values_list("kind", "amount", "note"))


@pytest.fixture
def owner():
    """Who is to be told, and reads English."""
    return may(a_clerk(language="en"), "receive_alerts")


def test_a_refused_capture_is_told_once_and_only_to_those_with_the_permission(now, owner):
    a_clerk()
    boss = an_administrator()
    payment = authorised(begun(an_order(now=now), now), now)
    note_payment_failed(payment_id=payment.pk, why="card expired", now=now)

    first, second = tell_owners(now=now), tell_owners(now=now + timedelta(minutes=2))

    assert (first, second, told()) == (1, 0, [("payment_failed", money(45), "card expired")])
    letters = Letter.objects.filter(kind="house")
    assert {letter.recipient for letter in letters} == {owner, boss}
    assert letters.get(recipient=owner).subject == "Money: 1 things to look at"


def test_what_is_late_is_told_after_a_quarter_of_an_hour(now, owner):
    refund_by_customer(order=a_paid_order(now=now), now=now)
    authorised(begun(an_order(now=now), now), now)
    seal_waiting(now=now)
    late = now + timedelta(minutes=15, seconds=1)

    assert tell_owners(now=now + timedelta(minutes=14)) == 0
    assert tell_owners(now=late) == 2
    assert {kind for kind, _amount, _note in told()} == {"payment_late", "refund_late"}


def test_a_failed_refund_and_a_dispute_are_told(now, owner):
    order = a_paid_order(now=now)
    refund_by_customer(order=order, now=now)
    note_refund_failed(refund_id=Refund.objects.get().pk, why="account closed", now=now)
    Payment.objects.update(disputed_at=now, last_error="fraud")

    tell_owners(now=now)

    assert told() == [("dispute", money(45), "fraud"), ("refund_failed", money(45), "account closed")]


def test_a_clerk_who_refunds_unusually_much_is_told_of_and_a_customer_is_not(now, owner, settings):
    settings.REFUND_ALERT_COUNT, settings.REFUND_ALERT_SUM = 1, 100
    clerk, often = a_clerk(), a_clerk()
    much = a_paid_order(now=now, seats=["A1", "A2", "A3"])
    refund_order(order=much, now=now, by=clerk)
    for _each in range(2):
        refund_order(order=a_paid_order(now=now), now=now, by=often)
    customer = a_customer()
    for _each in range(3):
        refund_by_customer(order=a_paid_order(now=now, customer=customer), now=now)

    tell_owners(now=now)

    assert told() == [("refunds", money(135), "1 ×"), ("refunds", money(90), "2 ×")]


@pytest.mark.parametrize(
    ("counted", "is_told"), [("90.00", False), ("89.99", True), ("110.00", False), ("110.01", True)]
)
def test_a_drawer_is_told_of_beyond_the_limit(now, owner, settings, counted, is_told):
    settings.DRAWER_DIFFERENCE_LIMIT = 10
    clerk = a_clerk()
    shift = a_shift(clerk, now=now, float_amount=money(100))
    close_shift(shift_id=shift.pk, counted=money(counted), by=clerk, now=now)

    tell_owners(now=now)

    assert [kind for kind, _amount, _note in told()] == (["drawer"] if is_told else [])


def test_seen_to_once_it_stays_so(now, owner):
    shift = a_shift(owner, now=now, float_amount=money(100))
    close_shift(shift_id=shift.pk, counted=0, by=owner, now=now)
    tell_owners(now=now)
    alert = MoneyAlert.objects.get()

    close_alert(alert_id=alert.pk, by=owner, now=now)
    with pytest.raises(AlertClosed):
        close_alert(alert_id=alert.pk, by=owner, now=now)

    assert (tell_owners(now=now), told()) == (0, [])
