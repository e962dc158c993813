"""What somebody may have open at the same time, over all processes: a slot is taken, leased, and given back."""

import asyncio
import contextlib
from collections.abc import Iterable

from django.conf import settings

from cinema.rate_limits.callers import Caller
from cinema.rate_limits.limiter import async_counter, redis_client
from cinema.rate_limits.limits import SlotLimit

RENEW_SECONDS = 5.0


class Slots:
    """Those taken from one event loop."""

    def __init__(self, redis_url: str) -> None:
        self.is_shared = bool(redis_url)
        self.taken: dict[str, set[str]] = {}
        self.renewing: asyncio.Task | None = None

    async def enter(self, limits: Iterable[SlotLimit], caller: Caller, who: str, kind: str) -> list[str] | None:
        """Take a slot of each limit that counts this caller: their names for ``leave``, or None if one has none."""
        wanted = {f"{one.name}/{kind}/{one.by}/{caller.by(one.by)}": one.amount for one in limits if caller.by(one.by)}
        if any(len(self.taken.get(name, ())) >= amount for name, amount in wanted.items()):
            return None
        for name in wanted:  # before Redis is asked: of two who come at once the second must see the first
            self.taken.setdefault(name, set()).add(who)
        free = False
        try:
            free = await self._enter_shared(wanted, who)
        finally:
            if not free:  # or cut off while Redis was asked
                self._strike(wanted, who)
        return list(wanted) if free else None

    async def leave(self, names: list[str], who: str) -> None:
        """Give slots back."""
        mine = [name for name in names if who in self.taken.get(name, ())]
        self._strike(mine, who)
        if mine and self._redis_is_there:
            with self._while_it_lasts():
                await async_counter().leave(mine, who)

    async def close(self) -> None:
        """Stop renewing, for a server or a test that ends."""
        if self.renewing is not None:
            self.renewing.cancel()

    @property
    def _redis_is_there(self) -> bool:
        return self.is_shared and bool(settings.REDIS_URL) and not redis_client().outage.is_on

    @contextlib.contextmanager
    def _while_it_lasts(self):
        try:
            yield
        except redis_client().FAULTS as fault:
            redis_client().outage.begin(fault, "open sockets")

    async def _enter_shared(self, wanted: dict[str, int], who: str) -> bool:
        if self.is_shared:
            self.renewing = self.renewing or asyncio.create_task(self._renew(), name="rate-limit-slots")
        if wanted and self._redis_is_there:
            with self._while_it_lasts():
                return await async_counter().enter(wanted, who)
        return True

    def _strike(self, names: Iterable[str], who: str) -> None:
        for name in names:
            self.taken[name].discard(who)
            if not self.taken[name]:
                del self.taken[name]

    async def _renew(self) -> None:
        # What is open is open: it is written down again whatever the limit, also in a Redis that has forgotten it.
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            taken = [(name, who) for name, here in self.taken.items() for who in here]
            if taken and self._redis_is_there:
                with self._while_it_lasts():
                    await async_counter().renew(taken)
