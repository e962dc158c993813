"""Providers that tell at the same moment: one order, whoever pays it, is sold and paid once, on either database."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import an_order
from tests.ticketing.providers.alipay_server import AlipayServer
from tests.ticketing.providers.stripe_server import StripeServer
from tests.ticketing.providers.test_any_provider import go, hear, state
from tests.ticketing.providers.wechat_server import WeChatServer
from tests.ticketing.test_together import at_once
from tests.working import do_jobs
from ticketing.jobs import AFTER_SALES
from ticketing.models import Order, Payment, ProviderEvent
from ticketing.money.settling import ask_payment
from ticketing.money.verify import find_faults

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(minutes=3)


@pytest.fixture
def servers(db, settings):
    """All three, switched on together."""
    opened = [kind(timezone.now()) for kind in (StripeServer, AlipayServer, WeChatServer)]
    settings.PAYMENT_PROVIDERS = [server.name for server in opened]
    for server in opened:
        for name, value in server.settings().items():
            setattr(settings, name, value)
    yield opened
    for server in opened:
        server.stop()


@pytest.mark.parametrize("place", [0, 1, 2], ids=["stripe", "alipay", "wechat"])
def test_a_notification_that_comes_four_times_at_once_while_we_ask_sells_once(servers, place):
    server, now = servers[place], timezone.now()
    payment, _address = go(an_order(now=now), server, now)
    call = server.customer_pays(payment)

    heard = at_once(
        *[lambda: hear(server, call, now)] * 4,
        lambda: ask_payment(payment_id=payment.pk, now=now + LATER),
    )
    do_jobs(*AFTER_SALES, at=now + LATER)

    assert len([one for one in heard if isinstance(one, Payment)]) == 4
    assert (state(payment), server.money(payment)) == (("paid", "captured"), ("taken", 0))
    assert ProviderEvent.objects.count() == 1
    assert list(find_faults(now=now + LATER)) == []


@pytest.mark.parametrize("pair", [(0, 1), (1, 2), (2, 0)], ids=["stripe, alipay", "alipay, wechat", "wechat, stripe"])
def test_who_pays_at_two_providers_at_once_pays_one_and_gets_the_other_back(servers, pair):
    now = timezone.now()
    order = an_order(now=now)
    both = [servers[place] for place in pair]
    payments = [go(order, server, now)[0] for server in both]
    calls = [server.customer_pays(payment) for server, payment in zip(both, payments, strict=True)]

    at_once(
        lambda: hear(both[0], calls[0], now),
        lambda: hear(both[1], calls[1], now),
    )
    do_jobs(*AFTER_SALES, at=now + LATER)

    kept = [payment for payment in Payment.objects.all() if payment.status == "captured"]
    given_up = [payment for payment in Payment.objects.all() if payment.status in {"voided", "returned"}]
    assert (Order.objects.get().status, len(kept), len(given_up)) == ("paid", 1, 1)
    by_name = {server.name: server for server in both}
    assert by_name[kept[0].provider].money(kept[0]) == ("taken", 0)
    assert by_name[given_up[0].provider].money(given_up[0]) in {("let go", 0), ("taken", order.total_amount)}
    assert list(find_faults(now=now + LATER)) == []
