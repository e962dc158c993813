"""Redis as a cache the house can do without: while it is away each process counts and remembers for itself."""

import logging
import time
from collections.abc import Callable
from typing import Any, ClassVar

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

LEAVE_ALONE_SECONDS = 2


def _or_here(name: str) -> Callable:
    asked = getattr(RedisCache, name)

    def method(self: "RedisOrHere", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= RedisOrHere.away_until:
            try:
                return asked(self, *args, **kwargs)
            except (redis.RedisError, OSError) as fault:
                logger.warning("The cache in Redis is away (%s); this process keeps its own meanwhile", fault)
                RedisOrHere.away_until = time.monotonic() + LEAVE_ALONE_SECONDS
        return getattr(self.here, name)(*args, **kwargs)

    method.__name__ = name
    return method


class RedisOrHere(RedisCache):
    """Django's Redis cache; after a failure Redis is left alone for a moment, so that no page waits for it twice."""

    away_until: ClassVar[float] = 0.0

    def __init__(self, server: str, params: dict) -> None:
        # One more try for a connection that went stale, and no waiting.
        super().__init__(server, {**params, "OPTIONS": {"retry": Retry(NoBackoff(), 1), **params.get("OPTIONS", {})}})
        self.here = LocMemCache("while-redis-is-away", {**params, "OPTIONS": {"MAX_ENTRIES": 50_000}})

    add = _or_here("add")
    get = _or_here("get")
    set = _or_here("set")
    touch = _or_here("touch")
    delete = _or_here("delete")
    get_many = _or_here("get_many")
    set_many = _or_here("set_many")
    delete_many = _or_here("delete_many")
    has_key = _or_here("has_key")
    incr = _or_here("incr")
    clear = _or_here("clear")
