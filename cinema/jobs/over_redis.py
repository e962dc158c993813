"""Hearing of new jobs through Redis. Loaded only where REDIS_URL is set."""

import logging
import threading
from collections.abc import Callable

import redis

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0


def listen(url: str, topic: str, heard: Callable[[], None], stopping: threading.Event) -> None:
    """Call ``heard`` for whatever is published there, until ``stopping``. While Redis is away nothing is heard."""
    while not stopping.is_set():
        try:
            with (
                redis.Redis.from_url(url, socket_connect_timeout=2, socket_keepalive=True) as client,
                client.pubsub(ignore_subscribe_messages=True) as line,
            ):
                line.subscribe(topic)
                while not stopping.is_set():
                    if line.get_message(timeout=1.0):
                        heard()
        except (redis.RedisError, OSError) as fault:
            logger.info("Redis is away (%s); workers look each second", fault)
            stopping.wait(PAUSE_SECONDS)
