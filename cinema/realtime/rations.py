"""How fast somebody may go and how many places they may take, over all processes.

Counted in Redis where there is one; in this process where there is none, and while Redis is away: nobody is refused,
and nothing fails, because of that.
"""

import asyncio
import time
from typing import Any

from cinema.realtime.bus import over_redis

RENEW_SECONDS = 5.0
MANY_BUCKETS = 1000


class Bucket:
    """So many at once, then so many a second; in this process alone."""

    def __init__(self, at_once: float, a_second: float) -> None:
        self.at_once, self.a_second = at_once, a_second
        self.left, self.seen_at = at_once, time.monotonic()

    def take(self) -> int:
        """Take one: 0 when there was one, else the milliseconds until there will be."""
        self._fill()
        if self.left >= 1:
            self.left -= 1
            return 0
        return max(1, round((1 - self.left) / self.a_second * 1000))

    @property
    def is_full(self) -> bool:
        """Whether it is as good as a new one."""
        self._fill()
        return self.left >= self.at_once

    def _fill(self) -> None:
        now = time.monotonic()
        self.left = min(self.at_once, self.left + (now - self.seen_at) * self.a_second)
        self.seen_at = now


class Rations:
    """The counts one event loop takes part in."""

    def __init__(self, redis_url: str) -> None:
        self.shared: Any = over_redis("Counts", "counts")(redis_url) if redis_url else None
        self.buckets: dict[str, Bucket] = {}
        self.places: dict[str, set[str]] = {}
        self.renewing: asyncio.Task | None = None

    async def take(self, name: str, *, at_once: int, a_second: float) -> int:
        """Take one of ``name``: 0 when there was one, else the milliseconds until there will be."""
        wait = None if self.shared is None else await self.shared.take(name, at_once=at_once, a_second=a_second)
        if wait is not None:
            return wait
        if len(self.buckets) > MANY_BUCKETS:
            self.buckets = {name: bucket for name, bucket in self.buckets.items() if not bucket.is_full}
        return self.buckets.setdefault(name, Bucket(at_once, a_second)).take()

    async def enter(self, name: str, who: str, *, limit: int) -> bool:
        """Take a place of ``name`` until ``leave``, if one of so many is free."""
        here = self.places.setdefault(name, set())
        if len(here) >= limit:
            return False
        here.add(who)  # before Redis is asked: of two who come at once the second must see the first
        if self.shared is not None:
            self.renewing = self.renewing or asyncio.create_task(self._renew(), name="realtime-places")
            if await self.shared.enter(name, who, limit=limit) is False:
                self._strike(name, who)
                return False
        return True

    async def leave(self, name: str, who: str) -> None:
        """Give a place back."""
        if who in self.places.get(name, ()):
            self._strike(name, who)
            if self.shared is not None:
                await self.shared.leave(name, who)

    async def close(self) -> None:
        """Hang up, for a server or a test that ends."""
        if self.renewing is not None:
            self.renewing.cancel()
        if self.shared is not None:
            await self.shared.close()

    def _strike(self, name: str, who: str) -> None:
        self.places[name].discard(who)
        if not self.places[name]:
            del self.places[name]

    async def _renew(self) -> None:
        # What is open is open: it is written down again whatever the limit, also in a Redis that has forgotten it.
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if taken := [(name, who) for name, here in self.places.items() for who in here]:
                await self.shared.renew(taken)
