"""Waking the workers after commit: those of this process at once, others through Redis where there is one.

A wake-up is a courtesy. Every worker looks each second anyway, so nothing is lost with it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.module_loading import import_string

from cinema.realtime import publish

TOPIC = "jobs"
_waiting: set[threading.Event] = set()


def wake_workers() -> None:
    """Say that there is something to do."""
    wake_here()
    if settings.REDIS_URL:
        publish(TOPIC, {})


def wake_here() -> None:
    """Wake the workers of this process."""
    for event in list(_waiting):
        event.set()


@contextmanager
def woken(event: threading.Event) -> Iterator[None]:
    """Have the event set whenever there is something to do."""
    _waiting.add(event)
    try:
        yield
    finally:
        _waiting.discard(event)


def listen_to_redis(stopping: threading.Event) -> None:
    """Pass on what Redis says until asked to stop. Returns at once where there is none."""
    if settings.REDIS_URL:
        import_string("cinema.jobs.over_redis.listen")(settings.REDIS_URL, TOPIC, wake_here, stopping)
