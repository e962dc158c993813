"""Banks that are away, silent, slow to tell, or tell everything twice: each act is done once, and words are true."""

from datetime import timedelta

import pytest

from accounts.models import Letter
from tests.factories import a_paid_order, an_order, authorised, begun
from tests.working import do_jobs
from ticketing.jobs import AFTER_SALES
from ticketing.models import Order, Payment, ProviderEvent, Refund, SandboxCharge
from ticketing.money.events import handle_waiting_events, receive_event
from ticketing.money.payments import begin_payment, start_payment
from ticketing.money.providers import PROVIDERS
from ticketing.money.providers.base import ProviderUnavailable
from ticketing.money.refunds import refund_order
from ticketing.money.verify import LATE, find_faults

pytestmark = pytest.mark.django_db
BANK = PROVIDERS["sandbox"]
A_WHILE = timedelta(minutes=3)


def status():
    """What has become of the order, its payment and the money at the bank."""
    return Order.objects.get().status, Payment.objects.get().status, SandboxCharge.objects.get().status


def test_a_bank_that_never_tells_is_asked(now):
    authorised(begun(an_order(now=now), now), now, mood="silent")
    before = status()

    do_jobs("ask_payment", *AFTER_SALES, at=now + A_WHILE)

    assert before == ("pending", "pending", "authorised")
    assert status() == ("paid", "captured", "captured")


def test_a_bank_that_tells_everything_twice_and_out_of_order_sells_once(now):
    authorised(begun(an_order(now=now), now), now, mood="doubled")
    do_jobs(*AFTER_SALES, at=now)

    assert status() == ("paid", "captured", "captured")
    assert ProviderEvent.objects.filter(handled_at__isnull=False).count() == 2


def test_a_bank_that_is_away_is_told_when_it_is_back(now):
    authorised(begun(an_order(now=now), now), now, mood="away")
    do_jobs("ask_payment", at=now + timedelta(seconds=5))
    away = status()

    do_jobs("ask_payment", *AFTER_SALES, at=now + A_WHILE)

    assert away == ("pending", "pending", "authorised")
    assert status() == ("paid", "captured", "captured")


def test_money_that_the_bank_refuses_for_good_is_shown_and_named(now):
    authorised(begun(an_order(now=now), now), now, mood="captures")

    do_jobs(*AFTER_SALES, at=now)

    payment = Payment.objects.get()
    assert (payment.status, payment.failed_at is not None, payment.settled_at) == ("authorised", True, None)
    assert [fault.split(" since ")[0] for fault in find_faults(now=now)] == [
        f"Payment {payment.reference} is authorised",
        f"Charge {payment.reference} is still reserved",
    ][:1]


def test_customers_read_that_money_is_on_its_way_and_that_it_came_only_when_it_did(now):
    order = a_paid_order(now=now)
    Letter.objects.all().delete()

    refund_order(order=order, now=now, by=None)
    on_its_way = [letter.text for letter in Letter.objects.all()]
    do_jobs("send_refund", at=now)

    assert ("正按原支付方式退回" in on_its_way[0], "已按原支付方式退给您" in on_its_way[0]) == (True, False)
    assert "已按原支付方式退给您" in Letter.objects.latest("pk").text
    assert (Refund.objects.get().done_at, Order.objects.get().refund_status) == (now, "done")


def test_a_customer_who_never_decides_is_waited_for_as_long_as_the_bank_lets_them(now):
    payment = begun(an_order(now=now), now)
    for minutes in (3, 8, 20):
        do_jobs("ask_payment", at=now + timedelta(minutes=minutes))
    waiting = Payment.objects.get().status

    do_jobs("ask_payment", "void_payment", at=now + BANK.window + A_WHILE)

    assert (waiting, status()) == ("pending", ("pending", "expired", "voided"))
    assert list(find_faults(now=now + BANK.window + LATE * 2)) == []
    assert authorised(payment, now + BANK.window + A_WHILE).status == "expired"


def test_an_event_that_a_crash_left_lying_is_acted_on_later(now):
    payment = begun(an_order(now=now), now)
    ((_headers, body),) = BANK.decide(payment.reference, authorise=True, now=now)
    event = BANK.read_event(body)
    ProviderEvent.objects.create(provider="sandbox", event_id=event.id, body=body, received_at=now)

    handle_waiting_events(now=now + A_WHILE)

    assert (Order.objects.get().status, ProviderEvent.objects.get().handled_at) == ("paid", now + A_WHILE)


def test_a_provider_away_at_pay_is_a_sentence_and_the_next_click_meets_the_same_payment(now, monkeypatch):
    order = an_order(now=now)
    with monkeypatch.context() as outage:
        outage.setattr(type(BANK), "begin", lambda *_args, **_more: 1 / 0)
        for _click in range(2):
            with pytest.raises(ProviderUnavailable):
                begin_payment(payment=start_payment(order=order, provider="sandbox", now=now), now=now)

    begin_payment(payment=start_payment(order=order, provider="sandbox", now=now), now=now)

    assert list(Payment.objects.values_list("status", flat=True)) == ["pending"]


def test_a_customer_banned_meanwhile_buys_nothing(now):
    order = an_order(now=now)
    payment = begun(order, now)
    order.customer.status = type(order.customer).Status.BANNED
    order.customer.save()

    assert authorised(payment, now).status == "voiding"
    assert Payment.objects.get().last_error == "banned"


def test_a_payment_that_is_captured_at_once_and_cannot_be_sold_goes_back_by_itself(now):
    order = an_order(now=now)
    payment = begun(order, now)
    Order.objects.filter(pk=order.pk).update(status="cancelled", closed_at=now)
    SandboxCharge.objects.update(status="captured")
    charge = SandboxCharge.objects.get()
    headers, body = BANK.call(charge)
    body = body.replace(b'"kind": "authorised"', b'"kind": "captured"')

    receive_event(provider="sandbox", headers={**headers, "X-Signature": BANK.sign(body)}, body=body, now=now)
    returning = Payment.objects.get().status
    do_jobs("return_payment", at=now)

    payment.refresh_from_db()
    assert (returning, payment.status, SandboxCharge.objects.get().refunded_amount) == ("returning", "returned", 4500)
    letter = Letter.objects.latest("pk")
    assert (letter.subject.split("：")[0], "款项正在退回" in letter.text) == ("付款退回", True)
