"""A hub's line to Redis: one connection with the subscriptions of this process, and word when it breaks.

Written on redis-py's bare connection because its PubSub (and the channel layer upon it) reconnects in silence: what
was published meanwhile would be missing and nobody would know. Here a break is always told.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

import redis
import redis.asyncio
from django.conf import settings

logger = logging.getLogger(__name__)

QUIET_SECONDS = 10  # with no news for so long the line is tried with a PING
ANSWER_SECONDS = 5


class BusLost(Exception):
    """Redis is away: whoever listens must come back later and read afresh."""


def bus_answers() -> bool:
    """Whether news can reach other processes now (always true where there is only one)."""
    if not settings.REDIS_URL:
        return True
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError):
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
