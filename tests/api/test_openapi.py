"""The description of the API: valid, true to the code, committed, and browsable without the net."""

import json
import re
from pathlib import Path

import pytest
from django.urls import resolve
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from tests.api.addresses import every_endpoint

COPY = Path(__file__).parents[2] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def document():
    """What /api/schema answers."""
    with translation.override("zh-hans"):
        return json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True), ensure_ascii=False))


def test_it_is_openapi_3_1(document):
    validate_schema(document)
    assert document["openapi"].startswith("3.1")


def test_the_committed_copy_is_the_codes_own(document):
    assert json.loads(COPY.read_text()) == document, "run: python manage.py describe_api"


def test_every_endpoint_is_described(document):
    described = {f"{method.upper()} {path}" for path, operations in document["paths"].items() for method in operations}

    assert described == {re.sub(r"<\w+:(\w+)>", r"{\1}", str(served)) for served in every_endpoint()}


def test_operations_have_names_of_their_own(document):
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]

    assert len(names) == len(set(names))


def test_examples_of_bodies_obey_their_own_schemas(document):
    components = {"components": document["components"]}
    wrong = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            media = [
                answer.get("content", {}).get("application/json", {}) for answer in operation["responses"].values()
            ]
            media.append(operation.get("requestBody", {}).get("content", {}).get("application/json", {}))
            for one in media:
                if "example" in one and "records" not in str(one["example"]) and "data" not in one["example"]:
                    validator = Draft202012Validator({**one["schema"], **components})
                    wrong += [f"{method} {path}: {fault.message}" for fault in validator.iter_errors(one["example"])]
    assert wrong == []


def test_it_is_served_to_anyone(client, db):
    response = client.get("/api/schema")

    assert (response.status_code, response.json()["openapi"][:3]) == (200, "3.1")


def test_the_browsable_page_needs_nothing_from_elsewhere(client, db):
    page = client.get("/api/docs")
    script = client.get("/api/docs?script=")

    policy = page.headers["Content-Security-Policy"]
    text = page.content.decode() + script.content.decode()
    assert (page.status_code, script.status_code) == (200, 200)
    assert "script-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert re.findall(r'(?:src|href)="(https?:)?//', text) == []
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S", page.content.decode()) == []
    assert resolve("/api/docs").url_name == "api-docs"
