"""Redis as a cache the house can do without: while it is away each process remembers for itself."""

from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from cinema import redis_client


def _or_here(name: str) -> Callable:
    asked = getattr(RedisCache, name)

    def method(self: "RedisOrHere", *args: Any, **kwargs: Any) -> Any:
        if not redis_client.outage.is_on:
            try:
                return asked(self, *args, **kwargs)
            except redis_client.FAULTS as fault:
                redis_client.outage.begin(fault, "cache")
        return getattr(self.here, name)(*args, **kwargs)

    method.__name__ = name
    return method


class OneClient(RedisCacheClient):
    """Django's client of a cache, by way of the process's one client."""

    _servers: list[str]

    def get_client(self, key: object = None, *, write: bool = False) -> redis.Redis:
        """The process's client."""
        return redis_client.client(self._servers[0])


class RedisOrHere(RedisCache):
    """Django's Redis cache, with a memory of this process's own beside it."""

    def __init__(self, server: str, params: dict) -> None:
        super().__init__(server, params)
        self._class = OneClient
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
