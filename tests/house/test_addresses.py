"""No address of the house is a fault for a stranger, whatever ids they make up."""

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

MADE_UP = {
    "int": "999999",
    "slug": "nothing",
    "uuid": "00000000-0000-0000-0000-000000000000",
    "str": "nothing",
    "path": "nothing",
}


def addresses(resolver: URLResolver, begin: str = "/") -> Iterator[str]:
    """Every address that is written as a route, with made-up values where it takes any."""
    for pattern in resolver.url_patterns:
        route = str(pattern.pattern)
        if not (hasattr(pattern.pattern, "_route") or route in {"", "en/"}):
            continue  # a regular expression: those of libraries
        route = re.sub(r"<(?:(\w+):)?\w+>", lambda found: MADE_UP.get(found[1] or "str", "nothing"), route)
        if isinstance(pattern, URLPattern):
            yield begin + route
        else:
            yield from addresses(pattern, begin + route)


FOUND = sorted(set(addresses(get_resolver())))


def test_there_are_addresses_to_try():
    assert {"/healthz", "/readyz", "/films/", "/admin/login/"} <= set(FOUND)
    assert len(FOUND) > 60


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_address_is_a_fault_for_a_stranger(client, method):
    client.raise_request_exception = False

    faults = [address for address in FOUND if getattr(client, method)(address).status_code >= 500]

    assert faults == []


@pytest.mark.django_db
def test_an_unknown_address_is_a_page_that_says_so(client):
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "text/html" in response.headers["Content-Type"]
