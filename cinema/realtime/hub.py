"""The hub: one subscription a topic a process, however many sockets listen to it.

An event reaches every listener as the same decoded object and the same text, so that a frame is encoded once. A
listener takes an event without waiting; what it must wait for it does by itself.
"""

import asyncio
import json
import logging
import threading
import time
from contextvars import Context
from typing import Protocol

from django.conf import settings

from cinema import rate_limits
from cinema.rate_limits.slots import Slots
from cinema.realtime.bus import BusLost, over_redis

logger = logging.getLogger(__name__)

_hubs: dict[asyncio.AbstractEventLoop, "Hub"] = {}
_hubs_lock = threading.Lock()


class Listener(Protocol):
    """What may listen to a topic."""

    def on_event(self, topic: str, event: dict) -> None:
        """Take one event. It must neither wait nor raise."""

    def on_bus_lost(self) -> None:
        """The bus broke and the listener has been struck off: events may be missing from here on."""


def deliver_here(topic: str, body: str) -> None:
    """Hand an event to the hubs of this process, from any thread."""
    with _hubs_lock:
        hubs = list(_hubs.items())
    for loop, hub in hubs:
        try:
            # Waking the loop is the point: without it a plain thread's event waits until something else does.
            # An empty context: that of a thread which works for a coroutine would bar listeners from the database.
            loop.call_soon_threadsafe(hub.deliver, topic, body, context=Context())
        except RuntimeError:
            _forget(loop)


def _forget(loop: asyncio.AbstractEventLoop) -> None:
    with _hubs_lock:
        _hubs.pop(loop, None)


class Hub:
    """The listeners of one event loop, by topic."""

    def __init__(self) -> None:
        self.listeners: dict[str, set[Listener]] = {}
        self.changing = asyncio.Lock()
        self.failed_at = 0.0
        self.slots = Slots(settings.REDIS_URL)
        self.line = (
            over_redis("RedisLine")(settings.REDIS_URL, self.deliver, self.lose_bus) if settings.REDIS_URL else None
        )

    @classmethod
    def current(cls) -> "Hub":
        """The hub of the running event loop."""
        loop = asyncio.get_running_loop()
        with _hubs_lock:
            for gone in [other for other in _hubs if other.is_closed()]:
                del _hubs[gone]
            if loop not in _hubs:
                _hubs[loop] = Hub()
            return _hubs[loop]

    async def subscribe(self, topic: str, listener: Listener) -> None:
        """Have ``listener`` hear ``topic`` from now on. Raises BusLost when Redis is away."""
        asked_at = time.monotonic()
        async with self.changing:
            if topic not in self.listeners:
                if self.line is not None:
                    if self.failed_at > asked_at:
                        # A Redis that hangs takes seconds to give up on: those who waited meanwhile needn't try.
                        raise BusLost("Redis didn't answer just now")
                    await self._ask_for(topic)
                self.listeners[topic] = set()
            self.listeners[topic].add(listener)

    async def _ask_for(self, topic: str) -> None:
        assert self.line is not None
        try:
            await self.line.subscribe(topic)
        except BusLost:
            self.failed_at = time.monotonic()
            raise

    async def unsubscribe(self, topic: str, listener: Listener) -> None:
        """Let ``listener`` hear ``topic`` no more; the last to go ends the subscription."""
        async with self.changing:
            listening = self.listeners.get(topic)
            if listening is None:
                return
            listening.discard(listener)
            if not listening:
                del self.listeners[topic]
                if self.line is not None:
                    await self.line.unsubscribe(topic)

    def deliver(self, topic: str, body: str) -> None:
        """Hand one event to whoever listens here."""
        listening = self.listeners.get(topic)
        if not listening:
            return
        event = json.loads(body)
        for listener in list(listening):
            try:
                listener.on_event(topic, event)
            except Exception:
                # One listener's fault must not keep the news from the others.
                logger.exception("A listener of %s failed", topic)

    async def close(self) -> None:
        """Hang up and forget everyone, for a server or a test that ends."""
        self.listeners.clear()
        if self.line is not None:
            await self.line.close()
        await self.slots.close()
        await rate_limits.close_async()
        _forget(asyncio.get_running_loop())

    def lose_bus(self) -> None:
        """Strike everyone off and tell them."""
        struck = {listener for listening in self.listeners.values() for listener in listening}
        self.listeners.clear()
        for listener in struck:
            listener.on_bus_lost()
