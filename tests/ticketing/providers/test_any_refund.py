"""Money that goes back, with any provider: whole and in parts, refused, late, and from one that was switched off."""

from datetime import timedelta

import pytest

from cinema.jobs.models import Job
from tests.factories import an_administrator, an_order
from tests.ticketing.providers.test_any_provider import go, hear, paid, state
from tests.working import do_jobs
from ticketing.jobs import AFTER_SALES
from ticketing.models import Order, Refund
from ticketing.money.call_offs import call_off_showtime
from ticketing.money.providers import UnknownProvider
from ticketing.money.refunds import refund_order
from ticketing.money.verify import find_faults


def test_a_whole_refund_reaches_its_owner(server, now):
    payment = paid(server, now, seats=["A1", "A2"])

    refund_order(order=payment.order, now=now, by=None)
    do_jobs(*AFTER_SALES, at=now)

    assert server.money(payment) == ("taken", 9000)
    assert (Refund.objects.get().status, Order.objects.get().paid_back_amount) == ("done", 9000)


def test_tickets_are_refunded_one_by_one_and_each_once_whatever_is_repeated(server, house, now):
    payment = paid(server, now, seats=["A1", "A2"])
    for ticket in payment.order.tickets.order_by("pk"):
        refund_order(order=payment.order, now=now, by=None, ticket_ids=[ticket.pk])
        payment.order.refresh_from_db()
    do_jobs(*AFTER_SALES, at=now)

    for refund in Refund.objects.all():
        server.forget_keys()
        assert house.refund(refund, now=now) is True

    assert server.money(payment) == ("taken", 9000)
    assert list(Refund.objects.values_list("status", flat=True)) == ["done", "done"]


def test_a_refund_that_the_provider_refuses_for_good_is_shown_to_staff(server, now):
    payment = paid(server, now)
    refund_order(order=payment.order, now=now, by=None)
    server.refuses_refunds = True

    do_jobs(*AFTER_SALES, at=now)

    refund = Refund.objects.get()
    assert (refund.status, refund.failed_at is None, refund.last_error == "") == ("failed", False, False)
    assert server.money(payment) == ("taken", 0)
    assert [str(refund.reference) in fault for fault in find_faults(now=now)] == [True]


def test_a_refund_waits_for_a_provider_that_is_away(server, now):
    payment = paid(server, now)
    refund_order(order=payment.order, now=now, by=None)
    server.is_away = True
    do_jobs(*AFTER_SALES, at=now)
    waiting = Refund.objects.get().status

    server.is_away = False
    do_jobs(*AFTER_SALES, at=now + timedelta(hours=1))

    assert (waiting, Refund.objects.get().status) == ("sent", "done")
    assert server.money(payment) == ("taken", 4500)


@pytest.mark.parametrize("switched_on", [[], ["sandbox"]], ids=["nothing", "another"])
def test_a_provider_that_was_switched_off_is_still_paid_by_and_pays_what_it_owes(server, settings, now, switched_on):
    payment, _address = go(an_order(now=now), server, now)
    settings.PAYMENT_PROVIDERS = switched_on

    hear(server, server.customer_pays(payment), now)
    do_jobs(*AFTER_SALES, at=now)
    was_paid = state(payment)
    refund_order(order=payment.order, now=now, by=None)
    do_jobs(*AFTER_SALES, at=now)

    assert (was_paid, Refund.objects.get().status) == (("paid", "captured"), "done")
    assert server.money(payment) == ("taken", 4500)
    with pytest.raises(UnknownProvider):
        go(an_order(now=now), server, now)


def test_a_provider_that_was_switched_off_and_lost_its_keys_is_owed_until_it_has_them(server, settings, now):
    payment = paid(server, now)
    settings.PAYMENT_PROVIDERS = []
    kept = {name: getattr(settings, name) for name in server.settings()}
    for name in kept:
        setattr(settings, name, kept[name] if name.endswith(("_BASE", "GATEWAY")) else "")
    refund_order(order=payment.order, now=now, by=None)
    do_jobs(*AFTER_SALES, at=now)
    waiting, why = Refund.objects.get().status, Job.objects.get(kind="send_refund").error

    for name, value in kept.items():
        setattr(settings, name, value)
    do_jobs(*AFTER_SALES, at=now + timedelta(hours=1))

    assert (waiting, Refund.objects.get().status) == ("approved", "done")
    assert f"{server.name}: " in why


@pytest.mark.parametrize("refuses", [False, True], ids=["away for a while", "refuses for good"])
def test_a_showtime_that_is_called_off_gives_back_what_a_difficult_provider_has(server, now, refuses):
    payment = paid(server, now, seats=["A1", "A2"])
    server.is_away, server.refuses_refunds = not refuses, refuses
    call_off_showtime(showtime_id=payment.order.showtime_id, now=now, by=an_administrator(), reason="停电")
    do_jobs("call_off_showtime", *AFTER_SALES, at=now)
    at_first = Refund.objects.get().status

    server.is_away = False
    do_jobs(*AFTER_SALES, at=now + timedelta(hours=1))

    ends = "failed" if refuses else "done"
    assert (at_first, Refund.objects.get().status) == ("failed" if refuses else "sent", ends)
    assert (Order.objects.get().status, Order.objects.get().refund_status == "done") == ("refunded", not refuses)
    assert server.money(payment) == ("taken", 0 if refuses else 9000)
    assert len(list(find_faults(now=now + timedelta(hours=1)))) == int(refuses)
