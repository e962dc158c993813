"""The house that is tampered with."""

import pytest
from django.utils import timezone

from tests.ticketing.journal.house import House


@pytest.fixture
def house(db, django_capture_on_commit_callbacks) -> House:
    """One in which everything happened, its newest seals kept in the file of heads as after a commit."""
    with django_capture_on_commit_callbacks(execute=True):
        lived_in = House(timezone.now())
    assert lived_in.faults() == []
    return lived_in
