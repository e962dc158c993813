"""What carries news between processes: Redis where one is named, nothing where there is only one process.

A house without Redis never loads its library, which would take a fifth of a second of each start.
"""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


class BusLost(Exception):
    """Redis is away: whoever listens must come back later and read afresh."""


def over_redis(name: str) -> Any:
    """The part called ``name`` of :mod:`cinema.realtime.over_redis`."""
    return import_string(f"cinema.realtime.over_redis.{name}")


def bus_answers() -> bool:
    """Whether news can reach other processes now (always true where there is only one)."""
    return not settings.REDIS_URL or over_redis("answers")()
