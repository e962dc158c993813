"""What all processes count together, in Redis. Loaded only where REDIS_URL is set.

An answer is None while Redis is away: whoever asks must then count for themselves.
"""

import contextlib
import logging
import time
from collections.abc import Awaitable, Iterable
from typing import Any

import redis
import redis.asyncio

logger = logging.getLogger(__name__)

ANSWER_SECONDS = 1.0
LEAVE_ALONE_SECONDS = 2.0  # a Redis that didn't answer is not asked again for so long
LEASE_SECONDS = 15.0  # a process that died keeps nobody's place for longer

NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)"
# The key holds the moment at which everything will be there again: a bucket in one number.
TAKE = f"""{NOW}
local pause, at_once = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + pause
local wait = full_at - now - at_once * pause
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], full_at, 'PX', math.ceil(full_at - now))
return 0
"""
# Each place is leased, by Redis' own clock.
ENTER = f"""{NOW}
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3]) and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""


class Counts:
    """Paces and places by name, of all processes at one Redis."""

    def __init__(self, url: str) -> None:
        self.redis = redis.asyncio.Redis.from_url(
            url, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
        )
        self.take_script = self.redis.register_script(TAKE)
        self.enter_script = self.redis.register_script(ENTER)
        self.ask_again_at = 0.0

    async def take(self, name: str, *, at_once: int, a_second: float) -> int | None:
        """Take one: 0 when there was one, else the milliseconds until there will be."""
        return await self._answer(lambda: self.take_script([f"pace.{name}"], [1000 / a_second, at_once]))

    async def enter(self, name: str, who: str, *, limit: int) -> bool | None:
        """Take a place if one of so many is free."""
        answer = await self._answer(lambda: self._lease(name, who, limit))
        return None if answer is None else bool(answer)

    async def leave(self, name: str, who: str) -> None:
        """Give a place back."""
        await self._answer(lambda: self.redis.zrem(f"places.{name}", who))

    async def renew(self, taken: Iterable[tuple[str, str]]) -> None:
        """Keep places for another while, whatever their limit."""
        await self._answer(lambda: self._lease_all(taken))

    async def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(redis.RedisError, OSError):
            await self.redis.aclose()

    def _lease(self, name: str, who: str, limit: int, client: Any = None) -> Any:
        return self.enter_script([f"places.{name}"], [who, round(LEASE_SECONDS * 1000), limit], client=client)

    async def _lease_all(self, taken: Iterable[tuple[str, str]]) -> None:
        pipeline = self.redis.pipeline(transaction=False)
        for name, who in taken:
            await self._lease(name, who, 2**31, pipeline)
        await pipeline.execute()

    async def _answer(self, question) -> Any:
        if time.monotonic() < self.ask_again_at:
            return None
        try:
            asked: Awaitable = question()
            return await asked
        except (redis.RedisError, OSError) as fault:
            logger.warning("Redis doesn't count (%s); each process does for now", fault)
            self.ask_again_at = time.monotonic() + LEAVE_ALONE_SECONDS
            return None
