"""What stands in the log: whose request it was, and nothing that is a secret or a person's."""

import json
import logging
import re

import pytest
from django.test import Client

from cinema.logs import Json, Lines, without_secrets
from tests.factories import PASSWORD, a_customer

SECRETS = {
    "a password": ("login failed: {'password': 'hunter2', 'x': 1}", "hunter2"),
    "a form": ("POST password1=hunter2&login=ann", "hunter2"),
    "a header": ("Authorization: Bearer abc.def.ghi-jkl", "abc.def"),
    "a token": ("bad eyJhbGciOi.eyJ1c2VyX2lk.c2lnbmF0dXJl here", "eyJ1c2VyX2lk"),
    "an address": ("no mail to wei.li+x@mail.example.com today", "wei.li"),
    "a telephone": ("sms to +8613800138000 failed", "138001"),
    "a link": ("GET /en/account/not-me/abc:def:ghi/ 400", "abc:def"),
    "a ticket": ("GET /tickets/Q7RSTUVW/ 200", "Q7RSTUVW"),
    "a database": ("can't connect to postgres://cinema:hunter2@db/cinema", "hunter2"),
    "a cookie": ("Cookie: sessionid=0a1b2c3d4e; x", "0a1b2c"),
}


def written(formatter: logging.Formatter, message: str, *args: object) -> str:
    record = logging.LogRecord("house", logging.WARNING, __file__, 1, message, args, None)
    return formatter.format(record)


@pytest.mark.parametrize("formatter", [Lines("{message}", style="{"), Json()])
@pytest.mark.parametrize("case", sorted(SECRETS))
def test_no_secret_stands_in_the_log_whoever_wrote_it(formatter, case):
    message, secret = SECRETS[case]

    assert secret not in written(formatter, "%s", message)


def test_what_is_no_secret_stays():
    line = "order 4711 of showtime 12: 2 seats (A1, A2) at 90.00, job mail_letter tried 3 times"

    assert without_secrets(line) == line


def test_a_traceback_tells_no_secret_either():
    try:
        raise ValueError("password=hunter2")
    except ValueError as fault:
        record = logging.LogRecord("house", logging.ERROR, __file__, 1, "broken", (), (ValueError, fault, None))

    told = json.loads(Json().format(record))

    assert (told["message"], told["level"]) == ("broken", "ERROR")
    assert "ValueError" in told["traceback"]
    assert "hunter2" not in told["traceback"]


@pytest.fixture
def lines(settings) -> list[dict]:
    """What is written while the test runs."""
    settings.LOG_FORMAT = "json"
    found: list[dict] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(json.loads(Json().format(record)))

    handler = Keeping()
    logger, level = logging.getLogger(), logging.getLogger().level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield found
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.mark.django_db
def test_each_request_is_a_line_with_its_id_and_route(lines, settings):
    settings.BEHIND_PROXY = True
    user = a_customer("wei", email="wei@example.com")
    client = Client(headers={"x-request-id": "0123456789abcdef"})

    answer = client.post("/account/login/?next=/films/secret-search/", {"login": user.username, "password": PASSWORD})
    client.get("/account/not-me/a-secret-token/")

    told = [one for one in lines if one["logger"] == "cinema.access"]
    assert [(one["method"], one["route"], one["status"], one["door"]) for one in told] == [
        ("POST", "account/login/", 302, "page"),
        ("GET", "account/not-me/<str:token>/", 400, "page"),
    ]
    assert {one["request_id"] for one in lines} == {"0123456789abcdef"} == {answer.headers["X-Request-ID"]}
    assert not re.search("secret-|wei|127.0.0.1|" + re.escape(PASSWORD), json.dumps(lines))


@pytest.mark.django_db
def test_what_a_client_calls_its_request_is_not_believed(client):
    answer = client.get("/healthz", headers={"x-request-id": "0123456789abcdef"})

    assert answer.headers["X-Request-ID"] != "0123456789abcdef"
