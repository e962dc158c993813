"""What is dangerous needs proof: a fresh log-in, or the current password beside it, in every dialect."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import override_settings

from accounts.models import Letter, SecurityEvent
from tests.api.conftest import BEFORE, Caller
from tests.factories import PASSWORD, a_customer, an_administrator

pytestmark = pytest.mark.django_db
NEW_EMAIL, NEW_PASSWORD = "new@example.com", "another-long-password"
LATER = BEFORE + timedelta(minutes=11)
CHANGES = {
    "booking e-mail": ("POST", "/api/user/update", {"email": NEW_EMAIL}, "current_password"),
    "booking password": ("POST", "/api/user/update", {"password": NEW_PASSWORD}, "current_password"),
    "community e-mail": ("PUT", "/api/user", {"email": NEW_EMAIL}, "current_password"),
    "v1 e-mail": ("PUT", "/api/v1/users/me", {"email": NEW_EMAIL}, "currentPassword"),
}
every_change = pytest.mark.parametrize("change", CHANGES)


def facts(user):
    user.refresh_from_db()
    return user.shown_email, user.check_password(NEW_PASSWORD)


@every_change
def test_a_token_whose_log_in_is_old_changes_nothing(change, customer, as_user, on_the_day):
    caller = as_user(customer)
    caller.language = "en"
    method, path, body, _field = CHANGES[change]

    on_the_day.move_to(LATER)
    answer = caller.call(method, path, body)

    assert answer.status_code == 403
    assert answer.json()["message"] == "Please send your current password as well, or log in again first."
    assert facts(customer) == ("user1@example.com", False)


@every_change
def test_a_fresh_log_in_or_the_current_password_is_proof(change, customer, as_user, on_the_day):
    caller = as_user(customer)
    method, path, body, field = CHANGES[change]

    fresh = caller.call(method, path, body).status_code
    changed = facts(customer) != ("user1@example.com", False)
    caller = as_user(customer)
    on_the_day.move_to(LATER)
    other = {name: f"x{value}" for name, value in body.items()}
    old = caller.call(method, path, {**other, field: NEW_PASSWORD if "password" in change else PASSWORD}).status_code

    assert (fresh, changed, old) == (200, True, 200)


@every_change
@override_settings(AXES_ENABLED=True, AXES_FAILURE_LIMIT=3)
def test_a_wrong_current_password_is_refused_and_counts_as_a_wrong_log_in(change, customer, as_user):
    caller, stranger = as_user(customer), as_user(a_customer())
    method, path, body, field = CHANGES[change]

    wrong = [caller.call(method, path, {**body, field: "wrong"}).status_code for _each in range(3)]
    locked = caller.call(method, path, {**body, field: PASSWORD}).status_code
    login = Caller().post("/api/v1/auth/login", {"username": "user1", "password": PASSWORD}).status_code
    other = stranger.call(method, path, {**body, field: PASSWORD}).status_code

    assert (wrong, locked, login, other) == ([403] * 3, 429, 429, 200)
    assert facts(customer) == ("user1@example.com", False)
    assert SecurityEvent.objects.about(customer).filter(kind="proof_failed").count() == 3


@override_settings(AXES_ENABLED=True, AXES_FAILURE_LIMIT=5)
def test_forty_wrong_old_passwords_are_counted(customer, as_user):
    caller = as_user(customer)
    path, body = "/api/v1/users/me/password", {"oldPassword": "wrong", "newPassword": NEW_PASSWORD}

    answers = [caller.put(path, body).status_code for _each in range(40)]

    assert answers == [401] * 5 + [429] * 35
    assert AccessAttempt.objects.get().username == f"account:{customer.pk}"


def test_a_refresh_does_not_make_a_log_in_younger(customer, nobody, on_the_day):
    pair = nobody.post("/api/v1/auth/login", {"username": "user1", "password": PASSWORD}).json()["data"]
    on_the_day.move_to(LATER)

    renewed = nobody.post("/api/v1/auth/refresh", {"refreshToken": pair["refreshToken"]}).json()["data"]
    caller = Caller(token=renewed["token"])

    assert caller.put("/api/v1/users/me", {"email": NEW_EMAIL}).status_code == 403
    assert caller.put("/api/v1/users/me", {"nickname": "Lin"}).status_code == 200


def test_for_somebody_elses_account_the_callers_own_proof_counts(customer, as_user, on_the_day):
    admin = an_administrator()
    admin.set_password("the-administrators-own")
    admin.save()
    caller = as_user(admin)
    body = {"user_id": customer.pk, "email": NEW_EMAIL}
    on_the_day.move_to(LATER)

    answers = [
        caller.post("/api/user/update", {**body, **proof}).status_code
        for proof in ({}, {"current_password": PASSWORD}, {"current_password": "the-administrators-own"})
    ]

    assert answers == [403, 403, 200]
    event = SecurityEvent.objects.about(customer).get(kind="email_changed")
    assert (event.by, event.door, event.detail) == (admin, "booking", "n•••@example.com")


def test_what_stays_as_it_is_needs_no_proof(customer, as_user, on_the_day):
    caller = as_user(customer)
    on_the_day.move_to(LATER)

    assert caller.put("/api/user", {"username": "user1b", "email": "User1@example.com"}).status_code == 200
    assert not Letter.objects.exists()


def test_a_refused_change_leaves_the_rest_as_it_was(customer, as_user, on_the_day):
    a_customer("user2")
    caller = as_user(customer)

    taken = caller.put("/api/v1/users/me", {"nickname": "Lin", "email": "user2@example.com"})
    on_the_day.move_to(LATER)
    unproved = caller.put("/api/user", {"username": "other", "email": NEW_EMAIL})

    customer.refresh_from_db()
    assert (taken.status_code, unproved.status_code) == (400, 403)
    assert (customer.nickname, customer.username) == ("", "user1")


def test_ten_minutes_are_the_houses_to_set(customer, as_user, settings):
    settings.STEP_UP_MINUTES = 60
    with time_machine.travel(BEFORE, tick=False) as clock:
        caller = as_user(customer)
        clock.move_to(BEFORE + timedelta(minutes=59))

        assert caller.put("/api/user", {"email": NEW_EMAIL}).status_code == 200
