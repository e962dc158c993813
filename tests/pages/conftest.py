"""Browsers without a screen: Django's test client, logged in or not, and a counter of queries."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.factories import a_customer


@pytest.fixture
def customer(db) -> User:
    """A customer."""
    return a_customer()


@pytest.fixture
def browser_of(db) -> Callable[[User], Client]:
    """``browser_of(user)`` is a client that user is logged in with."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="accounts.backends.OpenAccounts")
        return client

    return make


@pytest.fixture
def mine(customer: User, browser_of: Callable[[User], Client]) -> Client:
    """The customer's client."""
    return browser_of(customer)


@pytest.fixture
def stranger(browser_of: Callable[[User], Client]) -> Client:
    """Another customer's client."""
    return browser_of(a_customer())


@pytest.fixture
def queries_of() -> Callable[[Client, str], int]:
    """``queries_of(client, address)``: how many queries that page takes, the second time it is asked for."""

    def count(client: Client, address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    return count
