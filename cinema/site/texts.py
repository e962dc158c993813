"""The house's privacy notice and terms, for everybody to read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.house_texts import house_text
from accounts.models import HouseText
from cinema.markup import as_html


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What becomes of people's data."""
    return _page(request, HouseText.Kind.PRIVACY)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """On what terms tickets are sold."""
    return _page(request, HouseText.Kind.TERMS)


def _page(request: HttpRequest, kind: HouseText.Kind) -> HttpResponse:
    found = house_text(kind)
    return render(request, "site/text.html", {"title": kind.label, "html": as_html(found.text), "since": found.since})
