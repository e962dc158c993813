"""What the sockets' tests share: the hub of the test's event loop, and a Redis in place of the in-memory bus."""

import pytest
import pytest_asyncio

from cinema.realtime import Hub
from cinema.realtime.over_redis import Publisher


@pytest_asyncio.fixture
async def hub():
    """The hub of the test's event loop, closed afterwards."""
    current = Hub.current()
    yield current
    await current.close()


@pytest.fixture
def over_redis(settings, redis_server):
    """News goes over Redis in this test."""
    settings.REDIS_URL = redis_server.url
    yield redis_server
    if Publisher._current is not None:
        Publisher._current.close()
    redis_server.stop()
    redis_server.start()
