"""Spending from limits: over all processes in Redis where there is one, else, and while it is away, in this one.

Nobody is refused, and nothing fails or waits, because Redis is away: each process then counts for itself.
"""

import asyncio
from collections.abc import Iterable, Iterator
from importlib import import_module
from math import ceil
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from cinema.errors import CinemaError
from cinema.rate_limits.callers import Caller
from cinema.rate_limits.limits import RateLimit
from cinema.rate_limits.strategies import Counter

Verdict = float  # 0: go on; else the seconds after which it is worth trying again

counter = Counter()
_of_loops: dict[tuple[asyncio.AbstractEventLoop, str], Any] = {}


class RateLimited(CinemaError):
    """Too much at once; ``details`` say after how many milliseconds, or whole seconds, it is worth trying again."""

    code = "rate_limited"
    message = _("Too fast: please wait a moment.")
    http_status = 429

    def __init__(self, message: object = None, *, seconds: float = 0, **details: object) -> None:
        if seconds:
            details |= {"retry_after_ms": ceil(seconds * 1000), "wait": ceil(seconds)}
        super().__init__(message, **details)


def over_redis(name: str) -> Any:
    """A part of :mod:`cinema.rate_limits.over_redis`, whose library a house without Redis never loads."""
    return import_string(f"cinema.rate_limits.over_redis.{name}")


def redis_client() -> Any:
    """:mod:`cinema.redis_client`, likewise."""
    return import_module("cinema.redis_client")


def take(limits: Iterable[RateLimit], caller: Caller, *, cost: int = 1) -> None:
    """Spend ``cost`` from each limit that counts this caller, narrowest first. Raises RateLimited."""
    if seconds := try_take(limits, caller, cost=cost):
        raise RateLimited(seconds=seconds)


async def take_async(limits: Iterable[RateLimit], caller: Caller, *, cost: int = 1) -> None:
    """The same for sockets. Raises RateLimited."""
    if seconds := await try_take_async(limits, caller, cost=cost):
        raise RateLimited(seconds=seconds)


def try_take(limits: Iterable[RateLimit], caller: Caller, *, cost: int = 1) -> Verdict:
    """Spend ``cost`` from each limit that counts this caller, up to the first that has too little left."""
    for limit, who in _counted(limits, caller):
        if seconds := _take(limit, who, cost):
            return seconds
    return 0.0


async def try_take_async(limits: Iterable[RateLimit], caller: Caller, *, cost: int = 1) -> Verdict:
    """The same for sockets."""
    for limit, who in _counted(limits, caller):
        if seconds := await _take_async(limit, who, cost):
            return seconds
    return 0.0


def give_back(limits: Iterable[RateLimit], caller: Caller, amount: int) -> None:
    """Put back what was spent from limits that refill, where it need not have been."""
    for limit, who in _counted(limits, caller):
        if settings.REDIS_URL and not (redis := redis_client()).outage.is_on:
            try:
                over_redis("shared_counter")(settings.REDIS_URL).give_back(limit, who, amount)
                continue
            except redis.FAULTS as fault:
                redis.outage.begin(fault, "rate limits")
        counter.give_back(limit, who, amount)


async def close_async() -> None:
    """Forget what the running event loop had at Redis, for a server or a test that ends."""
    loop = asyncio.get_running_loop()
    for place in [place for place in _of_loops if place[0] is loop]:
        del _of_loops[place]
    if settings.REDIS_URL:
        await redis_client().close_async_client()


def async_counter() -> Any:
    """The running event loop's counter in Redis."""
    place = (asyncio.get_running_loop(), settings.REDIS_URL)
    if place not in _of_loops:
        for gone in [other for other in _of_loops if other[0].is_closed()]:
            del _of_loops[gone]
        _of_loops[place] = over_redis("AsyncSharedCounter")()
    return _of_loops[place]


def _counted(limits: Iterable[RateLimit], caller: Caller) -> Iterator[tuple[RateLimit, str]]:
    if settings.RATE_LIMITS:
        for limit in limits:
            if who := caller.by(limit.by):
                yield limit, who


def _take(limit: RateLimit, who: str, cost: int) -> Verdict:
    if settings.REDIS_URL and not (redis := redis_client()).outage.is_on:
        try:
            return over_redis("shared_counter")(settings.REDIS_URL).take(limit, who, cost)
        except redis.FAULTS as fault:
            redis.outage.begin(fault, "rate limits")
    return counter.take(limit, who, cost)


async def _take_async(limit: RateLimit, who: str, cost: int) -> Verdict:
    if settings.REDIS_URL and not (redis := redis_client()).outage.is_on:
        try:
            return await async_counter().take(limit, who, cost)
        except redis.FAULTS as fault:
            redis.outage.begin(fault, "rate limits")
    return counter.take(limit, who, cost)
