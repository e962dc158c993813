"""Beginning to pay on a computer and going on with a phone, where a provider has a page for each."""

import pytest

from tests.factories import an_order
from tests.ticketing.providers.alipay_server import AlipayServer
from tests.ticketing.providers.test_any_provider import hear, state
from tests.ticketing.providers.wechat_server import WeChatServer
from tests.working import do_jobs
from ticketing.jobs import AFTER_SALES
from ticketing.models import Payment
from ticketing.money.online import pay_online

two_pages = pytest.mark.parametrize("server", [AlipayServer, WeChatServer], indirect=True, ids=["alipay", "wechat"])


def change(order, server, now, first):
    """Press *pay* on one device and then on the other; the payment of each."""
    for on_phone in (first == "phone", first != "phone"):
        server.visit(pay_online(order=order, provider=server.name, now=now, on_phone=on_phone, client_ip="203.0.113.7"))
    return Payment.objects.filter(order=order).order_by("pk")


@two_pages
@pytest.mark.parametrize("first", ["computer", "phone"])
def test_who_goes_on_with_another_device_pays_there_and_the_first_is_closed(server, now, first):
    begun, again = change(an_order(now=now), server, now, first)
    do_jobs("void_payment", at=now)

    hear(server, server.customer_pays(again), now)
    do_jobs(*AFTER_SALES, at=now)

    assert (state(begun)[1], server.money(begun)) == ("expired", ("let go", 0))
    assert (state(again), server.money(again)) == (("paid", "captured"), ("taken", 0))


@two_pages
def test_who_pays_on_both_devices_all_the_same_gets_one_payment_back(server, now):
    begun, again = change(an_order(now=now), server, now, "computer")

    for payment in (again, begun):
        hear(server, server.customer_pays(payment), now)
    do_jobs(*AFTER_SALES, at=now)

    assert (state(again), state(begun)[1]) == (("paid", "captured"), "returned")
    assert (server.money(again), server.money(begun)) == (("taken", 0), ("taken", begun.amount))
