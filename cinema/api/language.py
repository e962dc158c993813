"""The API speaks Chinese unless ``Accept-Language`` asks for another language it knows."""

from django.http import HttpRequest

from cinema.language import language_for


def language_of(request: HttpRequest) -> str:
    """The first language asked for that the house speaks. Cookies count for pages only."""
    return language_for(request.headers.get("Accept-Language", ""))
