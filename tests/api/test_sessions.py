"""Sessions as rows: listed, ended, renewed, and over for good after their time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.bans import ban_user
from accounts.models import SecurityEvent, Session
from accounts.sessions import forget_old_sessions
from accounts.tokens import BadToken, bearer_of, issue_tokens, renew_tokens
from tests.api.conftest import BEFORE, Caller
from tests.factories import PASSWORD, a_customer, an_administrator

pytestmark = pytest.mark.django_db
PATH = "/api/v1/users/me/sessions"
PHONE = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605.1 Version/18.0 Safari/604.1"}


def logged_in(**headers):
    answer = Caller(headers=headers).post("/api/v1/auth/login", {"username": "user1", "password": PASSWORD})
    return answer.json()["data"]


def test_a_session_says_where_it_is_and_which_one_is_asking(customer, on_the_day):
    caller = Caller(token=logged_in(**PHONE)["token"])
    logged_in(**{"user-agent": "okhttp/4.12"})

    answer = caller.get(PATH).json()["data"]

    assert answer["total"] == 2
    mine = next(one for one in answer["records"] if one["current"])
    other = next(one for one in answer["records"] if not one["current"])
    assert {**mine, "sessionId": ""} == {
        "sessionId": "",
        "kind": "api",
        "device": "Safari, iPhone",
        "address": "127.0.0.1",
        "factors": ["pwd"],
        "createdAt": "2024-12-01 18:00:00",
        "lastUsedAt": "2024-12-01 18:00:00",
        "expiresAt": "2025-03-01 18:00:00",
        "current": True,
    }
    assert other["device"] == "okhttp"


def test_one_session_is_ended_and_no_strangers(customer, as_user):
    phone, laptop, stranger = as_user(customer), as_user(customer), as_user(a_customer())
    phones = next(one["sessionId"] for one in phone.get(PATH).json()["data"]["records"] if one["current"])

    by_stranger = stranger.delete(f"{PATH}/{phones}").status_code
    answers = [laptop.delete(f"{PATH}/{phones}").status_code for _each in range(2)]

    assert (by_stranger, answers) == (404, [200, 404])
    assert [one.get(PATH).status_code for one in (phone, laptop)] == [401, 200]


def test_the_list_costs_the_same_for_one_as_for_three(customer, as_user):
    caller = as_user(customer)

    def cost():
        with CaptureQueriesContext(connection) as captured:
            caller.get(PATH)
        return len(captured)

    one = cost()
    as_user(customer), as_user(customer)

    assert cost() == one


@pytest.mark.parametrize("end", ["ban", "password", "everywhere"])
def test_what_ends_everything_ends_the_rows(end, customer, as_user):
    caller, other = as_user(customer), issue_tokens(a_customer()).access
    issue_tokens(customer)

    if end == "ban":
        ban_user(user_id=customer.pk, by=an_administrator())
    elif end == "password":
        caller.put("/api/v1/users/me/password", {"oldPassword": PASSWORD, "newPassword": "another-long-password"})
    else:
        caller.post("/api/v1/auth/logout", {"everywhere": True})

    alive = Session.objects.of(customer).filter(ended_at=None)
    assert alive.count() == (1 if end == "password" else 0)  # the answer to a new password begins one
    assert Caller(token=other).get(PATH).status_code == 200


def test_the_hot_path_asks_once_and_writes_nothing(customer, on_the_day):
    token = logged_in()["token"]

    with CaptureQueriesContext(connection) as captured:
        bearer_of(token, now=BEFORE)
    with CaptureQueriesContext(connection) as whole:
        Caller(token=token).get("/api/user/orders")

    assert len(captured) == 1
    assert not [query["sql"] for query in whole if query["sql"].startswith("UPDATE")]


def test_use_is_written_down_at_most_every_ten_minutes_and_outside_of_every_transaction(customer, on_the_day):
    token = logged_in()["token"]
    caller, written = Caller(token=token), []

    for minute in (5, 11, 12, 20, 22):
        on_the_day.move_to(BEFORE + timedelta(minutes=minute))
        with CaptureQueriesContext(connection) as captured:
            caller.post("/api/v1/orders", {"scheduleId": 1, "seats": ["A1"]})
        statements = [query["sql"] for query in captured]
        if updates := [one for one in statements if one.startswith('UPDATE "accounts_session"')]:
            written.append(minute)
            assert statements[-1] == updates[0]

    assert written == [11, 22]


# --- Renewing ---


def test_a_refresh_token_is_used_up_and_within_ten_seconds_gives_the_same_successor(customer, nobody, on_the_day):
    first = logged_in()["refreshToken"]

    def renew(token, *, after):
        on_the_day.move_to(BEFORE + timedelta(seconds=after))
        answer = nobody.post("/api/v1/auth/refresh", {"refreshToken": token})
        return answer.status_code, answer.json()["data"]

    once, again = renew(first, after=100), renew(first, after=110)

    assert once == again
    assert once[0] == 200
    assert once[1]["refreshToken"] != first
    assert Caller(token=once[1]["token"]).get(PATH).status_code == 200


def test_a_refresh_token_that_comes_again_later_ends_the_session(customer, nobody, on_the_day):
    first, other = logged_in()["refreshToken"], logged_in()["token"]
    renewed = nobody.post("/api/v1/auth/refresh", {"refreshToken": first}).json()["data"]
    on_the_day.move_to(BEFORE + timedelta(seconds=11))

    reused = nobody.post("/api/v1/auth/refresh", {"refreshToken": first})
    successor = nobody.post("/api/v1/auth/refresh", {"refreshToken": renewed["refreshToken"]})

    assert (reused.status_code, successor.status_code) == (401, 401)
    assert Caller(token=renewed["token"]).get(PATH).status_code == 401
    assert Caller(token=other).get(PATH).status_code == 200
    assert SecurityEvent.objects.about(customer).filter(kind="refresh_reused").count() == 1


def test_one_before_the_last_is_a_copy_however_soon_it_comes(customer, on_the_day):
    first = issue_tokens(customer).refresh
    second = renew_tokens(first, now=BEFORE).refresh
    renew_tokens(second, now=BEFORE)

    with pytest.raises(BadToken):
        renew_tokens(first, now=BEFORE + timedelta(seconds=1))
    with pytest.raises(BadToken):
        renew_tokens(second, now=BEFORE + timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_sixty_four_renewals_at_once_are_one_session(customer):
    first = issue_tokens(customer).refresh
    start = threading.Barrier(16)

    def renew(number):
        if number < 16:
            start.wait(30)
        try:
            return Caller().post("/api/v1/auth/refresh", {"refreshToken": first}).json()["data"]["refreshToken"]
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        found = set(pool.map(renew, range(64)))

    assert len(found) == 1
    assert Session.objects.of(customer).filter(ended_at=None).count() == 1


def test_a_session_ends_for_good_after_ninety_days_however_often_it_is_renewed(customer, on_the_day, nobody):
    pair = logged_in()
    for days in (20, 40, 60, 80, 89):
        on_the_day.move_to(BEFORE + timedelta(days=days))
        pair = nobody.post("/api/v1/auth/refresh", {"refreshToken": pair["refreshToken"]}).json()["data"]
    on_the_day.move_to(BEFORE + timedelta(days=89, hours=23))
    last_hour = Caller(token=pair["token"]).get(PATH).status_code

    on_the_day.move_to(BEFORE + timedelta(days=90, seconds=1))
    over = nobody.post("/api/v1/auth/refresh", {"refreshToken": pair["refreshToken"]}).status_code

    assert (last_hour, over, Caller(token=pair["token"]).get(PATH).status_code) == (200, 401, 401)


def test_an_unused_refresh_token_runs_out_after_its_days(customer, settings, on_the_day, nobody):
    pair = logged_in()
    on_the_day.move_to(BEFORE + timedelta(days=31))

    assert nobody.post("/api/v1/auth/refresh", {"refreshToken": pair["refreshToken"]}).status_code == 401


def test_what_ran_out_long_ago_is_forgotten(customer, on_the_day):
    issue_tokens(customer)
    on_the_day.move_to(BEFORE + timedelta(days=60))
    fresh = bearer_of(issue_tokens(customer).access, now=BEFORE + timedelta(days=60))

    assert forget_old_sessions(now=BEFORE + timedelta(days=119)) == 0
    assert forget_old_sessions(now=BEFORE + timedelta(days=121)) == 1
    assert Session.objects.get().pk == fresh.session_id
