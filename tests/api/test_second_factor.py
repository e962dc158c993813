"""Where the house wants a second factor of its staff, a password alone opens nothing of theirs, in any dialect."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import override_settings

from accounts.models import User
from accounts.tokens import issue_tokens
from tests.api.conftest import Caller
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LOG_INS = {
    "booking": ("/api/user/login", {"username": "admin"}),
    "community": ("/api/login", {"email": "admin@example.com"}),
    "v1": ("/api/v1/auth/login", {"username": "admin"}),
    "v1 staff": ("/api/v1/auth/admin/login", {"username": "admin"}),
}
STAFF_PATHS = ["/api/v1/admin/users", "/api/v1/admin/dashboard", "/api/v1/admin/orders"]
every_log_in = pytest.mark.parametrize("dialect", LOG_INS)


@pytest.fixture(autouse=True)
def _wanted(settings):
    settings.STAFF_MFA = True


@pytest.fixture
def code(admin: User) -> Callable[[], str]:
    """The code the administrator's app shows now."""
    secret = generate_totp_secret()
    TOTP.activate(admin, secret)
    return lambda: format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def log_in(dialect: str, **more: str):
    """The answer to the administrator's log-in."""
    path, name = LOG_INS[dialect]
    return Caller(language="en").post(path, {**name, "password": PASSWORD, **more})


def token_of(answer) -> str:
    """The token of a log-in, wherever the dialect puts it."""
    body = answer.json()
    return body.get("token") or body["data"]["token"]


@every_log_in
def test_password_alone_is_refused(dialect, admin, code):
    answer = log_in(dialect)

    assert (answer.status_code, answer.json()["message"]) == (401, "Please send your one-time code as well (otp).")


@every_log_in
def test_staff_without_a_second_factor_are_told_to_set_one_up(dialect, admin):
    answer = log_in(dialect, otp="123456")

    assert answer.status_code == 403
    assert answer.json()["message"] == (
        "Please set up an authenticator app on the site first: by API a passkey can't be shown."
    )


@every_log_in
def test_with_the_code_staff_come_in(dialect, admin, code):
    caller = Caller(token=token_of(log_in(dialect, otp=code())))

    assert [caller.get(path).status_code for path in STAFF_PATHS] == [200, 200, 200]


@every_log_in
def test_a_code_is_good_once(dialect, admin, code, on_the_day):
    log_in(dialect, otp=code())

    again = log_in(dialect, otp=code())

    assert again.status_code == 401
    assert again.json()["message"] == "This one-time code is wrong or was used already."


def test_a_recovery_code_is_good_once_too(admin, code):
    first = RecoveryCodes.activate(admin).generate_codes()[0]

    answers = [log_in("v1 staff", otp=first).status_code for _each in range(2)]

    assert answers == [200, 401]


@pytest.mark.parametrize("otp", ["000000", "①②③④⑤⑥", "' OR 1=1", "\u0000"])
def test_a_wrong_code_is_refused(otp, admin, code):
    assert log_in("v1 staff", otp=otp).status_code in {400, 401}


@override_settings(AXES_ENABLED=True, AXES_FAILURE_LIMIT=3)
def test_codes_cannot_be_tried_one_after_the_other(admin, code):
    wrong = [log_in("v1 staff", otp="000000").status_code for _each in range(3)]

    assert (wrong[:2], log_in("v1 staff", otp=code()).status_code) == ([401, 401], 429)


def test_the_code_of_somebody_else_is_worth_nothing(admin, customer):
    secret = generate_totp_secret()
    TOTP.activate(admin, generate_totp_secret())
    TOTP.activate(customer, secret)

    assert log_in("v1 staff", otp=format_hotp_value(hotp_value(secret, int(time.time()) // 30))).status_code == 401


def test_a_token_from_before_has_lost_its_staff_rights_and_stays_a_customers(admin, code):
    caller = Caller(token=issue_tokens(admin).access, language="en")

    answers = [caller.get(path) for path in STAFF_PATHS]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert answers[0].json() == {
        "code": 403,
        "message": "Staff need a second factor here: please log in with a one-time code as well (otp).",
        "data": None,
        "error": {"code": "second_factor_required"},
    }
    assert caller.get("/api/v1/users/me").status_code == 200


def test_an_administrator_by_password_alone_makes_no_other(admin, code):
    caller = Caller(token=issue_tokens(admin).access)

    made = caller.post("/api/v1/auth/admin/register", {"username": "second", "password": PASSWORD})

    assert (made.status_code, User.objects.filter(username="second").exists()) == (403, False)


def test_nobody_elses_orders_are_seen_by_password_alone(admin, code, customer):
    caller = Caller(token=issue_tokens(admin).access)

    assert caller.get("/api/user/orders", user_id=customer.pk).status_code == 403


def test_refreshing_keeps_what_was_proven_and_adds_nothing(admin, code):
    proven = log_in("v1", otp=code()).json()["data"]["refreshToken"]
    unproven = issue_tokens(admin).refresh

    def opened(refresh: str) -> int:
        renewed = Caller().post("/api/v1/auth/refresh", {"refreshToken": refresh}).json()["data"]
        return Caller(token=renewed["token"]).get(STAFF_PATHS[0]).status_code

    assert (opened(proven), opened(unproven)) == (200, 403)


def test_a_new_password_keeps_what_was_proven(admin, code):
    caller = Caller(token=token_of(log_in("v1", otp=code())))
    changed = {"oldPassword": PASSWORD, "newPassword": "another-long-password"}

    tokens = caller.put("/api/v1/users/me/password", changed).json()["data"]

    assert Caller(token=tokens["token"]).get(STAFF_PATHS[0]).status_code == 200


def test_taking_the_second_factor_off_takes_the_rights_with_it(admin, code):
    token = token_of(log_in("v1", otp=code()))
    admin.authenticator_set.all().delete()

    assert Caller(token=token).get(STAFF_PATHS[0]).status_code == 403


def test_customers_never_meet_it(customer):
    path, _name = LOG_INS["v1"]

    assert Caller().post(path, {"username": "user1", "password": PASSWORD}).status_code == 200


@every_log_in
def test_staff_without_an_app_meet_it_only_where_the_house_says_so(dialect, admin, settings):
    settings.STAFF_MFA = False

    caller = Caller(token=token_of(log_in(dialect)))

    assert caller.get(STAFF_PATHS[0]).status_code == 200


@every_log_in
@pytest.mark.parametrize("wanted", [True, False])
def test_whoever_has_set_up_an_app_is_asked_for_its_code_whatever_the_house_says(
    dialect, wanted, admin, code, settings
):
    settings.STAFF_MFA = wanted

    assert [log_in(dialect).status_code, log_in(dialect, otp=code()).status_code] == [401, 200]


@pytest.mark.parametrize("path", ["/api/user/login", "/api/v1/auth/login", "/api/login"])
def test_a_customer_with_an_app_is_asked_and_one_with_a_passkey_alone_is_not(path, customer, settings):
    settings.STAFF_MFA = False
    name = {"email": customer.email} if path == "/api/login" else {"username": "user1"}
    passkey = Authenticator.objects.create(user=customer, type="webauthn", data={"name": "phone"})

    with_passkey = Caller().post(path, {**name, "password": PASSWORD}).status_code
    passkey.delete()
    TOTP.activate(customer, generate_totp_secret())
    with_app = Caller().post(path, {**name, "password": PASSWORD}).status_code

    assert (with_passkey, with_app) == (200, 401)


@every_log_in
def test_staff_with_a_passkey_alone_add_an_app_first(dialect, admin, settings):
    settings.STAFF_MFA = False
    Authenticator.objects.create(user=admin, type="webauthn", data={"name": "phone"})

    assert log_in(dialect).status_code == 403
