"""Each kind of failure in each dialect: the right envelope and the right HTTP status, in the caller's language."""

import pytest
from django.test import override_settings

from accounts.tokens import issue_tokens
from cinema.api.throttles import CallerThrottle
from tests.api.conftest import Caller
from tests.factories import PASSWORD, a_customer

pytestmark = pytest.mark.django_db

ENVELOPES = {
    "booking": lambda body: set(body) == {"status", "message", "error"} and body["status"] == -1,
    "community": lambda body: set(body) == {"status", "message", "error"} and body["status"] == "error",
    "v1": lambda body: set(body) == {"code", "message", "data", "error"} and body["data"] is None,
}
# What each dialect is asked, kind by kind: method, path, body.
CALLS = {
    "malformed JSON": {
        "booking": ("POST", "/api/user/login", "{"),
        "community": ("POST", "/api/login", "{"),
        "v1": ("POST", "/api/v1/auth/login", "{"),
    },
    "a body that is no object": {
        "booking": ("POST", "/api/user/login", "[]"),
        "community": ("POST", "/api/login", '"text"'),
        "v1": ("POST", "/api/v1/auth/login", "7"),
    },
    "NaN": {
        "booking": ("POST", "/api/movie/rate", '{"movie_id": 1, "rating": NaN}'),
        "community": ("PUT", "/api/user", '{"username": NaN}'),
        "v1": ("PUT", "/api/v1/users/me", '{"nickname": Infinity}'),
    },
    "a body nested beyond measure": {
        "booking": ("POST", "/api/user/login", "[" * 100_000),
        "community": ("POST", "/api/login", "[" * 100_000),
        "v1": ("POST", "/api/v1/auth/login", "[" * 100_000),
    },
    "wrong field": {
        "booking": ("POST", "/api/movie/rate", '{"movie_id": "x", "rating": 9}'),
        "community": ("PUT", "/api/user", '{"email": "nonsense"}'),
        "v1": ("GET", "/api/v1/orders?page=0", None),
    },
    "lone surrogate": {
        "booking": ("POST", "/api/user/update", '{"email": "\\ud800@example.com"}'),
        "community": ("PUT", "/api/user", '{"username": "\\ud800"}'),
        "v1": ("PUT", "/api/v1/users/me", '{"nickname": "\\ud800"}'),
    },
    "no token": {
        "booking": ("GET", "/api/user/orders", None),
        "community": ("GET", "/api/user", None),
        "v1": ("GET", "/api/v1/users/me", None),
    },
    "not allowed": {
        "booking": ("POST", "/api/admin/order/process", '{"action": "cancel", "order_id": 1}'),
        "v1": ("GET", "/api/v1/admin/users", None),
    },
    "no such thing": {
        "booking": ("GET", "/api/showtime/seats?showtime_id=999", None),
        "community": ("GET", "/api/movies/999", None),
        "v1": ("GET", "/api/v1/orders/999", None),
    },
    "unknown path": {
        "booking": ("GET", "/api/no/such/path", None),
        "community": ("GET", "/api/movies/not-a-number", None),
        "v1": ("GET", "/api/v1/no/such/path", None),
    },
    "a trailing slash": {
        "booking": ("GET", "/api/movie/search/", None),
        "community": ("GET", "/api/movies/", None),
        "v1": ("GET", "/api/v1/movies/", None),
    },
    "the bare prefix": {
        "booking": ("GET", "/api/", None),
        "v1": ("GET", "/api/v1", None),
    },
    "wrong method": {
        "booking": ("DELETE", "/api/user/orders", None),
        "community": ("POST", "/api/movies", "{}"),
        "v1": ("PATCH", "/api/v1/users/me", "{}"),
    },
    "unsupported media type": {
        "booking": ("POST", "/api/user/login", "<x/>"),
        "community": ("POST", "/api/login", "<x/>"),
        "v1": ("POST", "/api/v1/auth/login", "<x/>"),
    },
}
STATUS = {
    "no token": 401,
    "not allowed": 403,
    "no such thing": 404,
    "unknown path": 404,
    "a trailing slash": 404,
    "the bare prefix": 404,
    "wrong method": 405,
    "unsupported media type": 415,
}
CASES = [(kind, dialect) for kind, calls in CALLS.items() for dialect in calls]


def fail(client, kind, dialect, **headers):
    """The response to that failure."""
    method, path, body = CALLS[kind][dialect]
    content_type = "application/xml" if kind == "unsupported media type" else "application/json"
    if kind not in ("no token",) and "authorization" not in headers:
        headers["authorization"] = f"Bearer {issue_tokens(a_customer()).access}"
    return client.generic(method, path, body or "", content_type=content_type, headers=headers)


@pytest.mark.parametrize(("kind", "dialect"), CASES)
def test_a_failure_wears_its_dialects_envelope(client, kind, dialect):
    response = fail(client, kind, dialect)

    assert response.status_code == STATUS.get(kind, 400)
    assert response.headers["Content-Type"] == "application/json"
    assert ENVELOPES[dialect](response.json()), response.content
    assert response.json()["message"]


@pytest.mark.parametrize(("kind", "dialect"), [case for case in CASES if case[1] == "v1"])
def test_v1_says_in_code_what_no_number_fits(client, kind, dialect):
    response = fail(client, kind, dialect)

    expected = 30001 if kind == "no such thing" else response.status_code
    assert response.json()["code"] == expected


def test_a_wrong_method_says_which_are_right(client):
    assert fail(client, "wrong method", "v1").headers["Allow"] == "GET, HEAD, PUT"


BAD_TOKENS = ["Bearer", "Bearer nonsense", "Bearer a.b.c", "Bearer é", "Bearer a b"]
OWN_PATHS = {"booking": "/api/user/orders", "community": "/api/user", "v1": "/api/v1/users/me"}


@pytest.mark.parametrize("header", BAD_TOKENS)
@pytest.mark.parametrize("dialect", OWN_PATHS)
def test_a_bad_token_is_401_and_says_what_to_send(client, dialect, header):
    response = client.get(OWN_PATHS[dialect], headers={"authorization": header.encode("utf-8").decode("latin-1")})

    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert ENVELOPES[dialect](response.json())


@pytest.mark.parametrize("dialect", OWN_PATHS)
def test_a_fault_of_ours_shows_nothing_of_its_inside(client, dialect, monkeypatch):
    def fault(*args, **kwargs):
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("accounts.authentication.bearer_of", fault)
    client.raise_request_exception = False

    response = client.get(OWN_PATHS[dialect], headers={"authorization": "Bearer x"})

    assert (response.status_code, response.headers["Content-Type"]) == (500, "application/json")
    assert ENVELOPES[dialect](response.json())
    assert response.json()["message"] == "系统错误"
    assert "secret" not in response.content.decode()
    if dialect == "v1":
        assert response.json()["code"] == 50000


@pytest.mark.parametrize("dialect", OWN_PATHS)
@override_settings(RATE_LIMITS=True, API_RATES={"address": 2, "user": 100, "door": 100})
def test_too_many_requests_are_told_when_to_come_back(client, dialect, monkeypatch):
    monkeypatch.setattr(CallerThrottle, "wait", lambda self: 17.4)
    headers = {"authorization": f"Bearer {issue_tokens(a_customer()).access}"}

    responses = [client.get(OWN_PATHS[dialect], headers=headers) for _each in range(3)]

    assert [response.status_code for response in responses] == [200, 200, 429]
    assert responses[2].headers["Retry-After"] == "18"
    assert ENVELOPES[dialect](responses[2].json())


@override_settings(RATE_LIMITS=True, API_RATES={"address": 100, "user": 2, "door": 100})
def test_a_user_is_rationed_whatever_their_address(client):
    headers = {"authorization": f"Bearer {issue_tokens(a_customer()).access}"}

    statuses = [client.get("/api/user", headers=headers, REMOTE_ADDR=f"10.0.0.{n}").status_code for n in range(3)]

    assert statuses == [200, 200, 429]


@override_settings(RATE_LIMITS=True, API_RATES={"address": 2, "user": 100, "door": 100})
def test_a_forged_forwarding_header_buys_nothing(client):
    statuses = [client.get("/api/movies", headers={"x-forwarded-for": f"10.0.0.{n}"}).status_code for n in range(3)]

    assert statuses == [200, 200, 429]


@override_settings(RATE_LIMITS=False, API_RATES={"address": 1, "user": 1, "door": 1})
def test_rate_limits_can_be_switched_off(client):
    assert [client.get("/api/movies").status_code for _each in range(3)] == [200, 200, 200]


LOG_INS = {
    "booking": ("/api/user/login", "username", "user1"),
    "community": ("/api/login", "email", "user1@example.com"),
    "v1": ("/api/v1/auth/login", "username", "user1"),
}


@pytest.mark.parametrize("dialect", LOG_INS)
@override_settings(AXES_ENABLED=True, AXES_FAILURE_LIMIT=3)
def test_a_name_is_locked_after_too_many_wrong_passwords(customer, client, dialect):
    path, field, name = LOG_INS[dialect]

    def log_in(password, **more):
        return client.post(path, {field: name, "password": password}, content_type="application/json", **more)

    wrong = [log_in("wrong-password").status_code for _each in range(3)]
    locked = log_in(PASSWORD)
    elsewhere = log_in(PASSWORD, REMOTE_ADDR="10.9.8.7")

    assert wrong[:2] == [401, 401]
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert ENVELOPES[dialect](locked.json())
    assert elsewhere.status_code == 200


def test_messages_are_chinese_unless_english_is_asked_for(db):
    def message(language):
        return Caller(language=language).get("/api/v1/movies/999").json()["message"]

    assert message("") == message("zh-CN,zh;q=0.9,en;q=0.8") == message("fr") == message("*") == "影片不存在"
    assert message("en") == message("en-GB,zh;q=0.5") == "There is no such movie."


def test_a_cookie_of_the_pages_does_not_choose_the_languages_of_the_api(client, db):
    client.cookies["django_language"] = "en"

    assert client.get("/api/v1/movies/999").json()["message"] == "影片不存在"


def test_a_bad_host_is_refused_in_the_envelope(client, db):
    response = client.get("/api/v1/movies", headers={"host": "bad host"})

    assert (response.status_code, response.json()["code"]) == (400, 400)


def test_accept_is_not_asked(client, db):
    response = client.get("/api/movies", headers={"accept": "text/html"})

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


def test_a_refusal_names_the_field_as_the_document_does(admin, house, as_user):
    staff = as_user(admin)
    film = {"title": "沙丘2", "duration": 166}

    genre = staff.post("/api/v1/admin/movies", {**film, "genreList": [{"genreId": 999}]})
    actor = staff.post("/api/v1/admin/movies", {**film, "actorList": [{"actorId": 999}]})
    twice = staff.post("/api/order/create", {"showtime_id": house.showtime.pk, "selected_seats": ["A1"] * 2})

    assert (genre.status_code, genre.json()["message"]) == (400, "genreList: 不存在：999")
    assert (actor.status_code, actor.json()["message"]) == (400, "actorList: 不存在：999")
    assert (twice.status_code, twice.json()["message"]) == (400, "selected_seats: 同一座位被选了两次。")


@pytest.mark.parametrize("dialect", ["booking", "community", "v1"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_body_beyond_any_booking_is_refused_unread(client, db, dialect, kind):
    path = {"booking": "/api/user/login", "community": "/api/login", "v1": "/api/v1/auth/login"}[dialect]

    response = client.generic("POST", path, '{"username": "%s"}' % ("x" * 3_000_000), content_type=kind)

    assert response.status_code == 400
    assert response.json()["message"] == ("请求体过大。" if kind == "application/json" else "请求无效。")
    assert ENVELOPES[dialect](response.json())
