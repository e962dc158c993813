"""What the house knows of a person: handed out, and erased."""

import json
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import Letter, SecurityEvent, User
from accounts.tokens import issue_tokens
from cinema.site.personal_data import StaffAccount, StillWanted, erase_account
from social.models import ChatMessage, Comment, Rating, Room
from social.reviews import post_comment, rate_movie
from tests.factories import PASSWORD, a_clerk, a_customer, a_movie, a_paid_order
from ticketing.models import Order

pytestmark = pytest.mark.django_db
WORD = "my very own words"


def a_person() -> User:
    """Somebody who has left traces in every room."""
    now = timezone.now()
    user = a_customer(email="wei@example.com", phone="+8613800138000", nickname="Wei the one")
    EmailAddress.objects.create(user=user, email="wei@example.com", verified=True, primary=True)
    movie = a_movie()
    post_comment(user=user, movie=movie, content=WORD, now=now)
    rate_movie(user=user, movie=movie, score=7, now=now)
    room = Room.objects.create(key=f"movie-{movie.pk}", kind=Room.Kind.MOVIE, movie=movie, created_at=now)
    facts = {"author_key": f"u{user.pk}", "author_name": user.username, "content": WORD, "created_at": now}
    ChatMessage.objects.create(room=room, seq=1, user=user, **facts)
    about = {"about": "account", "about_id": 0, "created_at": now, "language": "en", "kind": "security"}
    Letter.objects.create(recipient=user, subject="Hello Wei the one", text="Dear Wei", **about)
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.post("/account/login/", {"login": user.username, "password": PASSWORD})
    return client


def test_a_person_gets_all_that_is_kept_and_nothing_of_others():
    user, other = a_person(), a_customer(email="other@example.com")
    order = a_paid_order(customer=user)
    a_paid_order(customer=other)

    answer = logged_in(user).post("/account/data/export/")

    told = json.loads(answer.content)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="personal-data.json"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert (told["account"]["phone"], told["account"]["email"]) == ("+8613800138000", "wei@example.com")
    assert [one["id"] for one in told["orders"]] == [order.pk]
    assert [one["content"] for one in [*told["comments"], *told["chat_messages"]]] == [WORD, WORD]
    assert all(told[name] for name in ("tickets", "ratings", "letters", "sessions", "security_log", "email_addresses"))
    assert "other@example.com" not in answer.text
    assert PASSWORD not in answer.text
    assert user.password not in answer.text
    assert SecurityEvent.objects.about(user).filter(kind="data_exported").count() == 1


@pytest.mark.parametrize("act", ["export", "erase"])
def test_both_need_a_log_in_of_the_last_minutes(act):
    user = a_person()
    client = logged_in(user)

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        answer = client.post(f"/account/data/{act}/", {"username": user.username})
    stranger = Client().post(f"/account/data/{act}/", {"username": user.username})

    assert answer.status_code == stranger.status_code == 302
    assert "/account/reauthenticate/" in answer.headers["Location"]
    assert "/account/login/" in stranger.headers["Location"]
    user.refresh_from_db()
    assert user.is_active


def test_an_erased_account_leads_to_nobody_and_its_orders_stay():
    user = a_person()
    with time_machine.travel(timezone.now() - timedelta(days=30)):
        order = a_paid_order(customer=user)
    token, client, elsewhere = issue_tokens(user).access, logged_in(user), logged_in(user)
    name = user.username

    page = client.post("/account/data/erase/", {"username": name}, follow=True)

    user.refresh_from_db()
    assert page.status_code == 200
    assert (user.username, user.email, user.phone, user.nickname) == (f"erased-{user.pk}", "", None, "")
    assert not user.has_usable_password()
    assert Order.objects.get().pk == order.pk
    assert not any(model.objects.exists() for model in (Comment, Rating, Letter, EmailAddress))
    message = ChatMessage.objects.get()
    assert (message.content, message.author_name) == ("", f"erased-{user.pk}")
    assert Client().get("/api/user", headers={"authorization": f"Bearer {token}"}).status_code == 401
    assert elsewhere.get("/account/profile/").status_code == 302
    assert logged_in(User(username=name)).get("/account/profile/").status_code == 302
    assert SecurityEvent.objects.about(user).newest_first()[0].kind in {"erased", "session_ended"}


def test_a_name_that_is_not_typed_erases_nothing():
    user = a_person()

    logged_in(user).post("/account/data/erase/", {"username": "somebody"})

    user.refresh_from_db()
    assert (user.is_active, user.email) == (True, "wei@example.com")


def test_whoever_has_seats_to_come_and_whoever_works_here_is_kept():
    user, clerk = a_person(), a_clerk()
    a_paid_order(customer=user)

    with pytest.raises(StillWanted):
        erase_account(user=user, now=timezone.now())
    with pytest.raises(StaffAccount):
        erase_account(user=clerk, now=timezone.now())


# --- Whom to tell of a hole ---


def test_security_txt_says_whom_to_write_to(client, settings):
    nobody = client.get("/.well-known/security.txt").status_code
    settings.SECURITY_CONTACT, settings.SITE_URL = ["mailto:security@cinema.example"], "https://cinema.example"

    with time_machine.travel("2026-03-01T12:00:00Z", tick=False):
        answer = client.get("/.well-known/security.txt")

    assert nobody == 404
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:security@cinema.example",
        "Expires: 2026-08-28T00:00:00Z",
        "Preferred-Languages: zh, en",
        "Canonical: https://cinema.example/.well-known/security.txt",
    ]
