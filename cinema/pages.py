"""What every page of the house knows: its name, the reader's language and light, and the way to the other language."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

THEMES = ("light", "dark")
LANGUAGE_NAMES = {"zh-hans": "中文", "en": "English"}
SECTIONS = {
    "catalog:home": "home",
    "catalog:films": "films",
    "catalog:film": "films",
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
        "house": {
            "name": settings.CINEMA_NAME_EN if language == "en" else settings.CINEMA_NAME,
            "currency": "¥" if settings.CURRENCY == "CNY" else f"{settings.CURRENCY} ",
            "theme": theme if theme in THEMES else "",
            "section": SECTIONS.get(match.view_name, "") if match else "",
            "alternates": alternates,
            "other_language": next(one for one in alternates if one["code"] != language),
        }
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
