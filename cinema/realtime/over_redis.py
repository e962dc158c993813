"""Both ends of a line to Redis: a hub's, which hears, and a process's, which tells. Loaded only where REDIS_URL is set.

The hearing end is written on redis-py's bare connection because its PubSub (and the channel layer upon it) reconnects
in silence: what was published meanwhile would be missing and nobody would know. Here a break is always told.
"""

import asyncio
import atexit
import contextlib
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable

import redis
import redis.asyncio
from django.conf import settings

from cinema import redis_client
from cinema.realtime.bus import BusLost

logger = logging.getLogger(__name__)

QUIET_SECONDS = 10  # with no news for so long the line is tried with a PING
ANSWER_SECONDS = 5
QUEUE_LENGTH = 20_000
KEEP_SECONDS = 30  # older news is of no use: sockets have been told to come back and read afresh
BATCH = 200


def answers() -> bool:
    """Whether Redis answers within a second."""
    try:
        return bool(redis_client.client().ping())
    except redis_client.FAULTS:
        return False


class RedisLine:
    """One subscribing connection. Made on first use, and anew after a break."""

    def __init__(self, url: str, on_event: Callable[[str, str], None], on_lost: Callable[[], None]) -> None:
        self.on_event = on_event
        self.on_lost = on_lost
        # Protocol 2: there pushed messages are plain answers, which a bare connection reads in order.
        self.pool = redis.asyncio.ConnectionPool.from_url(
            url, protocol=2, socket_connect_timeout=2, decode_responses=True, socket_keepalive=True
        )
        self.connection: redis.asyncio.Connection | None = None
        self.reader: asyncio.Task | None = None
        self.confirmations: dict[str, asyncio.Future] = {}

    async def subscribe(self, topic: str) -> None:
        """Listen to ``topic``; returns when Redis has confirmed it. Raises BusLost."""
        confirmed = self.confirmations[topic] = asyncio.get_running_loop().create_future()
        try:
            connection = await self._open()
            await connection.send_command("SUBSCRIBE", topic)
            await asyncio.wait_for(confirmed, ANSWER_SECONDS)
        except (redis.RedisError, OSError, TimeoutError) as fault:
            self.confirmations.pop(topic, None)
            await self._hang_up()
            raise BusLost(str(fault)) from fault
        finally:
            self.confirmations.pop(topic, None)
        if self.connection is not connection:
            # It broke between the confirmation and now.
            raise BusLost("the line broke")

    async def unsubscribe(self, topic: str) -> None:
        """Stop listening; a line that is down needs no telling."""
        if self.connection is not None:
            with contextlib.suppress(redis.RedisError, OSError):
                await self.connection.send_command("UNSUBSCRIBE", topic)

    async def close(self) -> None:
        """Hang up for good."""
        if self.reader is not None:
            self.reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.reader
        await self._hang_up()

    async def _open(self) -> redis.asyncio.Connection:
        if self.connection is None:
            connection = self.pool.make_connection()
            await connection.connect()
            self.connection = connection
            self.reader = asyncio.create_task(self._read(connection), name="realtime-redis")
        return self.connection

    async def _read(self, connection: redis.asyncio.Connection) -> None:
        asked = False
        try:
            while True:
                try:
                    answer = await connection.read_response(
                        timeout=ANSWER_SECONDS if asked else QUIET_SECONDS, disconnect_on_error=False
                    )
                    asked = False
                except redis.TimeoutError:
                    if asked:
                        raise
                    await connection.send_command("PING")
                    asked = True
                    continue
                self._hear(answer)
        except (redis.RedisError, OSError, asyncio.IncompleteReadError) as fault:
            logger.warning("The line to Redis broke: %s", fault or type(fault).__name__)
        if self.connection is connection:
            await self._hang_up()
        self.on_lost()

    def _hear(self, answer: object) -> None:
        if not isinstance(answer, list):
            return
        if answer[0] == "message":
            self.on_event(answer[1], answer[2])
        elif answer[0] == "subscribe":
            confirmed = self.confirmations.pop(answer[1], None)
            if confirmed is not None and not confirmed.done():
                confirmed.set_result(None)

    async def _hang_up(self) -> None:
        connection, self.connection = self.connection, None
        for confirmed in self.confirmations.values():
            if not confirmed.done():
                confirmed.set_exception(BusLost("the line broke"))
        if connection is not None:
            with contextlib.suppress(redis.RedisError, OSError):
                await connection.disconnect(nowait=True)


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
        self.redis = redis_client.client(url)
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
            pipeline.publish(topic, body.encode(errors="replace"))  # a text that is none must not end this thread
        pipeline.execute()
