"""Requests nobody thought of, made up from the description: no fault of ours, nothing it doesn't describe.

Beside what stands at the edge of what is described, ``API_CASES`` for each operation, each sent as nobody, customer
and staff. It is 3 unless said otherwise, so that a run of all tests stays short, and on PostgreSQL each case is then
sent as one of the three by turns. ``python3 run.py prove fuzz`` tries hundreds on both.
"""

import itertools
import json
import os
from datetime import timedelta

import pytest
import requests
import schemathesis
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone, translation
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.transport import Response

from accounts.tokens import issue_tokens
from tests.factories import a_customer, a_hall, a_movie, a_paid_order, a_showtime, an_administrator, an_order, money

load_all_checks()
CASES = int(os.environ.get("API_CASES", "3"))
NAMES = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
WANTED = CHECKS.get_by_names(NAMES)
CALLERS = "nobody", "customer", "staff"
BY_TURNS = itertools.cycle(CALLERS)
WRITTEN_BY_CLIENT = {"content-type", "content-length", "authorization", "cookie"}


def described():
    """The description, as a client gets it."""
    with translation.override("zh-hans"):
        document = SchemaGenerator().get_schema(request=None, public=True)
    return json.loads(json.dumps(document))


schema = schemathesis.openapi.from_dict(described())


def answer(case, token):
    """What the house answers to the case, as the library wants it."""
    parts = case.as_transport_kwargs(base_url="http://testserver")
    known = {name: parts[name] for name in ("method", "url", "headers", "params", "json", "data") if name in parts}
    sent = requests.Request(**known).prepare()
    headers = {name: value for name, value in sent.headers.items() if name.lower() not in WRITTEN_BY_CLIENT}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    content_type = sent.headers.get("Content-Type", "")
    got = Client(raise_request_exception=False).generic(
        sent.method, sent.path_url, body, content_type=content_type, headers=headers
    )
    return Response(
        status_code=got.status_code,
        headers={name: [value] for name, value in got.headers.items()},
        content=got.content,
        request=sent,
        elapsed=0.0,
        verify=False,
        encoding="utf-8",
    )


class Undo(Exception):
    """Takes back whatever a case did."""


@pytest.fixture
def tokens(db):
    """A house with something in it, and who calls."""
    customer, administrator = a_customer("user1"), an_administrator("admin")
    movie = a_movie("沙丘2", pk=1)
    hall = a_hall(pk=1, rows=2, cols=5)
    soon = timezone.now() + timedelta(days=1)
    showtime = a_showtime(pk=1, movie=movie, hall=hall, starts_at=soon, price=money(45))
    an_order(showtime=showtime, customer=customer, seats=["A1"])
    a_paid_order(showtime=showtime, customer=customer, seats=["A2"])
    return dict(zip(CALLERS, [None, issue_tokens(customer).access, issue_tokens(administrator).access], strict=True))


def callers():
    """Who sends a case."""
    everyone = connection.vendor == "sqlite" or "API_CASES" in os.environ
    return CALLERS if everyone else [next(BY_TURNS)]


@schema.parametrize()
@settings(
    max_examples=CASES,
    deadline=None,
    derandomize="API_CASES" not in os.environ,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_meets_a_fault_or_an_undescribed_answer(case, tokens):
    for caller in callers():
        try:
            with transaction.atomic():
                response = answer(case, tokens[caller])
                raise Undo
        except Undo:
            case.validate_response(response, checks=WANTED)
