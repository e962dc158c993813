"""So many requests a minute for each account and each address; fewer for log-ins and sign-ups."""

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from cinema.rate_limits import caller_of, policy, try_take


class CallerThrottle(BaseThrottle):
    """Asks the rate limiter; an endpoint's ``throttle_scope`` adds a limit of its own."""

    seconds = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Whether this request is within every limit it falls under."""
        account = request.user.pk if request.user is not None and request.user.is_authenticated else None
        limits = policy.api_requests(getattr(view, "throttle_scope", ""))
        self.seconds = try_take(limits, caller_of(request._request, account))
        return not self.seconds

    def wait(self) -> float:
        """The seconds until it is worth trying again."""
        return self.seconds
