"""Who owns a fresh house: whoever has the console's set-up code, and nobody else."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone

from accounts.administrators import new_setup_code
from accounts.models import SetupCode, User
from tests.api.conftest import Caller
from tests.factories import PASSWORD, a_clerk, a_customer, an_administrator

pytestmark = pytest.mark.django_db
REGISTER = "/api/v1/auth/admin/register"


def register(caller=None, name="boss", **more):
    return (caller or Caller(language="en")).post(REGISTER, {"username": name, "password": PASSWORD, **more})


def refused(response):
    body = response.json()
    return response.status_code, body["code"], body["message"], User.objects.administrators().count()


REQUIRED = "The first administrator needs the set-up code that the console has printed (setupCode)."
WRONG = "This set-up code is wrong or no longer valid."
ONLY_THEY = "Only an administrator can register another administrator."


def test_a_stranger_without_the_code_owns_nothing():
    new_setup_code(now=timezone.now())

    assert refused(register()) == (403, 403, REQUIRED, 0)
    assert refused(register(setupCode="")) == (403, 403, REQUIRED, 0)
    assert refused(register(setupCode="AAAA-AAAA-AAAA-AAAA-AAAA")) == (403, 403, WRONG, 0)


def test_no_code_holds_before_one_was_made():
    assert refused(register(setupCode="AAAA-AAAA-AAAA-AAAA-AAAA")) == (403, 403, WRONG, 0)
    assert refused(register(setupCode="----")) == (403, 403, WRONG, 0)


def test_a_customer_and_a_clerk_need_the_code_too(as_user):
    assert refused(register(as_user(a_customer())))[0] == 403
    assert refused(register(as_user(a_clerk())))[0] == 403


def test_the_code_makes_one_administrator_and_is_worthless_then(nobody):
    code = new_setup_code(now=timezone.now())

    first = register(setupCode=code)
    again = register(name="thief", setupCode=code)

    boss = User.objects.get()
    assert first.json()["data"] == {"adminId": boss.pk, "username": "boss"}
    assert (boss.is_superuser, boss.is_staff, SetupCode.objects.count()) == (True, True, 0)
    assert refused(again) == (403, 403, ONLY_THEY, 1)


def test_the_code_is_known_however_it_is_typed():
    code = new_setup_code(now=timezone.now())

    assert register(setupCode=f" {code.lower().replace('-', ' ')} ").status_code == 200


def test_a_new_code_ends_the_one_before():
    old = new_setup_code(now=timezone.now())
    new = new_setup_code(now=timezone.now())

    assert refused(register(setupCode=old)) == (403, 403, WRONG, 0)
    assert register(setupCode=new).status_code == 200


def test_of_the_code_only_a_digest_is_kept():
    code = new_setup_code(now=timezone.now())

    kept = SetupCode.objects.get().digest
    assert code not in kept
    assert code.replace("-", "") not in kept
    assert len(kept) == 64


@pytest.mark.parametrize("gone", [{"is_active": False}, {"status": User.Status.BANNED}])
def test_an_administrator_who_was_switched_off_counts_as_one_who_exists(gone):
    an_administrator(**gone)
    SetupCode.objects.create(digest="x" * 64, created_at=timezone.now())

    assert refused(register(setupCode="AAAA-AAAA-AAAA-AAAA-AAAA")) == (403, 403, ONLY_THEY, 1)
    assert refused(register()) == (403, 403, ONLY_THEY, 1)


@override_settings(OPEN_ADMIN_REGISTER=True)
def test_an_open_house_belongs_to_the_first_and_to_no_second():
    assert register(setupCode="").status_code == 200
    assert refused(register(name="thief")) == (403, 403, ONLY_THEY, 1)


def test_a_name_or_password_that_is_refused_does_not_use_the_code_up():
    a_customer("taken")
    code = new_setup_code(now=timezone.now())

    taken = register(name="taken", setupCode=code)
    weak = Caller().post(REGISTER, {"username": "boss", "password": "12345", "setupCode": code})

    assert (taken.json()["code"], weak.json()["code"]) == (10001, 10006)
    assert register(setupCode=code).status_code == 200


@override_settings(AXES_ENABLED=True, AXES_FAILURE_LIMIT=3)
def test_wrong_codes_are_counted_like_wrong_passwords():
    code = new_setup_code(now=timezone.now())

    wrong = [register(setupCode=f"{number}AAA-AAAA").status_code for number in range(3)]
    locked = register(setupCode=code)

    assert wrong == [403, 403, 403]
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert locked.json() | {"error": None} == {
        "code": 429, "message": "Too many wrong set-up codes. Please try again later.", "data": None, "error": None
    }  # fmt: skip
    assert User.objects.count() == 0


def test_the_command_prints_a_code_that_holds_and_another_the_next_time():
    def told():
        out = StringIO()
        call_command("setup_code", stdout=out)
        return next(line.strip() for line in out.getvalue().splitlines() if line.startswith("      "))

    first, second = told(), told()

    assert refused(register(setupCode=first))[0] == 403
    assert register(setupCode=second).status_code == 200


def test_the_command_has_no_code_for_a_house_that_is_owned():
    an_administrator()
    out = StringIO()

    call_command("setup_code", if_unclaimed=True, stdout=out)
    with pytest.raises(CommandError, match=r"^There is an administrator already\."):
        call_command("setup_code", stdout=out)

    assert (out.getvalue(), SetupCode.objects.count()) == ("", 0)
