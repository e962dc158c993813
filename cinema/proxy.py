"""Behind a proxy every request seems to come from it; this restores who is really asking."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse


class BelieveTheProxy:
    """Takes the caller's address from the proxy, so that limits count people and not the proxy.

    Only where BEHIND_PROXY is on. The last entry is the one our own proxy wrote; what stands before it anybody may have
    made up.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.BEHIND_PROXY:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on under its sender's own address."""
        if told := request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip():
            request.META["REMOTE_ADDR"] = told
        return self.get_response(request)
