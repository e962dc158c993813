"""Every page × everybody: generated from the site's addresses, with real requests against a house that is full."""

import re

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.access.people import EVERYBODY, browser, make
from tests.access.rows import House, a_full_house
from tests.access.table import PAGES
from tests.access.walking import Page, every_page
from tests.factories import a_customer, an_administrator

ALL = sorted(set(every_page()), key=lambda page: page.name)
TO_LOG_IN = ("/account/login/", "/admin/login/", "/account/2fa/?", "/account/2fa/")


class Undo(Exception):
    """Takes back what a request did."""


def test_every_page_has_its_row_and_every_row_its_page():
    assert sorted(PAGES) == sorted({page.name for page in ALL})


@pytest.mark.once
@pytest.mark.parametrize("who", EVERYBODY)
def test_each_comes_in_where_the_table_says_and_nowhere_else(who, house, db):
    visitor = browser(who, make(who, customer=house.customer), by=house.boss)

    came_in = {
        f"{method} {page.name}"
        for page in ALL
        for method in ("GET", "POST")
        if comes_in(visitor, method, page, address_of(page, house))
    }

    assert came_in == {
        f"{method} {name}"
        for name, row in PAGES.items()
        for method, allowed in zip(("GET", "POST"), row, strict=True)
        if who in allowed
    }


@pytest.fixture
def house(db, settings) -> House:
    """A house in which staff need a second factor, with something of everything."""
    settings.STAFF_MFA, settings.SECURITY_CONTACT = True, "mailto:security@example.com"
    picture = settings.MEDIA_ROOT / "posters" / "none.png"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"")
    customer: User = a_customer()
    Client().force_login(customer, backend="accounts.backends.OpenAccounts")
    return a_full_house(customer=customer, boss=an_administrator())


def comes_in(visitor: Client, method: str, page: Page, address: str) -> bool:
    """Whether somebody who asks is let in: not sent to log in, not refused, not told that there is nothing."""
    cookies = visitor.cookies.copy()
    try:
        with transaction.atomic():
            response = visitor.generic(method, address)
            raise Undo
    except Undo:
        visitor.cookies = cookies
    assert response.status_code < 500, f"{method} {address}"
    if response.status_code == 302:
        ends_there = page.name.startswith(("account", "mfa", "site", "social", "ticketing", "catalog"))
        sent_away = TO_LOG_IN[:2] if ends_there else TO_LOG_IN
        return not response["Location"].startswith(sent_away)
    # In the back office who is kept out reads 403: a 404 is for whoever may look and finds nothing.
    nothing_there = response.status_code == 404 and not page.route.startswith("admin/")
    return response.status_code not in (401, 403, 405) and not nothing_there


def address_of(page: Page, house: House) -> str:
    """The page's address, with what the house has in its variable parts."""
    app, _slash, kind = page.route.removeprefix("admin/").partition("/")
    row = _row_of(app, kind.partition("/")[0]) if page.route.startswith("admin/") else None
    if page.name.endswith("_simple_history"):
        return reverse(page.name, args=[row.pk, row.history.first().pk])
    parts = {
        part: row.pk if part == "object_id" and row is not None else house.part(page.name, part) for part in page.parts
    }
    if page.name == page.route:
        return "/" + re.sub(r"\(\?P<(\w+)>.*|<\w+:(\w+)>", lambda found: str(parts[found[1] or found[2]]), page.route)
    return reverse(page.name, kwargs=parts)


def _row_of(app: str, kind: str):
    try:
        return apps.get_model(app, kind).objects.first()
    except LookupError:
        return None
