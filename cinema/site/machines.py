"""What programs ask of the site: robots.txt, the map of its pages, how it is installed, its worker."""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog.models import Movie
from cinema.addresses import from_outside
from cinema.pages import house_name

CLOSED = [
    "/admin/",
    "/account/",
    "/api/",
    "/orders/",
    "/tickets/",
    "/bank/",
    "/en/admin/",
    "/en/account/",
    "/en/orders/",
]
LANGUAGES = {"zh-Hans": "zh-hans", "en": "en"}
ICONS = [
    ("192x192", "icon-192.png", "any"),
    ("512x512", "icon-512.png", "any"),
    ("512x512", "icon-mask.png", "maskable"),
]
SECURITY_TXT_IS_GOOD_FOR = timedelta(days=180)
MAX_FILMS = 10_000


@require_safe
@cache_control(max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers leave alone, and where the map is."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {from_outside('/sitemap.xml')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=3600)
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole in the house (RFC 9116); nothing where ``SECURITY_CONTACT`` names nobody."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    lines = [
        *(f"Contact: {contact}" for contact in settings.SECURITY_CONTACT),
        f"Expires: {timezone.now() + SECURITY_TXT_IS_GOOD_FOR:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: zh, en",
        f"Canonical: {from_outside('/.well-known/security.txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page in both languages, each with the address of its twin."""
    places: list[Any] = [("site:home", []), ("catalog:films", []), ("site:privacy", []), ("site:terms", [])]
    films = Movie.objects.on_show().order_by("pk").values_list("pk", flat=True)[:MAX_FILMS]
    places += [("site:film", [pk]) for pk in films]
    pages = [_in_both_languages(name, place) for name, place in places]
    return render(request, "site/sitemap.xml", {"pages": pages}, content_type="application/xml; charset=utf-8")


def _in_both_languages(name: str, place: list[int]) -> dict[str, str]:
    addresses = {}
    for tag, code in LANGUAGES.items():
        with override(code):
            addresses[tag] = from_outside(reverse(name, args=place))
    return addresses


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """How the site is put on a telephone's first screen, in the language of the page that asks."""
    facts = {
        "name": house_name(),
        "short_name": house_name(),
        "start_url": reverse("site:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#0a1517",
        "theme_color": "#0a1517",
        "icons": [
            {"src": staticfiles_storage.url(f"img/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for sizes, name, purpose in ICONS
        ],
    }
    return JsonResponse(facts, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The script that shows one's own tickets without a network; it stands at the root so that it may speak for all."""
    source = (settings.BASE_DIR / "static/js/tickets-worker.js").read_text(encoding="utf-8")
    names = {"offline": reverse("site:offline")}
    return HttpResponse(f"const PLACES = {json.dumps(names)};\n{source}", content_type="text/javascript; charset=utf-8")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the worker shows where there is neither a network nor a ticket."""
    return render(request, "site/offline.html")
