"""The clock of the ticketing tests, and the proof of the books after each of them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest
from django.db import transaction

from accounts.models import User
from tests.factories import a_clerk
from ticketing.money.verify import find_faults

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """One moment."""
    return NOW


@pytest.fixture
def books(db) -> Iterator[None]:
    """Whatever the test did, no seat may have had two owners and all money must add up."""
    yield
    assert list(find_faults(now=NOW)) == []


@pytest.fixture
def db_for_examples(db) -> Callable[[], AbstractContextManager[User]]:
    """A transaction for each example of a property test, undone at its end; answers a clerk."""

    @contextmanager
    def example() -> Iterator[User]:
        point = transaction.savepoint()
        try:
            yield a_clerk()
        finally:
            transaction.savepoint_rollback(point)

    return example
