"""This process's line to Redis: one client for threads, one for each event loop, and one rule for when Redis is away.

Loaded only where REDIS_URL is set. Whoever listens for as long as the process lives keeps a bare connection of its own
(:mod:`cinema.realtime.over_redis`, :mod:`cinema.jobs.over_redis`): a client's time-outs would end it.
"""

import asyncio
import logging
import threading
import time

import redis
import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 1.0
LEAVE_ALONE_SECONDS = 2.0
FAULTS = (redis.RedisError, OSError)

_lock = threading.Lock()
_clients: dict[str, redis.Redis] = {}
_of_loops: dict[tuple[asyncio.AbstractEventLoop, str], redis.asyncio.Redis] = {}


class Outage:
    """A Redis that didn't answer is left alone for a moment, so that no page and no socket waits for it twice."""

    def __init__(self) -> None:
        self.until = 0.0

    @property
    def is_on(self) -> bool:
        """Whether Redis is to be left alone now."""
        return time.monotonic() < self.until

    def begin(self, fault: Exception, who: str) -> None:
        """Redis has failed ``who``: each process keeps its own counts and copies for a moment."""
        logger.warning("Redis is away for the %s (%s); this process keeps its own meanwhile", who, fault)
        self.until = time.monotonic() + LEAVE_ALONE_SECONDS


outage = Outage()


def client(url: str = "") -> redis.Redis:
    """The client of this process, for threads. It tries once more for a connection that went stale, without waiting."""
    url = url or settings.REDIS_URL
    with _lock:
        if url not in _clients:
            _clients[url] = redis.Redis.from_url(
                url,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
                retry=Retry(NoBackoff(), 1),
            )
        return _clients[url]


def async_client() -> redis.asyncio.Redis:
    """The client of the running event loop."""
    place = (asyncio.get_running_loop(), settings.REDIS_URL)
    with _lock:
        for gone in [other for other in _of_loops if other[0].is_closed()]:
            del _of_loops[gone]
        if place not in _of_loops:
            _of_loops[place] = redis.asyncio.Redis.from_url(
                settings.REDIS_URL,
                socket_timeout=TIMEOUT_SECONDS,
                socket_connect_timeout=TIMEOUT_SECONDS,
                retry=AsyncRetry(NoBackoff(), 1),
            )
        return _of_loops[place]


async def close_async_client() -> None:
    """Hang up the client of the running event loop, for a server or a test that ends."""
    with _lock:
        mine = [place for place in _of_loops if place[0] is asyncio.get_running_loop()]
        leaving = [_of_loops.pop(place) for place in mine]
    for one in leaving:
        try:
            await one.aclose()
        except FAULTS as fault:
            logger.debug("Redis took no leave: %s", fault)
