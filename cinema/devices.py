"""What browsers are told apart by: a cookie of ours, for limits and for guests of the talk; whether it's a phone."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse

from cinema.rate_limits.callers import cookie_name, cookie_settings, device_of, new_device


class DeviceCookie:
    """Gives each browser that is shown a page a signed cookie of its own. It says nothing about who sits before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set the cookie on a page for a browser that has none of ours."""
        response = self.get_response(request)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and not device_of(request.COOKIES.get(cookie_name(), "")):
            response.set_cookie(cookie_name(), new_device(), **cookie_settings())
        return response


def is_phone(headers: Mapping[str, str]) -> bool:
    """Whether a request comes from a phone, as far as it says: a hint for a better page, never for a right."""
    hint = headers.get("Sec-CH-UA-Mobile", "")  # Chromium says it in so many words
    return hint == "?1" if hint else "Mobi" in headers.get("User-Agent", "")
