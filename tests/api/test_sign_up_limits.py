"""Accounts are not opened by the hundred; a class behind one address opens its own."""

import pytest
from django.test import Client

from accounts.models import User
from cinema.rate_limits.callers import cookie_name, new_device

PASSWORD = "a-good-long-password-5"
DOORS = {
    "booking": "/api/user/register",
    "community": "/api/register",
    "v1": "/api/v1/auth/register",
}


@pytest.fixture(autouse=True)
def _limited(settings, db):
    settings.RATE_LIMITS = True
    settings.API_RATES = {"address": 9000, "user": 9000, "door": 9000}


def register(path: str, number: int, client: Client) -> int:
    facts = {"username": f"newcomer{number}", "password": PASSWORD, "email": f"newcomer{number}@example.com"}
    return client.post(path, facts, content_type="application/json").status_code


@pytest.mark.parametrize("path", DOORS.values(), ids=DOORS)
def test_an_address_opens_sixty_accounts_and_no_more(path):
    client, elsewhere = Client(REMOTE_ADDR="192.0.2.7"), Client(REMOTE_ADDR="198.51.100.7")

    statuses = [register(path, number, client) for number in range(63)]

    assert statuses == [200] * 60 + [429] * 3
    assert register(path, 99, elsewhere) == 200


def test_a_class_behind_one_address_signs_up_within_a_minute():
    assert {register(DOORS["v1"], number, Client(REMOTE_ADDR="192.0.2.7")) for number in range(30)} == {200}


def test_one_browser_opens_ten_accounts_on_the_pages_whatever_its_address():
    device, statuses = new_device(), []
    for number in range(12):
        browser = Client(REMOTE_ADDR=f"203.0.{number}.7")
        browser.cookies[cookie_name()] = device
        facts = {"username": f"many{number}", "email": f"many{number}@example.com", "password1": PASSWORD}
        statuses.append(browser.post("/account/signup/", facts).status_code)

    assert statuses == [302] * 10 + [429] * 2
    assert User.objects.filter(username__startswith="many").count() == 10
