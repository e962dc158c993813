"""The page with a code to scan: what it shows, whom it believes, and where it leads when the waiting is over."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from tests.factories import a_customer, an_order
from tests.ticketing.providers.conftest import switched_on
from tests.ticketing.providers.test_any_provider import hear
from tests.ticketing.providers.wechat_server import WeChatServer
from ticketing.models import Payment
from ticketing.money.payments import expire_payment
from ticketing.money.providers import PROVIDERS

pytestmark = pytest.mark.once  # no database changes what a provider is told


@pytest.fixture
def server(now, db, settings):
    """WeChat Pay alone, which has codes to scan."""
    yield from switched_on(WeChatServer(now), settings)


@pytest.fixture
def order(server):
    return an_order()


@pytest.fixture
def mine(client, order):
    client.force_login(order.customer)
    return client


def scan_page(client, order):
    """Press *pay*; the address of the page with the code."""
    return client.post(f"/orders/{order.pk}/pay/", {"provider": "wechat"})["Location"]


def state_of(client):
    return client.get(reverse("ticketing:scan_state", args=[Payment.objects.get().reference])).json()


def test_the_code_is_drawn_with_the_sum_and_how_long_it_holds(mine, order):
    page = mine.get(scan_page(mine, order)).content.decode()

    assert ("¥45" in page, "请打开手机微信扫描此二维码" in page, 'class="segno"' in page) == (True, True, True)
    assert state_of(mine) == {"waits": True}


def test_once_paid_the_page_leads_to_the_tickets(mine, order, server, now):
    address = scan_page(mine, order)
    hear(server, server.customer_pays(Payment.objects.get()), now)

    answer = mine.get(address, follow=True)

    assert state_of(mine) == {"waits": False}
    assert answer.redirect_chain == [(f"/orders/{order.pk}/", 302)]
    assert "支付成功，祝您观影愉快！" in answer.content.decode()


def test_a_code_that_can_no_longer_be_paid_leads_back_to_the_order(mine, order, now):
    address = scan_page(mine, order)
    Payment.objects.update(created_at=now - PROVIDERS["wechat"].window - timedelta(seconds=1))
    late = mine.get(address)
    expire_payment(payment=Payment.objects.get(), now=now)
    given_up = mine.get(address)

    assert late["Location"] == given_up["Location"] == f"/orders/{order.pk}/"
    assert state_of(mine) == {"waits": False}


@pytest.mark.parametrize("code", ["", "weixin://wxpay/bizpayurl?pr=mine", "weixin://wxpay/bizpayurl?pr=mine:abc"])
def test_nobody_has_this_house_show_a_code_of_their_own(mine, order, code):
    page = scan_page(mine, order).split("?")[0]

    assert mine.get(page, {"code": code}).status_code == 403


def test_a_code_of_one_payment_is_not_shown_for_another(mine, order, server):
    theirs = scan_page(mine, order).split("?")[1]
    other = an_order(customer=order.customer)
    page = scan_page(mine, other).split("?")[0]

    assert mine.get(f"{page}?{theirs}").status_code == 403


def test_strangers_who_guess_learn_nothing(client, order, server):
    client.force_login(a_customer())

    assert client.post(f"/orders/{order.pk}/pay/", {"provider": "wechat"}).status_code == 404
    assert client.get("/scan/2cf9f2b3-f9c1-4fe6-a05a-70f7cf17fa25/").status_code == 404
    assert client.get("/scan/2cf9f2b3-f9c1-4fe6-a05a-70f7cf17fa25/state/").json() == {"waits": False}
    assert User.objects.count() == 2


def test_the_page_asks_the_house_in_one_query(mine, order, django_assert_num_queries):
    scan_page(mine, order)

    address = reverse("ticketing:scan_state", args=[Payment.objects.get().reference])

    with django_assert_num_queries(1):
        mine.get(address)
