"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def house(request: HttpRequest) -> dict:
    """The cinema's name in the page's language."""
    english = (get_language() or "").startswith("en")
    return {"cinema_name": settings.CINEMA_NAME_EN if english else settings.CINEMA_NAME}
