"""What stops a house from being opened: well-known log-ins, pretended payments, a key that can be guessed."""

import secrets
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import User
from accounts.tokens import BadToken, bearer_of, issue_tokens
from cinema.demo.people import ADMIN, CUSTOMER, REGULARS
from runner.machine import Stop
from tests.factories import a_customer, an_administrator

SOUND = {
    "SECRET_KEY": secrets.token_urlsafe(50), "JOURNAL_KEY": secrets.token_urlsafe(50),
    "DEMO": False, "PAYMENT_PROVIDERS": [], "OPEN_ADMIN_REGISTER": False,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}  # fmt: skip


def found(**settings):
    """The ids of what the house itself objects to."""
    with override_settings(**{**SOUND, **settings}):
        messages = run_checks(include_deployment_checks=True)
    ours = [one for one in messages if one.id.startswith(("cinema.", "backoffice."))]
    assert all(one.hint for one in ours)
    return [one.id for one in ours]


def test_a_sound_house_has_nothing_to_mend(db):
    an_administrator()

    assert found() == []


@pytest.mark.parametrize(
    ("changed", "ids"),
    [
        ({"SECRET_KEY": "k"}, ["cinema.E001"]),
        ({"SECRET_KEY": "k" * 80}, ["cinema.E001"]),
        ({"SECRET_KEY": "change-me"}, ["cinema.E001"]),
        ({"JOURNAL_KEY": ""}, ["cinema.E004"]),
        ({"JOURNAL_KEY": "change-me"}, ["cinema.E004"]),
        ({"JOURNAL_KEY": "k" * 80}, ["cinema.E004"]),
        ({"JOURNAL_KEY": SOUND["SECRET_KEY"]}, ["cinema.E004"]),
        ({"DEMO": True}, ["cinema.E002"]),
        ({"PAYMENT_PROVIDERS": ["sandbox"]}, ["cinema.E003"]),
        ({"PAYMENT_PROVIDERS": ["wechat"], "SITE_URL": "http://cinema.example"}, ["cinema.W003"]),
        ({"PAYMENT_PROVIDERS": ["wechat"], "SITE_URL": "https://cinema.example"}, []),
        ({"OPEN_ADMIN_REGISTER": True}, ["cinema.W002"]),
        ({"EMAIL_BACKEND": "cinema.mail.KeptMail"}, ["cinema.W001"]),
    ],
)
def test_each_open_door_is_named(db, changed, ids):
    assert found(**changed) == ids


def invite(name, password, **facts):
    user = a_customer(name, **facts)
    user.set_password(password)
    user.save()
    return user


def test_the_log_ins_of_a_former_demo_are_named(db):
    invite(*ADMIN, is_staff=True, is_superuser=True)
    invite(*CUSTOMER)
    invite(REGULARS[0][0], CUSTOMER[1])

    assert found() == ["backoffice.E001"]
    with override_settings(**SOUND):
        told = next(one for one in run_checks(include_deployment_checks=True) if one.id == "backoffice.E001")
    assert told.msg == "Anybody can log in as admin, lin, ming with the demo's passwords."


def test_the_same_names_with_other_passwords_are_nobodys_business(db):
    invite(ADMIN[0], "a-password-of-their-own")
    invite(CUSTOMER[0], CUSTOMER[1], is_active=False)

    assert found() == []


def test_a_database_without_tables_has_no_log_ins(db, monkeypatch):
    invite(*ADMIN)
    monkeypatch.setattr(User._meta, "db_table", "no_such_table")

    assert found() == []


def test_one_command_closes_them_and_leaves_everybody_else_alone(db):
    admin, stranger = invite(*ADMIN, is_superuser=True, is_staff=True), a_customer()
    token, theirs = issue_tokens(admin).access, issue_tokens(stranger).access
    out = StringIO()

    call_command("demo", close_log_ins=True, stdout=out)

    assert out.getvalue() == "No password opens these any more: admin.\n"
    assert found() == []
    assert not Client().login(username=ADMIN[0], password=ADMIN[1])
    with pytest.raises(BadToken):
        bearer_of(token, now=timezone.now())
    assert bearer_of(theirs, now=timezone.now()).user == stranger
    call_command("demo", close_log_ins=True, stdout=out)
    assert out.getvalue().endswith("None was open.\n")


@pytest.mark.sqlite
def test_serve_refuses_to_open_such_a_house(db, capsys):
    from runner.web import require_checks  # noqa: PLC0415 - loads a server

    invite(*CUSTOMER)
    plain = {**SOUND, "SECRET_KEY": "k", "OPEN_ADMIN_REGISTER": True}
    with override_settings(**plain), pytest.raises(Stop) as stop:
        require_checks()

    told = str(stop.value)
    assert told.startswith("The cinema does not start like this:\n")
    assert "cinema.E001: SECRET_KEY is so short or plain that it can be guessed.\n      Set it to " in told
    assert "backoffice.E001: Anybody can log in as lin with the demo's passwords.\n      Take them away by " in told
    assert "cinema.W002: OPEN_ADMIN_REGISTER is on" in capsys.readouterr().out
    assert "cinema.W002" not in told


@pytest.mark.sqlite
def test_what_is_meant_is_silenced_by_its_id(db):
    from runner.web import require_checks  # noqa: PLC0415

    with override_settings(**{**SOUND, "DEMO": True}, SILENCED_SYSTEM_CHECKS=["cinema.E002"]):
        require_checks()
