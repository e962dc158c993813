"""What every page of the house knows: its name, the reader's language and light, and the way to the other language."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from cinema.errors import CinemaError

THEMES = ("light", "dark")
LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}
SECTIONS = {
    "ticketing:home": "home",
    "catalog:films": "films",
    "social:film": "films",
    "ticketing:orders": "orders",
    "accounts:profile": "profile",
}
A_YEAR = 365 * 24 * 3600


def house(request: HttpRequest) -> dict:
    """Context processor: ``house`` in every template."""
    language = get_language() or settings.LANGUAGE_CODE
    theme = request.COOKIES.get("theme", "")
    alternates = [
        {"code": code, "name": LANGUAGE_NAMES[code], "url": translate_url(request.get_full_path(), code)}
        for code, _name in settings.LANGUAGES
    ]
    match = request.resolver_match
    return {
        "cinema_name": settings.CINEMA_NAME_EN if language == "en" else settings.CINEMA_NAME,
        "house": {
            "name": settings.CINEMA_NAME_EN if language == "en" else settings.CINEMA_NAME,
            "currency": settings.CURRENCY_SIGN,
            "theme": theme if theme in THEMES else "",
            "section": SECTIONS.get(match.view_name, "") if match else "",
            "alternates": alternates,
            "other_language": next(one for one in alternates if one["code"] != language),
        },
    }


@require_POST
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
    """Middleware: a refusal by the domain that no view caught becomes a page with its sentence and its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for a refusal; anything else goes on being a fault."""
        if not isinstance(exception, CinemaError):
            return None
        status = exception.http_status
        template = f"{status}.html" if status in {403, 404} else "refused.html"
        return render(request, template, {"message": exception.message, "code": status}, status=status)
