"""Beside the library's sliding window: a bucket that refills, so that whoever waits a little may go on a little.

Both are counted in this process; :mod:`cinema.rate_limits.over_redis` has the same over all processes.
"""

import threading
import time

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import RateLimiter, SlidingWindowCounterRateLimiter
from limits.util import WindowStats

from cinema.rate_limits.limits import RateLimit

MANY_BUCKETS = 10_000


class BucketStorage(MemoryStorage):
    """The library's storage in memory, and beside it the moment at which each bucket will be full again."""

    STORAGE_SCHEME = None  # type: ignore[assignment] # not one to be found by an address

    def __init__(self) -> None:
        super().__init__()
        self.full_at: dict[str, float] = {}
        self.lock = threading.Lock()

    def take_tokens(self, key: str, amount: int, expiry: float, cost: int) -> float:
        """Take ``cost`` of ``amount``: 0 when they were there, else the seconds until they will be."""
        now, pause = time.time(), expiry / amount
        with self.lock:
            if len(self.full_at) > MANY_BUCKETS:
                self.full_at = {key: moment for key, moment in self.full_at.items() if moment > now}
            full_at = max(self.full_at.get(key, now), now) + cost * pause
            wait = full_at - now - amount * pause
            if wait > 1e-6:
                return wait
            self.full_at[key] = full_at
            return 0.0

    def give_tokens(self, key: str, amount: int, expiry: float, given: int) -> None:
        """Put some back; a bucket holds no more than ``amount``."""
        with self.lock:
            if key in self.full_at:
                self.full_at[key] -= given * expiry / amount


class BucketRateLimiter(RateLimiter):
    """``amount`` at once, then one each ``expiry / amount`` seconds."""

    storage: BucketStorage

    def take(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> float:
        """Take ``cost``: 0 when it was there, else the seconds until it will be."""
        return self.storage.take_tokens(item.key_for(*identifiers), item.amount, item.get_expiry(), cost)

    def hit(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Whether ``cost`` was there and has been taken."""
        return self.take(item, *identifiers, cost=cost) == 0

    def test(self, item: RateLimitItem, *identifiers: str, cost: int = 1) -> bool:
        """Whether ``cost`` is there."""
        return self.get_window_stats(item, *identifiers).remaining >= cost

    def get_window_stats(self, item: RateLimitItem, *identifiers: str) -> WindowStats:
        """When it will be full again, and how much is there now."""
        now = time.time()
        full_at = max(self.storage.full_at.get(item.key_for(*identifiers), now), now)
        return WindowStats(full_at, int(item.amount - (full_at - now) * item.amount / item.get_expiry()))


class Counter:
    """Counts in this process."""

    def __init__(self) -> None:
        self.storage = BucketStorage()
        self.buckets, self.windows = BucketRateLimiter(self.storage), SlidingWindowCounterRateLimiter(self.storage)

    def take(self, limit: RateLimit, who: str, cost: int = 1) -> float:
        """Spend from a limit: 0 when there was enough, else the seconds until it is worth trying again."""
        if limit.refills:
            return self.buckets.take(limit.item, who, cost=cost)
        if self.windows.hit(limit.item, who, cost=cost):
            return 0.0
        return seconds_left(limit, cost, *self.storage.get_sliding_window(limit.item.key_for(who), limit.seconds))

    def give_back(self, limit: RateLimit, who: str, amount: int) -> None:
        """Put back what somebody need not have spent."""
        self.storage.give_tokens(limit.item.key_for(who), limit.amount, limit.seconds, amount)

    def clear(self) -> None:
        """Forget everything."""
        self.storage.full_at.clear()
        self.storage.reset()


def seconds_left(limit: RateLimit, cost: int, before: int, before_ttl: float, here: int, here_ttl: float) -> float:
    """Until a sliding window has room for ``cost``: the count of the window before it fades, then this one's.

    The library itself only tells when its next window begins. A window is kept for twice its length.
    """
    room, length = limit.amount - cost + 1, limit.seconds
    until_next = max(here_ttl - length, 0.0)
    if before and here < room:
        return max(before_ttl - (room - here) * length / before, 0.0) + 0.001
    return until_next + max(length - room * length / max(here, 1), 0.0) + 0.001
