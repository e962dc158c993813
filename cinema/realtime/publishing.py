"""Publishing: never blocks its caller, never breaks a page or a sale.

In one process an event goes straight to the hubs of that process. With Redis a thread of this process sends what
was queued, in order, and tries again while Redis is away: so a short restart of Redis loses nothing, and a page
never waits for it.
"""

import atexit
import json
import logging
import os
import threading
import time
from collections import deque
from functools import partial

import redis
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from cinema.realtime.hub import deliver_here

logger = logging.getLogger(__name__)

QUEUE_LENGTH = 20_000
KEEP_SECONDS = 30  # older news is of no use: sockets have been told to come back and read afresh
BATCH = 200


def publish_on_commit(topic: str, event: dict) -> None:
    """Tell ``topic`` of ``event`` once the transaction at hand has committed (at once where there is none)."""
    transaction.on_commit(partial(publish, topic, event), robust=True)


def publish(topic: str, event: dict) -> None:
    """Tell ``topic`` of ``event`` now, from any thread. Returns at once and raises nothing for a bus that is away."""
    body = json.dumps(event, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))
    if settings.REDIS_URL:
        Publisher.of_this_process().put(topic, body)
    else:
        deliver_here(topic, body)


class Publisher:
    """The thread that brings this process's news to Redis."""

    _lock = threading.Lock()
    _current: "Publisher | None" = None

    def __init__(self, url: str) -> None:
        self.url = url
        self.pid = os.getpid()
        self.waiting: deque[tuple[float, str, str]] = deque(maxlen=QUEUE_LENGTH)
        self.wake = threading.Event()
        self.sending = False
        self.closed = False
        self.redis = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
        threading.Thread(target=self._run, name="realtime-publisher", daemon=True).start()
        atexit.register(self.flush, 1.0)

    @classmethod
    def of_this_process(cls) -> "Publisher":
        """The one publisher; a forked child gets its own, since threads don't survive a fork."""
        with cls._lock:
            current = cls._current
            if current is None or current.pid != os.getpid() or current.closed or current.url != settings.REDIS_URL:
                current = cls._current = Publisher(settings.REDIS_URL)
            return current

    def put(self, topic: str, body: str) -> None:
        """Queue one event; the oldest falls out when Redis has been away for very long."""
        self.waiting.append((time.monotonic(), topic, body))
        self.wake.set()

    def flush(self, timeout: float) -> None:
        """Wait until everything queued is out, for commands that publish and end."""
        until = time.monotonic() + timeout
        while self.pid == os.getpid() and (self.waiting or self.sending) and time.monotonic() < until:
            time.sleep(0.002)

    def close(self) -> None:
        """Drop what is queued and end the thread."""
        self.closed = True
        self.waiting.clear()
        self.wake.set()

    def _run(self) -> None:
        pause = 0.05
        while not self.closed:
            self.wake.wait()
            self.wake.clear()
            self.sending = True
            while batch := self._batch():
                try:
                    self._send(batch)
                    pause = 0.05
                except (redis.RedisError, OSError) as fault:
                    if pause < 1.0 and not self.closed:
                        logger.warning("Redis doesn't take the news (%s); trying again", fault)
                    if self.closed:
                        break
                    self.waiting.extendleft(reversed(batch))
                    time.sleep(pause)
                    pause = min(pause * 2, 1.0)
            self.sending = False

    def _batch(self) -> list[tuple[float, str, str]]:
        oldest = time.monotonic() - KEEP_SECONDS
        batch: list[tuple[float, str, str]] = []
        while self.waiting and len(batch) < BATCH:
            item = self.waiting.popleft()
            if item[0] >= oldest:
                batch.append(item)
        return batch

    def _send(self, batch: list[tuple[float, str, str]]) -> None:
        pipeline = self.redis.pipeline(transaction=False)
        for _, topic, body in batch:
            pipeline.publish(topic, body)
        pipeline.execute()
