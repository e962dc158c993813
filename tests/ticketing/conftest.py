"""The clock of the ticketing tests, and the proof of the books after each of them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ticketing.verify import find_faults

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
