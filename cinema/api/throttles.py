"""So many requests a minute for each user and each address; fewer for log-ins and sign-ups.

Counted in the cache by windows of a minute: one atomic increment a request. With several processes the cache is Redis.
"""

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

WINDOW = 60


class Ration(BaseThrottle):
    """Counts both for the address and, when known, for the user; a scope of its own where an endpoint names one."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this request is within every ration it falls under."""
        if not settings.RATE_LIMITS:
            return True
        within = [self._count(scope, who) <= settings.API_RATES[scope] for scope, who in self._rations(request, view)]
        return all(within)

    def wait(self) -> float:
        """The seconds until the window is over."""
        return WINDOW - time.time() % WINDOW

    def _rations(self, request: Request, view: Any) -> list[tuple[str, str]]:
        address = self.get_ident(request) or ""
        rations = [("address", address)]
        if request.user is not None and request.user.is_authenticated:
            rations.append(("user", str(request.user.pk)))
        if scope := getattr(view, "throttle_scope", ""):
            rations.append((scope, address))
        return rations

    def _count(self, scope: str, who: str) -> int:
        key = f"ration:{scope}:{who}:{int(time.time()) // WINDOW}"
        if cache.add(key, 1, timeout=2 * WINDOW):
            return 1
        try:
            return cache.incr(key)
        except ValueError:  # it ran out between the two lines
            cache.set(key, 1, timeout=2 * WINDOW)
            return 1
