"""What all processes count together, in Redis. Loaded only where REDIS_URL is set."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from limits.aio.storage import RedisStorage as AsyncRedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter as AsyncSlidingWindow
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from cinema import redis_client
from cinema.rate_limits.limits import RateLimit
from cinema.rate_limits.strategies import seconds_left

LEASE_SECONDS = 15.0  # a process that died keeps nobody's slot for longer

NOW = "local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)"
# The key holds the moment at which everything will be there again: a bucket in one number.
TAKE = f"""{NOW}
local pause, amount, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now) + cost * pause
local wait = full_at - now - amount * pause
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], full_at, 'PX', math.max(1, math.ceil(full_at - now)))
return 0
"""
GIVE = f"""{NOW}
local full_at = tonumber(redis.call('GET', KEYS[1]) or 0) - tonumber(ARGV[1]) * tonumber(ARGV[3])
if full_at <= now then return redis.call('DEL', KEYS[1]) end
return redis.call('SET', KEYS[1], full_at, 'PX', math.ceil(full_at - now))
"""
# One slot of each kind or none of any; each is leased, by Redis' own clock.
ENTER = f"""{NOW}
for i, key in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
    local full = redis.call('ZCARD', key) >= tonumber(ARGV[2 + i])
    if full and not redis.call('ZSCORE', key, ARGV[1]) then return 0 end
end
for i, key in ipairs(KEYS) do
    redis.call('ZADD', key, now + ARGV[2], ARGV[1])
    redis.call('PEXPIRE', key, ARGV[2])
end
return 1
"""


def _key(limit: RateLimit, who: str) -> str:
    return limit.item.key_for(who)


def _bucket(limit: RateLimit, cost: int) -> list[Any]:
    return [limit.seconds * 1000 / limit.amount, limit.amount, cost]


class SharedCounter:
    """Counts for threads: pages, API, commands."""

    def __init__(self) -> None:
        client = redis_client.client()
        self.storage = RedisStorage("redis://", connection_pool=client.connection_pool)
        self.windows = SlidingWindowCounterRateLimiter(self.storage)
        self.take_tokens, self.give_tokens = client.register_script(TAKE), client.register_script(GIVE)

    def give_back(self, limit: RateLimit, who: str, amount: int) -> None:
        """Put back what somebody need not have spent."""
        self.give_tokens([_key(limit, who)], _bucket(limit, amount))

    def take(self, limit: RateLimit, who: str, cost: int = 1) -> float:
        """Spend from a limit: 0 when there was enough, else the seconds until it is worth trying again."""
        if limit.refills:
            return self.take_tokens([_key(limit, who)], _bucket(limit, cost)) / 1000
        if self.windows.hit(limit.item, who, cost=cost):
            return 0.0
        return seconds_left(limit, cost, *self.storage.get_sliding_window(_key(limit, who), limit.seconds))


class AsyncSharedCounter:
    """Counts for the running event loop: sockets."""

    def __init__(self) -> None:
        self.client = redis_client.async_client()
        pool: Any = self.client.connection_pool
        self.storage = AsyncRedisStorage("async+redis://", implementation="redispy", connection_pool=pool)
        self.windows = AsyncSlidingWindow(self.storage)
        self.take_tokens = self.client.register_script(TAKE)
        self.enter_slots = self.client.register_script(ENTER)

    async def take(self, limit: RateLimit, who: str, cost: int = 1) -> float:
        """Spend from a limit: 0 when there was enough, else the seconds until it is worth trying again."""
        if limit.refills:
            return await self.take_tokens([_key(limit, who)], _bucket(limit, cost)) / 1000
        if await self.windows.hit(limit.item, who, cost=cost):
            return 0.0
        return seconds_left(limit, cost, *await self.storage.get_sliding_window(_key(limit, who), limit.seconds))

    async def enter(self, slots: dict[str, int], who: str) -> bool:
        """Take one slot under each name, if each has one free below its limit."""
        keys = [f"slots/{name}" for name in slots]
        return bool(await self.enter_slots(keys, [who, round(LEASE_SECONDS * 1000), *slots.values()]))

    async def leave(self, names: Iterable[str], who: str) -> None:
        """Give slots back."""
        pipeline = self.client.pipeline(transaction=False)
        for name in names:
            pipeline.zrem(f"slots/{name}", who)
        await pipeline.execute()

    async def renew(self, taken: Iterable[tuple[str, str]]) -> None:
        """Keep slots for another while, whatever their limit."""
        pipeline = self.client.pipeline(transaction=False)
        for name, who in taken:
            await self.enter_slots([f"slots/{name}"], [who, round(LEASE_SECONDS * 1000), 2**31], client=pipeline)
        await pipeline.execute()


@cache
def shared_counter(url: str) -> SharedCounter:
    """This process's counter at the Redis of that address."""
    return SharedCounter()
