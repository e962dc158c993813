"""What is WeChat Pay's alone: codes and phones, sealed notifications, keys by number, refunds that take their time."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from tests.factories import an_order
from tests.ticketing.providers.conftest import switched_on
from tests.ticketing.providers.rsa_by_hand import Key, certificate
from tests.ticketing.providers.test_any_provider import go, hear, paid, post, state
from tests.ticketing.providers.wechat_server import (
    APP,
    SHOP,
    STRANGERS_KEY,
    WECHAT_KEY,
    WeChatServer,
)
from ticketing.apps import refuse_unready_providers
from ticketing.models import Payment, ProviderEvent
from ticketing.money.events import UnreadableEvent
from ticketing.money.online import pay_online
from ticketing.money.providers import PROVIDERS
from ticketing.money.providers.base import BadSignature, ProviderRefused, ProviderUnavailable

pytestmark = pytest.mark.once  # no database changes what a provider is told
HOUSE = PROVIDERS["wechat"]
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"


@pytest.fixture
def server(now, db, settings):
    """WeChat Pay alone."""
    yield from switched_on(WeChatServer(now), settings)


def test_an_order_says_what_the_documentation_asks_for(server, now):
    payment, address = go(an_order(now=now), server, now)

    (order,) = server.orders.values()
    assert (order["mchid"], order["appid"], order["trade_type"]) == (SHOP, APP, "NATIVE")
    assert list(server.orders) == [payment.reference.hex]
    assert order["notify_url"].endswith("/payments/wechat/notify/")
    assert datetime.fromisoformat(order["time_expire"]) == (payment.created_at + HOUSE.window).replace(microsecond=0)
    assert urlsplit(address).path == reverse("ticketing:scan", args=[payment.reference])


def test_a_phone_is_sent_to_wechat_itself_and_comes_back_to_the_order(server, client, settings):
    settings.WECHAT_PAY_H5 = True
    order = an_order()
    client.force_login(order.customer)

    pressed = {"headers": {"User-Agent": PHONE}, "REMOTE_ADDR": "203.0.113.7"}
    answer = client.post(f"/orders/{order.pk}/pay/", {"provider": "wechat"}, **pressed)

    (opened_there,) = server.orders.values()
    back = parse_qs(urlsplit(answer["Location"]).query)["redirect_url"]
    assert (opened_there["trade_type"], opened_there["scene_info"]["payer_client_ip"]) == ("MWEB", "203.0.113.7")
    assert back == [f"http://testserver/orders/{order.pk}/"]
    assert answer["Referrer-Policy"] == "strict-origin"


def test_a_shop_without_phone_pay_shows_the_code_on_phones_too(server, now, settings):
    settings.WECHAT_PAY_H5 = False
    assert pay_online(order=an_order(now=now), provider="wechat", now=now, on_phone=True).startswith("/scan/")


def test_a_notification_can_be_read_by_the_house_alone(server, now):
    payment, _address = go(an_order(now=now), server, now)
    _headers, body = server.customer_pays(payment)

    assert payment.reference.hex.encode() not in body
    event = HOUSE.read_event(body)
    assert (event.reference, event.amount, event.currency) == (payment.reference, 4500, "CNY")


@pytest.mark.parametrize(("facts", "kept"), [({"appid": "wx0000000000000000"}, 1), ({"mchid": "1900000002"}, 1)])
def test_a_notification_for_another_app_or_shop_is_kept_and_changes_nothing(server, client, now, facts, kept):
    payment, _address = go(an_order(now=now), server, now)
    row = {"mchid": SHOP, "appid": APP, "out_trade_no": payment.reference.hex, "trade_state": "SUCCESS"}
    row |= {"transaction_id": "42", "amount": {"total": 4500}, **facts}

    answer = post(client, server, server.notification("TRANSACTION.SUCCESS", "transaction", row))

    assert (answer.status_code, ProviderEvent.objects.count()) == (200, kept)
    assert state(payment) == ("pending", "pending")


def test_a_notification_sealed_with_another_key_is_told_apart(server, now, caplog):
    call = server.notification(
        "TRANSACTION.SUCCESS", "transaction", {"mchid": SHOP}, key="another-key-another-key-another1"
    )

    with pytest.raises(UnreadableEvent):
        hear(server, call, now)

    assert (ProviderEvent.objects.count(), "WECHAT_PAY_API_V3_KEY does not open" in caplog.text) == (0, True)


@pytest.mark.parametrize("code", ["SIGN_ERROR", "NO_AUTH", "FREQUENCY_LIMITED", "APPID_MCHID_NOT_MATCH"])
def test_what_staff_can_mend_or_time_heals_is_an_outage(server, now, code):
    server.code = code

    with pytest.raises(ProviderUnavailable):
        go(an_order(now=now), server, now)

    assert Payment.objects.get().status == "created"


def test_an_answer_that_wechat_did_not_sign_is_no_answer(server, now):
    payment, _address = go(an_order(now=now), server, now)
    server.customer_pays(payment)
    server.signs_with = STRANGERS_KEY

    with pytest.raises(ProviderUnavailable):
        HOUSE.ask(payment, now=now)

    server.signs_with = WECHAT_KEY
    assert HOUSE.ask(payment, now=now).amount == 4500


def test_an_order_is_closed_when_we_give_up_and_one_just_paid_is_not_lost(server, now):
    payment, _address = go(an_order(now=now), server, now)
    for _time in range(2):
        HOUSE.void(payment, now=now)
    closed = server.money(payment)
    server.customer_pays(payment)

    assert (closed, HOUSE.ask(payment, now=now).kind) == (("let go", 0), "captured")
    with pytest.raises(ProviderUnavailable):
        HOUSE.void(payment, now=now)


def test_an_order_closed_or_paid_back_by_hand_is_none_of_ours_any_more(server, now):
    payment, _address = go(an_order(now=now), server, now)
    (order,) = server.orders.values()
    for trade_state in ("CLOSED", "REFUND"):
        order["trade_state"] = trade_state
        assert HOUSE.ask(payment, now=now).kind == "expired"
        HOUSE.void(payment, now=now)


def test_keys_are_known_by_their_numbers_while_wechat_changes_them(server, now, settings):
    old, older = Key(), Key()
    serial = 0x5157F09EFDC096DE15EBE81A47057A7232F1B8E1
    settings.WECHAT_PAY_CERTIFICATES = certificate(old, serial, since=now - timedelta(days=1)) + certificate(
        older, serial + 1, since=now - timedelta(days=40), lasts=timedelta(days=30)
    )
    payment, _address = go(an_order(now=now), server, now)
    _headers, body = server.customer_pays(payment)

    server.signs_with, server.serial = older, f"{serial + 1:X}"  # ran out ten days ago
    with pytest.raises(BadSignature):
        hear(server, server.signed(body), now)
    server.signs_with, server.serial = WECHAT_KEY, f"{serial:X}"  # one key under another's number
    with pytest.raises(BadSignature):
        hear(server, server.signed(body), now)
    server.signs_with = old
    hear(server, server.signed(body), now)

    assert state(payment) == ("paid", "captured")


def test_certificates_do_without_a_public_key(server, settings, now):
    settings.WECHAT_PAY_PUBLIC_KEY = settings.WECHAT_PAY_PUBLIC_KEY_ID = ""
    settings.WECHAT_PAY_CERTIFICATES = certificate(WECHAT_KEY, 0xABC, since=now - timedelta(days=1))
    server.serial = "ABC"

    assert HOUSE.missing_settings() == []
    assert state(paid(server, now)) == ("paid", "captured")


def test_the_start_says_what_is_missing_or_cannot_be_read(server, settings):
    settings.WECHAT_PAY_SERIAL, settings.WECHAT_PAY_PRIVATE_KEY = "", "bm8ga2V5"
    settings.WECHAT_PAY_API_V3_KEY, settings.WECHAT_PAY_CERTIFICATES = "too short", "no certificate"
    settings.WECHAT_PAY_PUBLIC_KEY_ID = ""

    assert HOUSE.missing_settings() == [
        "WECHAT_PAY_SERIAL",
        "WECHAT_PAY_PUBLIC_KEY_ID",
        "an RSA key in WECHAT_PAY_PRIVATE_KEY",
        "the 32 characters of the APIv3 key in WECHAT_PAY_API_V3_KEY",
        "certificates in WECHAT_PAY_CERTIFICATES",
    ]


@pytest.mark.parametrize("name", ["alipay", "wechat"])
def test_a_house_that_does_not_sell_in_yuan_is_not_started_with_them(settings, monkeypatch, name):
    settings.PAYMENT_PROVIDERS, settings.CURRENCY = [name], "JPY"
    monkeypatch.setattr(type(PROVIDERS[name]), "missing_settings", lambda _self: [])

    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_unready_providers()

    assert str(refused.value) == (
        f"The payment provider '{name}' takes CNY only, and CURRENCY is JPY. "
        "Take it out of PAYMENT_PROVIDERS, or sell in CNY."
    )


def test_only_yuan_can_be_paid_there(server, now):
    payment = Payment(order=an_order(now=now), amount=4500, currency="EUR", created_at=now)

    with pytest.raises(ProviderRefused):
        HOUSE.begin(payment, now=now)
