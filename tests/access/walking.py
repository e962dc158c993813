"""Every address of the site outside the API, read from its resolver, so that none is forgotten."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLResolver, get_resolver

API = "api/"
PARTS = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Page:
    """One address: the name it is called by, and the parts of it that vary."""

    name: str
    route: str
    parts: tuple[str, ...]


def every_page() -> Iterator[Page]:
    """All of them, by name; an address without one is called by its route."""
    for route, name in _walk(get_resolver().url_patterns):
        if not route.startswith(API):
            named = name if name and not name.endswith(":") else route
            yield Page(named, route, tuple(PARTS.findall(route)))


def _walk(patterns: list, route: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    for one in patterns:
        here = route + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, here, f"{space}{one.namespace}:" if one.namespace else space)
        else:
            yield here, f"{space}{one.name}" if one.name else ""
