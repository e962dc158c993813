"""A house that takes money at one real provider, whose server stands beside it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.utils import timezone

from tests.ticketing.providers.alipay_server import AlipayServer
from tests.ticketing.providers.server import ProviderServer
from tests.ticketing.providers.stripe_server import StripeServer
from tests.ticketing.providers.wechat_server import WeChatServer
from ticketing.money.providers import PROVIDERS

SERVERS = [StripeServer, AlipayServer, WeChatServer]


@pytest.fixture
def now() -> datetime:
    """This very moment, since pages and signatures go by the real clock."""
    return timezone.now()


@pytest.fixture(params=SERVERS, ids=lambda kind: kind.name)
def server(request, now, db, settings) -> Iterator[ProviderServer]:
    """Each provider's server in turn, and the house that is switched on to it."""
    yield from switched_on(request.param(now), settings)


def switched_on(server: ProviderServer, settings) -> Iterator[ProviderServer]:
    """The server, known to the house."""
    settings.PAYMENT_PROVIDERS = [server.name]
    for name, value in server.settings().items():
        setattr(settings, name, value)
    assert PROVIDERS[server.name].missing_settings() == []
    yield server
    server.stop()


@pytest.fixture
def house(server):
    """The house's side of this provider."""
    return PROVIDERS[server.name]
