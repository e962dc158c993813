"""A mail server of the tests' own, and a letter to send."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from accounts.letters import write_letter
from accounts.models import Letter, User
from tests.factories import a_customer
from tests.letters.post_office import PostOffice, open_post_office

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    """One moment."""
    return NOW


@pytest.fixture
def office(settings) -> Iterator[PostOffice]:
    """A mail server that the house is set up for."""
    with open_post_office() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
        settings.SITE_URL = "https://cinema.example"
        yield office


@pytest.fixture
def a_letter(now) -> Callable[..., Letter]:
    """Writes to somebody about an order."""

    def write(to: User | None = None, **facts: object) -> Letter:
        known = {"kind": "cancelled", "subject": "您的订单", "text": "已取消。", "about": "order", "about_id": 7}
        return write_letter(to=to or a_customer(), now=now, **{**known, **facts})

    return write
