"""Passwords from lists of leaked ones: the filter, the command that makes it, and every door where one is chosen."""

import hashlib
import random
from io import StringIO

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.breached_passwords import BreachedPasswords, filter_is_whole
from accounts.credentials import change_password
from accounts.models import User
from accounts.signup import WeakPassword
from cinema.environment import Environment
from tests.factories import a_customer

LEAKED = "correct-horse-battery"
RARE = "seen-once-in-a-leak-77"


def digest(password: str) -> str:
    """As such lists have it."""
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.fixture
def made(tmp_path):
    """The filter that the command makes of these lines or files."""

    def make(source=None, **options):
        if source is None:
            source = tmp_path / "list.txt"
            source.write_text(f"{digest(LEAKED)}:2254650\r\n{digest(RARE)}:1\r\n\n")
        call_command("breached_passwords", source, tmp_path / "filter", stdout=StringIO(), **options)
        return tmp_path / "filter"

    return make


@pytest.fixture
def in_force(made, settings):
    """The house refuses what the filter knows, beside its other rules."""
    settings.BREACHED_PASSWORDS = str(made())
    validator = {"NAME": "accounts.breached_passwords.NotBreachedValidator"}
    settings.AUTH_PASSWORD_VALIDATORS = [
        *settings.AUTH_PASSWORD_VALIDATORS,
        validator | {"OPTIONS": {"path": settings.BREACHED_PASSWORDS}},
    ]


def test_what_was_seen_often_is_known_and_what_was_seen_rarely_is_not(made):
    known = BreachedPasswords(made())

    assert (LEAKED in known, RARE in known, "another-long-password" in known) == (True, False, False)


def test_the_least_number_of_sightings_is_the_operator_s_choice(made):
    assert RARE in BreachedPasswords(made(at_least=1))


def test_a_folder_of_range_files_is_read_too(made, tmp_path):
    folder = tmp_path / "ranges"
    folder.mkdir()
    (folder / f"{digest(LEAKED)[:5]}.txt").write_text(f"\ufeff{digest(LEAKED)[5:]}:99\n", encoding="utf-8")
    (folder / f"{digest(RARE)[:5]}").write_text(f"{digest(RARE)[5:]}:12\n")
    (folder / "README.md").write_text("not one of them")

    known = BreachedPasswords(made(folder))

    assert (known.digests, LEAKED in known, RARE in known) == (2, True, True)


def test_none_of_many_is_forgotten_few_others_are_refused_and_the_file_is_small(made, tmp_path):
    numbers = random.Random(7)
    leaked = [f"leaked-{number}" for number in range(20_000)]
    others = [f"other-{numbers.random()}" for _each in range(20_000)]
    source = tmp_path / "many.txt"
    source.write_text("".join(f"{digest(one)}:10\n" for one in leaked))
    file = made(source)

    known = BreachedPasswords(file)

    assert all(one in known for one in leaked)
    assert sum(one in known for one in others) < 60  # twenty are to be expected
    assert file.stat().st_size < 20_000 * 2


@pytest.mark.parametrize("line", ["password:5", f"{'A' * 40}", f"{'G' * 40}:1", f"{'A' * 40}:many"])
def test_what_is_no_list_is_refused_by_its_line_and_a_filter_that_is_there_stays(line, made, tmp_path):
    before = made().read_bytes()
    source = tmp_path / "wrong.txt"
    source.write_text(f"{digest(LEAKED)}:50\n{line}\n")

    with pytest.raises(CommandError, match="line 2"):
        made(source)

    assert (tmp_path / "filter").read_bytes() == before


def test_a_list_with_nothing_often_enough_is_refused(made):
    with pytest.raises(CommandError, match="no digest that was seen 3000000 times"):
        made(at_least=3_000_000)


@pytest.mark.parametrize("spoil", [lambda whole: whole[:-1], lambda whole: b"", lambda whole: b"x" * len(whole)])
def test_a_filter_that_is_cut_short_or_none_stops_the_start(spoil, made, settings):
    file = made()
    settings.BREACHED_PASSWORDS = str(file)
    before = filter_is_whole()
    file.write_bytes(spoil(file.read_bytes()))

    faults = filter_is_whole()

    assert (before, [fault.id for fault in faults]) == ([], ["accounts.E001"])


def test_a_path_where_nothing_is_stops_the_start(tmp_path):
    with pytest.raises(ImproperlyConfigured, match=r"BREACHED_PASSWORDS=.* can't be read: FileNotFoundError"):
        Environment({"BREACHED_PASSWORDS": str(tmp_path / "none")}).file("BREACHED_PASSWORDS")


@pytest.mark.django_db
def test_a_leaked_password_is_refused_on_the_pages_and_by_every_dialect(in_force, client: Client):
    facts = {"username": "newcomer", "email": "new@example.com"}
    json = {"content_type": "application/json"}

    page = client.post(f"/en{reverse('account_signup')}", {**facts, "password1": LEAKED, "password2": LEAKED})
    answers = [
        client.post("/api/register", {**facts, "password": LEAKED}, **json),
        client.post("/api/user/register", {**facts, "password": LEAKED}, **json),
        client.post("/api/v1/auth/register", {**facts, "password": LEAKED}, **json),
    ]

    assert "This password has become known in a leak" in page.content.decode()
    assert [answer.status_code for answer in answers] == [400] * 3
    assert not User.objects.exists()


@pytest.mark.django_db
def test_nobody_changes_to_a_leaked_password_and_whoever_has_one_still_logs_in(in_force):
    customer = a_customer()

    with pytest.raises(WeakPassword):
        change_password(user=customer, password=LEAKED)

    customer.set_password(LEAKED)
    customer.save()
    asked = {"username": customer.username, "password": LEAKED}
    response = Client().post("/api/user/login", asked, content_type="application/json")
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("k7#Vq2z", "password_too_short"),
        ("password123", "password_too_common"),
        ("20240131", "password_entirely_numeric"),
        ("xiaoming-1", "password_too_similar"),
    ],
)
def test_django_s_own_rules_are_in_force_beside_it(password, code):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, User(username="xiaoming", email="xiaoming@example.com"))

    assert code in {error.code for error in refused.value.error_list}


def test_a_long_phrase_of_any_letters_is_a_password():
    validate_password("买票之前先看排片表，" * 8, User(username="xiaoming"))
