"""What is Alipay's alone: signed addresses, answers whose letters are signed, its codes, its keys."""

import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.factories import an_order
from tests.ticketing.providers.alipay_server import ALIPAY_KEY, HOUSE_KEY, STRANGERS_KEY, AlipayServer
from tests.ticketing.providers.conftest import switched_on
from tests.ticketing.providers.test_any_provider import go, hear, paid, state
from tests.working import do_jobs
from ticketing.jobs import AFTER_SALES
from ticketing.models import Order, Payment, Refund
from ticketing.money.online import pay_online
from ticketing.money.providers import PROVIDERS
from ticketing.money.providers.base import ProviderRefused, ProviderUnavailable
from ticketing.money.refunds import refund_order

pytestmark = pytest.mark.once  # no database changes what a provider is told
HOUSE = PROVIDERS["alipay"]


@pytest.fixture
def server(now, db, settings):
    """Alipay alone."""
    yield from switched_on(AlipayServer(now), settings)


@pytest.mark.parametrize(
    ("agent", "method"), [("Mozilla/5.0 (X11)", "alipay.trade.page.pay"), ("iPhone Mobile", "alipay.trade.wap.pay")]
)
def test_a_phone_is_sent_to_the_page_for_phones(server, client, agent, method):
    order = an_order()
    client.force_login(order.customer)

    answer = client.post(f"/orders/{order.pk}/pay/", {"provider": "alipay"}, headers={"User-Agent": agent})

    asked = parse_qs(urlsplit(answer["Location"]).query)
    back = f"http://testserver/orders/{order.pk}/"
    assert (asked["method"], asked["return_url"]) == ([method], [back])
    assert asked["notify_url"][0].endswith("/payments/alipay/notify/")
    assert json.loads(asked["biz_content"][0]).get("quit_url") == (back if "wap" in method else None)


def test_the_page_lets_its_form_lead_to_alipay_and_its_gateway(server, client):
    order = an_order()
    client.force_login(order.customer)

    policy = client.get(f"/orders/{order.pk}/")["Content-Security-Policy"]

    assert f"form-action 'self' https://*.alipay.com https://*.alipaydev.com {server.url};" in f"{policy};"


def test_a_name_with_signs_that_alipay_does_not_take_is_shown_without_them(server, now, settings):
    settings.CINEMA_NAME = "A&B/C = D"
    payment, _address = go(an_order(now=now), server, now)

    assert server.trades[payment.reference.hex]["subject"] == f"A B C D {payment.order.number}"


def test_an_address_that_was_changed_opens_nothing(server, now):
    address = pay_online(order=an_order(now=now), provider="alipay", now=now)

    assert httpx.get(address.replace("45.00", "00.01")).status_code == 400
    assert server.trades == {}


def test_a_payment_for_an_order_given_up_goes_back_and_the_notice_of_that_says_nothing_new(server, now):
    payment, _address = go(an_order(now=now), server, now)
    Order.objects.update(status="cancelled", closed_at=now)

    hear(server, server.customer_pays(payment), now)
    do_jobs(*AFTER_SALES, at=now)
    hear(server, server.notification(server.trades[payment.reference.hex], gmt_refund="2026-11-27 12:00:00.0"), now)

    assert (state(payment), server.money(payment)) == (("cancelled", "returned"), ("taken", 4500))


def test_an_answer_that_alipay_did_not_sign_is_no_answer(server, now):
    payment, _address = go(an_order(now=now), server, now)
    server.customer_pays(payment)
    server.signs_with = STRANGERS_KEY

    with pytest.raises(ProviderUnavailable):
        HOUSE.ask(payment, now=now)

    server.signs_with = ALIPAY_KEY
    assert HOUSE.ask(payment, now=now).amount == 4500


@pytest.mark.parametrize(
    ("code", "sub_code"),
    [
        ("20000", "isp.unknow-error"),
        ("40001", "isv.missing-signature"),
        ("40002", "isv.invalid-signature"),
        ("40006", "isv.insufficient-isv-permissions"),
        ("40004", "ACQ.SYSTEM_ERROR"),
        ("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH"),
    ],
)
def test_a_refund_waits_for_what_passes_or_staff_can_mend(server, now, code, sub_code):
    payment = paid(server, now)
    refund_order(order=payment.order, now=now, by=None)
    server.code, server.sub_code = code, sub_code

    do_jobs(*AFTER_SALES, at=now)
    waiting = Refund.objects.get().status
    server.code = ""
    do_jobs(*AFTER_SALES, at=now + timedelta(hours=1))

    assert (waiting, Refund.objects.get().status, server.money(payment)) == ("sent", "done", ("taken", 4500))


def test_a_refund_of_which_nothing_is_known_yet_is_looked_for_again(server, now):
    payment = paid(server, now)
    refund_order(order=payment.order, now=now, by=None)
    server.fund_change = "N"
    do_jobs(*AFTER_SALES, at=now)
    waiting = Refund.objects.get().status

    server.trades[payment.reference.hex]["refunds"][Refund.objects.get().reference.hex] = "45.00"
    do_jobs(*AFTER_SALES, at=now + timedelta(minutes=3))

    assert (waiting, Refund.objects.get().status) == ("sent", "done")


def test_nobody_waits_for_a_slow_gateway(server, now, monkeypatch):
    payment, _address = go(an_order(now=now), server, now)
    monkeypatch.setattr(type(HOUSE), "timeout", 0.2)
    server.seconds_late = 0.6

    with pytest.raises(ProviderUnavailable):
        HOUSE.ask(payment, now=now)


def test_a_trade_is_closed_when_we_give_up_and_one_just_paid_is_not_lost(server, now):
    payment, _address = go(an_order(now=now), server, now)
    for _time in range(2):
        HOUSE.void(payment, now=now)
    closed = server.money(payment)
    server.customer_pays(payment)

    assert closed == ("let go", 0)
    with pytest.raises(ProviderUnavailable):
        HOUSE.void(payment, now=now)


def test_a_trade_that_was_never_opened_has_nothing_to_ask_or_close(server, now):
    pay_online(order=an_order(now=now), provider="alipay", now=now)
    payment = Payment.objects.get()

    HOUSE.void(payment, now=now)

    assert HOUSE.ask(payment, now=now) is None


def test_only_yuan_can_be_paid_there(server, now):
    payment = Payment(order=an_order(now=now), amount=4500, currency="EUR", created_at=now)

    with pytest.raises(ProviderRefused):
        HOUSE.begin(payment, now=now)


def test_the_start_says_which_keys_are_missing_or_cannot_be_read(server, settings):
    settings.ALIPAY_APP_ID, settings.ALIPAY_SELLER_ID, settings.ALIPAY_PRIVATE_KEY = "", "", "bm8ga2V5"

    assert HOUSE.missing_settings() == ["ALIPAY_APP_ID", "ALIPAY_SELLER_ID", "an RSA key in ALIPAY_PRIVATE_KEY"]


def test_keys_may_stand_in_files_with_head_and_foot(server, now, settings):
    settings.ALIPAY_PRIVATE_KEY, settings.ALIPAY_PUBLIC_KEY = HOUSE_KEY.private_pem(), ALIPAY_KEY.public_pem()

    assert HOUSE.missing_settings() == []
    assert state(paid(server, now)) == ("paid", "captured")


def test_trades_that_ended_without_money_are_told_apart_from_those_paid_back(server, now):
    payment = paid(server, now)
    trade = server.trades[payment.reference.hex]
    trade["trade_status"] = "TRADE_FINISHED"  # past the time for refunds
    hear(server, server.notification(trade), now)
    trade["trade_status"] = "TRADE_CLOSED"  # paid back in full
    hear(server, server.notification(trade, gmt_refund="2026-11-27 12:00:00.0", refund_fee="45.00"), now)

    assert state(payment) == ("paid", "captured")
