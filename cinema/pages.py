"""What every page of the house knows: its name, the reader's language and light, and the way to the other language."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from cinema.addresses import from_outside, is_api
from cinema.errors import CinemaError
from cinema.kept import Kept
from cinema.money import decimals, sign

THEMES = ("light", "dark")
LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}
SECTIONS = {
    "site:home": "home",
    "catalog:films": "films",
    "site:film": "films",
    "ticketing:orders": "orders",
    "accounts:profile": "profile",
}
A_YEAR = 365 * 24 * 3600
_paths: Kept[str] = Kept(4096)


def house_name() -> str:
    """The house by its name, in the reader's language."""
    return settings.CINEMA_NAME_EN if (get_language() or "").startswith("en") else settings.CINEMA_NAME


def house(request: HttpRequest) -> dict:
    """Context processor: ``house`` in every template."""
    language = get_language() or settings.LANGUAGE_CODE
    theme = request.COOKIES.get("theme", "")
    path, mark, query = request.get_full_path().partition("?")
    alternates = [
        {
            "code": code,
            "name": LANGUAGE_NAMES[code],
            "url": _in_language(path, code) + mark + query,
            "address": from_outside(_in_language(request.path, code)),
        }
        for code, _name in settings.LANGUAGES
    ]
    match = request.resolver_match
    return {
        "cinema_name": house_name(),
        "house": {
            "name": house_name(),
            "address": from_outside(request.path),
            "currency": sign(),
            "decimals": decimals(),
            "theme": theme if theme in THEMES else "",
            "section": SECTIONS.get(match.view_name, "") if match else "",
            "back_here": _back_here(request),
            "alternates": alternates,
            "other_language": next(one for one in alternates if one["code"] != language),
        },
    }


def _in_language(path: str, code: str) -> str:
    """The path of the same page in another language; as long as we run it stays the same."""
    return _paths.get((path, code), lambda: translate_url(path, code))


def _back_here(request: HttpRequest) -> str:
    """``?next=`` for the ways to log in and sign up: this page, or where one wanted to go before logging in."""
    match = request.resolver_match
    if request.method not in {"GET", "HEAD"} or match is None:
        return ""
    if match.url_name and match.url_name.startswith("account_"):
        wanted = request.GET.get("next", "")
    else:
        wanted = "" if match.view_name == "site:home" else request.get_full_path()
    own = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return "?" + urlencode({"next": wanted}) if own else ""


def _address_of(page: str, place: dict[str, Any]) -> str:
    """The page's address at as much of the act's place as it has in it: of an order's payment the order, or nothing."""
    parts = list(place.items())
    for count in range(len(parts), 0, -1):
        with suppress(NoReverseMatch):
            return reverse(page, kwargs=dict(parts[:count]))
    return reverse(page)


def only_post(page: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """For a view that acts on a form: whoever comes by GET is led to ``page``, which has that form.

    They come from logging in again on the way, by the link to the other language, or by the back button.
    """

    def decorated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def acting(request: HttpRequest, **place: Any) -> HttpResponse:
            if request.method in {"GET", "HEAD"}:
                return redirect(_address_of(page, place))
            return require_POST(view)(request, **place)

        return acting

    return decorated


@only_post("site:home")
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or (anything else) the system's choice in a cookie, and go back to where the reader was."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response


class RefusalPages:
    """Middleware: a refusal by the domain that no view caught becomes a page with its sentence and its status.

    So does Django's empty answer to a method that an address does not know.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content or is_api(request):
            return response
        page = render(request, "405.html", {"code": 405}, status=405)
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for a refusal; anything else goes on being a fault."""
        if not isinstance(exception, CinemaError):
            return None
        status = exception.http_status
        template = f"{status}.html" if status in {403, 404} else "refused.html"
        return render(request, template, {"message": exception.message, "code": status}, status=status)
