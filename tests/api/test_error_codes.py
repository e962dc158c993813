"""``error`` beside every envelope: a stable word for programs, in all three dialects."""

import re
from pathlib import Path

import pytest

from cinema.api.dialects import V1_NUMBERS
from cinema.api.error_codes import OF_THE_FRAMEWORK, error_codes_page, errors_of_the_domain
from tests.api.conftest import Caller
from tests.factories import PASSWORD, a_customer, an_order

pytestmark = pytest.mark.django_db
COPY = Path(__file__).parents[2] / "docs" / "error-codes.md"


def error(response):
    return response.status_code, response.json()["error"]


TAKEN = {
    "/api/user/register": {"username": "user1", "password": PASSWORD, "email": "other@example.com"},
    "/api/register": {"username": "user1", "password": PASSWORD, "email": "other@example.com"},
    "/api/v1/auth/register": {"username": "user1", "password": PASSWORD},
}


@pytest.mark.parametrize("path", TAKEN)
def test_what_the_domain_refuses_has_its_own_word_and_field(customer, nobody, path):
    assert error(nobody.post(path, TAKEN[path])) == (400, {"code": "username_taken", "field": "username"})


WRONG_FIELD = {
    "/api/user/register": ({"username": "a", "password": PASSWORD, "email": "nonsense"}, "email"),
    "/api/register": ({"username": "a", "password": PASSWORD, "email": "nonsense"}, "email"),
    "/api/v1/auth/register": ({"username": "a" * 151, "password": PASSWORD}, "username"),
}


@pytest.mark.parametrize("path", WRONG_FIELD)
def test_what_cannot_be_read_names_its_field(nobody, path):
    body, field = WRONG_FIELD[path]

    assert error(nobody.post(path, body)) == (400, {"code": "invalid", "field": field})


def test_the_field_is_called_what_the_caller_called_it(admin, house, as_user):
    staff = as_user(admin)
    hall = {"hallName": "3号厅", "totalSeats": 10, "hallType": "standard"}

    twice = staff.post("/api/v1/admin/halls", hall)
    genre = staff.post("/api/v1/admin/movies", {"title": "片", "duration": 90, "genreList": [{"genreId": 999}]})
    seats = staff.post("/api/order/create", {"showtime_id": house.showtime.pk, "selected_seats": ["A1"] * 2})
    deep = staff.post("/api/v1/admin/movies", {"title": "片", "duration": 90, "actorList": [{"actorId": "x"}]})

    assert error(twice) == (409, {"code": "hall_name_taken", "field": "hallName"})
    assert error(genre) == (400, {"code": "invalid", "field": "genreList"})
    assert error(seats) == (400, {"code": "invalid", "field": "selected_seats"})
    assert error(deep) == (400, {"code": "invalid", "field": "actorList.0.actorId"})


def test_facts_stand_in_params_and_are_called_as_in_the_dialect(house, as_user):
    an_order(showtime=house.showtime, seats=["A1"], now=house.showtime.starts_at.replace(hour=10))
    caller = as_user(a_customer())
    taken = house.hall.seats.get(row_label="A", col_number=1).pk

    booking = caller.post("/api/order/create", {"showtime_id": house.showtime.pk, "selected_seats": ["A1", "A2"]})
    v1 = caller.post("/api/v1/orders", {"scheduleId": house.showtime.pk, "seats": ["A1", "A2"]})

    assert error(booking) == (409, {"code": "seats_taken", "params": {"seat_ids": [taken]}})
    assert error(v1) == (409, {"code": "seats_taken", "params": {"seatIds": [taken]}})
    assert v1.json()["code"] == 20004


REFUSED = {
    "no token": ("GET", ["/api/user/orders", "/api/user", "/api/v1/orders"], 401, "login_required"),
    "no address": ("GET", ["/api/no", "/api/movies/x", "/api/v1/no"], 404, "not_found"),
    "wrong method": ("DELETE", ["/api/movie/search", "/api/movies", "/api/v1/movies"], 405, "method_not_allowed"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_the_framework_refuses_has_a_word_too(nobody, kind):
    method, paths, status, code = REFUSED[kind]

    assert [error(nobody.call(method, path)) for path in paths] == [(status, {"code": code})] * 3


@pytest.mark.parametrize("path", ["/api/user/login", "/api/login", "/api/v1/auth/login"])
def test_a_malformed_body_and_one_of_another_kind(client, path):
    broken = client.generic("POST", path, "{", content_type="application/json")
    xml = client.generic("POST", path, "<x/>", content_type="application/xml")

    assert error(broken) == (400, {"code": "malformed"})
    assert error(xml) == (415, {"code": "unsupported_media_type"})


@pytest.mark.parametrize("path", ["/api/user/orders", "/api/user", "/api/v1/users/me"])
def test_a_bad_token_and_a_fault_of_ours(path, monkeypatch):
    caller = Caller(token="nonsense")
    bad = caller.get(path)

    monkeypatch.setattr("accounts.authentication.bearer_of", lambda *args, **kwargs: 1 / 0)

    assert error(bad) == (401, {"code": "bad_token"})
    assert error(caller.get(path)) == (500, {"code": "system_error"})


def test_the_same_error_has_the_same_word_in_every_language(db):
    chinese, english = (Caller(language=language).get("/api/v1/movies/999").json() for language in ("zh", "en"))

    assert chinese["message"] != english["message"]
    assert chinese["error"] == english["error"] == {"code": "movie_not_found"}


def test_every_code_is_written_down_as_it_is():
    assert COPY.read_text() == error_codes_page(), "run: python manage.py describe_api"


def test_every_error_of_the_domain_has_a_word_and_none_knows_a_dialects_number():
    errors = errors_of_the_domain()

    assert len(errors) > 100
    assert [one for one in errors if not re.fullmatch(r"[a-z][a-z0-9_]+", one.code)] == []
    assert [one for one in errors if hasattr(one, "v1_code")] == []


def test_every_number_of_v1_belongs_to_an_error_that_exists():
    known = {one.code for one in errors_of_the_domain()} | set(OF_THE_FRAMEWORK)

    assert set(V1_NUMBERS) <= known
    assert set(V1_NUMBERS.values()) == {
        10001, 10002, 10003, 10004, 10005, 10006, 20001, 20002, 20003, 20004, 30001, 30002, 50000
    }  # fmt: skip


def test_one_word_means_one_http_status():
    statuses: dict[str, set[int]] = {}
    for one in errors_of_the_domain():
        statuses.setdefault(one.code, set()).add(one.http_status)

    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}
