"""The device cookie: by it limits tell the browsers behind an address apart, and guests of the talk have a self."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cinema.rate_limits.callers import COOKIE, cookie_settings, device_of, new_device


class DeviceCookie:
    """Gives each browser that is shown a page a signed cookie of its own. It says nothing about who sits before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the cookie on a page for a browser that has none of ours."""
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and not device_of(request.COOKIES.get(COOKIE, "")):
            response.set_cookie(COOKIE, new_device(), **cookie_settings())
        return response
