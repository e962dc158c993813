"""Callers of the API, and the house the documents' examples speak of: 沙丘2 in 3号厅, 45.00 a seat."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from accounts.tokens import issue_tokens
from catalog.models import Credit, Genre, Movie, Person
from tests.factories import a_customer, an_administrator, money
from ticketing.models import Hall, Showtime
from ticketing.programme.scheduling import add_showtime
from ticketing.venue.halls import add_hall

BEFORE = datetime(2024, 12, 1, 10, 0, tzinfo=UTC)  # 18:00:00 at the cinema
START = datetime(2024, 12, 1, 11, 30, tzinfo=UTC)  # 19:30:00


@dataclass
class Caller:
    """Someone who calls the API: a token or none, and the languages they ask for."""

    token: str = ""
    language: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The response to JSON sent to a path."""
        sent = {**self.headers, **headers}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        if self.language:
            sent["accept-language"] = self.language
        client = Client(raise_request_exception=False)
        content = {"data": "" if body is None else body, "content_type": "application/json"}
        if method == "GET":
            return client.get(path, body or {}, headers=sent)
        return getattr(client, method.lower())(path, headers=sent, **content)

    def get(self, path: str, **query: Any) -> Any:
        """GET with a query."""
        return self.call("GET", path, query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST JSON."""
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: Any = None) -> Any:
        """PUT JSON."""
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Any:
        """DELETE."""
        return self.call("DELETE", path)


def envelope_of(response: Any) -> dict[str, Any]:
    """The body; of a failure what its document knows, once what stands beside it for programs is found to be there."""
    body = dict(response.json())
    if response.status_code >= 400:
        assert re.fullmatch("[a-z0-9_]+", body.pop("error")["code"])
    return body


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def on_the_day() -> Iterator[time_machine.Traveller]:
    """It is 18:00 on 1 December 2024 at the cinema, as in the documents."""
    with time_machine.travel(BEFORE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nobody() -> Caller:
    """A caller without a token."""
    return Caller()


@pytest.fixture
def as_user() -> Callable[[User], Caller]:
    """``as_user(user)`` calls as them."""
    return lambda user: Caller(token=issue_tokens(user).access)


@pytest.fixture
def customer(db) -> User:
    """user1 of the documents."""
    return a_customer("user1")


@pytest.fixture
def admin(db) -> User:
    """The administrator of the documents."""
    return an_administrator("admin")


@dataclass
class House:
    """What the documents' examples are about."""

    movie: Movie
    hall: Hall
    showtime: Showtime


@pytest.fixture
def house(on_the_day, db) -> House:
    """沙丘2 on 1 December 2024 at 19:30 in 3号厅, 100 seats at 45.00."""
    movie = Movie.objects.create(
        title="沙丘2",
        title_en="Dune: Part Two",
        original_title="Dune: Part Two",
        tmdb_id=438631,
        duration=166,
        release_date="2024-03-01",
        language="English",
        country="United States",
        rating="PG-13",
        synopsis="保罗·厄崔迪与弗雷曼人联手，向背叛他家族的人复仇。",
        status=Movie.Status.RELEASED,
    )
    movie.genres.add(Genre.objects.create(name="科幻", name_en="Science fiction"))
    Credit.objects.create(movie=movie, person=Person.objects.create(name="蒂莫西·柴勒梅德"), role_name="保罗")
    hall = add_hall(name="3号厅", total_seats=100, hall_type="standard", now=BEFORE)
    showtime = add_showtime(movie=movie, hall=hall, starts_at=START, price=money(45))
    return House(movie=movie, hall=hall, showtime=showtime)
