"""People, a film and the clock for tests of talk."""

from datetime import UTC, datetime

import pytest
from model_bakery import baker

from accounts.models import User
from catalog.models import Movie

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """One moment."""
    return NOW


@pytest.fixture
def movie(db) -> Movie:
    """A film of 100 minutes that has a stream."""
    return baker.make(
        Movie, title="流浪", duration=100, status="released", stream_url="/static/demo/stream/master.m3u8"
    )


@pytest.fixture
def ann(db) -> User:
    """A customer."""
    return User.objects.create_user("ann", "ann@example.com", "correct horse 1")


@pytest.fixture
def bob(db) -> User:
    """Another."""
    return User.objects.create_user("bob", "bob@example.com", "correct horse 2")
