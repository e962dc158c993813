"""Refunds at WeChat Pay, which says "under way" first and tells later, or never."""

from datetime import timedelta

import pytest

from tests.factories import an_order
from tests.ticketing.providers.conftest import switched_on
from tests.ticketing.providers.test_any_provider import go, hear, paid, state
from tests.ticketing.providers.wechat_server import WeChatServer
from tests.working import do_jobs
from ticketing.jobs import AFTER_SALES
from ticketing.models import Order, Refund
from ticketing.money.refunds import refund_order
from ticketing.money.verify import LATE, find_faults

pytestmark = pytest.mark.once  # no database changes what a provider is told


@pytest.fixture
def server(now, db, settings):
    """WeChat Pay alone."""
    yield from switched_on(WeChatServer(now), settings)


@pytest.mark.parametrize(("ends", "state_then", "paid_back"), [("SUCCESS", "done", 4500), ("ABNORMAL", "failed", 0)])
def test_a_refund_is_on_its_way_until_wechat_tells(server, now, ends, state_then, paid_back):
    payment = paid(server, now)
    server.refund_status = "PROCESSING"
    refund_order(order=payment.order, now=now, by=None)
    do_jobs(*AFTER_SALES, at=now)
    sent = Refund.objects.get().status

    (number,) = server.refunds
    for _time in range(2):
        hear(server, server.finish_refund(number, ends), now)

    assert (sent, Refund.objects.get().status) == ("sent", state_then)
    assert Order.objects.get().paid_back_amount == paid_back


@pytest.mark.parametrize(("ends", "state_then"), [("SUCCESS", "done"), ("CLOSED", "failed")])
def test_a_refund_that_wechat_never_tells_of_is_asked_for(server, now, ends, state_then):
    payment = paid(server, now)
    server.refund_status = "PROCESSING"
    refund_order(order=payment.order, now=now, by=None)
    do_jobs(*AFTER_SALES, at=now)
    (row,) = server.refunds.values()
    row["status"] = ends

    do_jobs(*AFTER_SALES, at=now + timedelta(minutes=3))

    assert (Refund.objects.get().status, len(server.refunds)) == (state_then, 1)


def test_a_refund_that_takes_over_a_week_stays_visible_and_is_no_failure(server, now):
    payment = paid(server, now)
    server.refund_status = "PROCESSING"
    refund_order(order=payment.order, now=now, by=None)
    for days in range(9):
        do_jobs(*AFTER_SALES, at=now + timedelta(days=days))

    refund = Refund.objects.get()
    assert (refund.status, refund.failed_at) == ("sent", None)
    assert [str(refund.reference) in fault for fault in find_faults(now=now + timedelta(days=9))] == [True]


@pytest.mark.parametrize(("ends", "state_then"), [("SUCCESS", "returned"), ("ABNORMAL", "returning")])
def test_money_for_an_order_given_up_is_returned_only_when_wechat_has_returned_it(server, now, ends, state_then):
    payment, _address = go(an_order(now=now), server, now)
    Order.objects.update(status="cancelled", closed_at=now)
    server.refund_status = "PROCESSING"
    hear(server, server.customer_pays(payment), now)
    do_jobs(*AFTER_SALES, at=now)
    under_way = state(payment)[1]
    (row,) = server.refunds.values()
    row["status"] = ends

    do_jobs(*AFTER_SALES, at=now + timedelta(minutes=3))

    payment.refresh_from_db()
    assert (under_way, payment.status, payment.failed_at is None) == ("returning", state_then, ends == "SUCCESS")
    named = [str(payment.reference) in fault for fault in find_faults(now=now + 2 * LATE)]
    assert named == ([] if ends == "SUCCESS" else [True])


def test_a_shop_whose_balance_is_too_low_for_a_refund_pays_it_when_it_has_money_again(server, now):
    payment = paid(server, now)
    refund_order(order=payment.order, now=now, by=None)
    server.code = "NOT_ENOUGH"
    do_jobs(*AFTER_SALES, at=now)
    waiting = Refund.objects.get().status

    server.code = ""
    do_jobs(*AFTER_SALES, at=now + timedelta(hours=1))

    assert (waiting, Refund.objects.get().status, server.money(payment)) == ("sent", "done", ("taken", 4500))
