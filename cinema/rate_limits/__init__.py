"""How much one caller may ask of the house: the one rate limiter, for API, pages, sockets and domain alike.

A limit counts for an **address**, a **network**, an **account** or a **device** (a signed cookie). ``policy`` has them
all; ``take`` and ``take_async`` spend from them, ``Slots`` counts what is open at the same time.
"""

from cinema.rate_limits.callers import Caller, caller_of
from cinema.rate_limits.limiter import (
    RateLimited,
    Verdict,
    close_async,
    give_back,
    take,
    take_async,
    try_take,
    try_take_async,
)
from cinema.rate_limits.limits import By, RateLimit, SlotLimit

__all__ = [
    "By",
    "Caller",
    "RateLimit",
    "RateLimited",
    "SlotLimit",
    "Verdict",
    "caller_of",
    "close_async",
    "give_back",
    "take",
    "take_async",
    "try_take",
    "try_take_async",
]
