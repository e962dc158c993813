"""A new e-mail address: shown at once, confirmed by its owner, and until then good for nothing but logging in."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.email_addresses import give_email, owners_to_reset
from accounts.letters import write_letter
from accounts.models import Letter, User
from tests.api.conftest import Caller
from tests.factories import PASSWORD, a_customer
from tests.working import mail_letters

pytestmark = pytest.mark.django_db
NEW = "new@example.com"


def confirmed(user: User, *emails: str) -> User:
    """The user, with these addresses confirmed and the first of them the one the house writes to."""
    for number, email in enumerate(emails):
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=not number)
    user.email = emails[0]
    user.save()
    return user


def mailed() -> dict[str, list[str]]:
    """What goes out now: to whom, and the texts."""
    mail.outbox.clear()
    mail_letters(timezone.now())
    found: dict[str, list[str]] = {}
    for message in mail.outbox:
        found.setdefault(message.to[0], []).append(str(message.body))
    return found


def link_in(text: str, word: str) -> str:
    return next(each for each in re.findall(r"https?://[^/\s]+(\S+)", text) if word in each)


def test_it_is_shown_at_once_and_logs_in_and_the_old_one_is_told(customer, as_user, nobody):
    confirmed(customer, "user1@example.com")
    caller = as_user(customer)

    caller.put("/api/user", {"email": "New@Example.com"})
    told = mailed()

    assert caller.get("/api/user").json()["user"] == {
        "id": customer.pk,
        "username": "user1",
        "email": "New@example.com",
        "email_verified": False,
    }
    me = caller.get("/api/v1/users/me").json()["data"]
    assert (me["email"], me["emailVerified"]) == ("New@example.com", False)
    for email in (NEW, "user1@example.com"):
        assert nobody.post("/api/login", {"email": email, "password": PASSWORD}).status_code == 200
    assert sorted(told) == [NEW, "user1@example.com"]
    assert "n•••@example.com" in told["user1@example.com"][0]
    assert "/account/not-me/" in told["user1@example.com"][0]
    assert "/account/confirm-email/" in told[NEW][0]
    assert "/account/not-me/" not in told[NEW][0]


def test_until_it_is_confirmed_it_resets_and_receives_nothing(customer, client):
    confirmed(customer, "user1@example.com")
    give_email(user=customer, email=NEW, now=timezone.now())
    mailed()
    customer.refresh_from_db()

    facts = {"kind": Letter.Kind.TICKETS, "about": "order", "about_id": 1, "now": timezone.now()}
    write_letter(to=customer, subject="Tickets", text="Here they are.", **facts)
    told = mailed()
    client.post("/account/password/reset/", {"email": NEW})

    assert list(told) == ["user1@example.com"]
    assert owners_to_reset(NEW) == []
    assert not any("/password/reset/key/" in str(message.body) for message in mail.outbox)


def test_confirmed_it_takes_the_place_of_the_old_one_which_is_told(customer, client):
    confirmed(customer, "user1@example.com")
    give_email(user=customer, email=NEW, now=timezone.now())
    link = link_in(mailed()[NEW][0], "confirm-email")

    client.post(link)
    told = mailed()

    customer.refresh_from_db()
    assert (customer.email, customer.new_email) == (NEW, "")
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    assert sorted(told) == [NEW, "user1@example.com"]
    assert (owners_to_reset("user1@example.com"), owners_to_reset(NEW)) == ([], [customer])


def test_the_link_to_confirm_is_in_the_mail_alone(customer, as_user):
    caller = as_user(customer)
    caller.put("/api/v1/users/me", {"email": NEW})

    messages = caller.get("/api/v1/users/me/messages").json()["data"]["records"]

    assert {message["kind"] for message in messages} == {"security", "confirm"}
    assert {message["orderId"] for message in messages} == {None}
    assert not any("confirm-email" in str(message) or "not-me" in str(message) for message in messages)


def test_an_address_nobody_has_confirmed_gives_way_to_whoever_confirms_it(customer, client, as_user):
    planter = a_customer("planter")
    give_email(user=planter, email=NEW, now=timezone.now())
    squatter = a_customer("squatter", email="own@example.com")
    mailed()

    as_user(customer).put("/api/user", {"email": NEW})
    client.post(link_in(mailed()[NEW][0], "confirm-email"))

    for user in (customer, planter, squatter):
        user.refresh_from_db()
    assert (customer.shown_email, planter.shown_email) == (NEW, "planter@example.com")
    assert squatter.email == "own@example.com"
    assert EmailAddress.objects.filter(email=NEW).get().user == customer


def test_one_that_was_signed_up_with_and_never_confirmed_gives_way_too_and_is_told(client):
    squatter = a_customer("squatter", email=NEW)
    client.post("/account/signup/", {"username": "owner", "email": NEW, "password1": PASSWORD})
    link = next(link_in(str(one.body), "confirm-email") for one in mail.outbox if one.to == [NEW])

    Client().post(link)

    owner = User.objects.get(username="owner")
    squatter.refresh_from_db()
    assert (owner.email, owner.new_email, squatter.email) == (NEW, "", "")
    assert Letter.objects.filter(recipient=squatter, kind=Letter.Kind.SECURITY).count() == 1


def test_what_another_account_has_confirmed_is_refused(customer, as_user):
    confirmed(a_customer("other"), NEW)

    answer = as_user(customer).put("/api/user", {"email": NEW})

    assert answer.status_code == 400
    customer.refresh_from_db()
    assert customer.shown_email == "user1@example.com"


def test_of_two_who_claim_an_address_the_second_to_confirm_is_refused(customer, client):
    other = a_customer("other")
    links = []
    for user in (customer, other):
        give_email(user=user, email=NEW, now=timezone.now())
        links.append(link_in(next(text for text in mailed()[NEW]), "confirm-email"))

    for link in links:
        client.post(link)

    customer.refresh_from_db()
    other.refresh_from_db()
    assert (customer.email, other.email, other.new_email) == (NEW, "other@example.com", "")


def test_taking_the_address_away_tells_it_so(customer, as_user):
    confirmed(customer, "user1@example.com")

    as_user(customer).put("/api/v1/users/me", {"email": ""})
    told = mailed()

    customer.refresh_from_db()
    assert (customer.shown_email, list(told)) == ("", ["user1@example.com"])
    assert not EmailAddress.objects.exists()


def test_changing_one_s_mind_takes_the_new_one_back(customer, as_user):
    caller = as_user(customer)

    for email in (NEW, "other@example.com", "user1@example.com"):
        assert caller.put("/api/user", {"email": email}).status_code == 200

    customer.refresh_from_db()
    assert (customer.email, customer.new_email) == ("user1@example.com", "")
    assert not EmailAddress.objects.filter(email__in=[NEW, "other@example.com"]).exists()


def test_registering_by_api_refuses_what_exists_and_not_what_is_only_claimed(customer, nobody):
    give_email(user=customer, email=NEW, now=timezone.now())
    form = {"username": "user3", "password": PASSWORD}

    answers = [
        nobody.post("/api/register", {**form, "email": email}).status_code for email in ("user1@example.com", NEW)
    ]

    assert answers == [400, 200]


def test_a_customer_learns_nothing_of_a_strangers_address(customer, nobody):
    give_email(user=customer, email=NEW, now=timezone.now())

    assert nobody.post("/api/login", {"email": NEW, "password": "wrong-password"}).json() == (
        nobody.post("/api/login", {"email": "nobody@example.com", "password": "wrong-password"}).json()
    )
    assert Caller().get("/api/user").status_code == 401
