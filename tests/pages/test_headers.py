"""What answers tell browsers: where pages may fetch from, what they may use, who keeps them; and keys that change."""

import re

import pytest
from django.conf import settings as site
from django.urls import reverse
from django.utils import timezone

from accounts.page_sessions import user_of_session
from accounts.tokens import BadToken, bearer_of, issue_tokens, renew_tokens
from catalog.models import Movie
from cinema.rate_limits.callers import device_of, new_device
from social.rooms import start_party
from tests.factories import a_movie

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # headers are made of no rows
NEW_KEY = "another-secret-for-tests-only-another-secret-for-tests"


def policy(answer) -> dict[str, list[str]]:
    """The answer's content policy, by directive."""
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    return {name: sorted(sources) for name, *sources in parts}


@pytest.mark.parametrize("path", ["/", "/films/", "/account/login/", "/account/profile/"])
def test_pages_fetch_from_nowhere_but_the_house(mine, path):
    told = policy(mine.get(path))

    assert (told["connect-src"], told["media-src"]) == (["'self'"], ["'self'", "blob:"])


def test_a_stream_may_be_fetched_by_the_page_that_plays_it_alone(mine, customer, settings):
    settings.STREAM_ORIGINS = ["https://segments.example"]
    movie = a_movie(stream_url="https://user:word@films.example:8443/a;b/film.m3u8")
    party = start_party(host=customer, movie=movie, now=timezone.now())

    told = policy(mine.get(reverse("social:watch", args=[party.code])))
    film = policy(mine.get(f"/films/{movie.pk}/"))

    assert told["connect-src"] == ["'self'", "https://films.example:8443", "https://segments.example"]
    assert film["connect-src"] == ["'self'"]


def test_no_address_of_a_stream_writes_into_the_policy(mine, customer):
    movie = a_movie()
    Movie.objects.filter(pk=movie.pk).update(stream_url="https://films.example;script-src */film.m3u8")
    party = start_party(host=customer, movie=Movie.objects.get(), now=timezone.now())

    assert policy(mine.get(reverse("social:watch", args=[party.code])))["script-src"] == ["'self'"]


@pytest.mark.parametrize(
    "path", ["/account/login/", "/account/email/", "/account/2fa/", "/en/account/password/change/"]
)
def test_pages_of_the_account_are_kept_nowhere_and_show_no_picture_from_outside(mine, path):
    answer = mine.get(path)

    assert "no-store" in answer.headers["Cache-Control"]
    assert policy(answer)["img-src"] == ["'self'", "data:"]


def test_pages_use_no_more_of_a_browser_than_they_need(client):
    told = client.get("/").headers["Permissions-Policy"].split(", ")

    assert {"camera=(self)", "microphone=()", "geolocation=()", "payment=()"} <= set(told)
    assert all(re.fullmatch(r"[a-z-]+=\((self)?\)", one) for one in told)


# --- A key that is changed ---


def change_key(settings) -> None:
    settings.SECRET_KEY_FALLBACKS = [site.SECRET_KEY]
    settings.SECRET_KEY = NEW_KEY


def test_nobody_is_logged_out_when_the_key_is_changed(settings, mine, customer):
    now = timezone.now()
    pair, device = issue_tokens(customer), new_device()
    key = mine.session.session_key
    change_key(settings)

    by_socket = user_of_session(session_key=key, now=now)
    page = mine.get("/account/profile/")
    renewed = renew_tokens(pair.refresh, now=now)

    assert by_socket is not None
    assert by_socket[0] == customer
    assert page.status_code == 200
    assert bearer_of(pair.access, now=now).user == customer
    assert bearer_of(renewed.access, now=now).user == customer
    assert device_of(device) != ""


def test_what_is_issued_after_the_change_needs_the_old_key_no_more(settings, mine, customer):
    now = timezone.now()
    pair = issue_tokens(customer)
    change_key(settings)
    renew_tokens(pair.refresh, now=now)
    mine.get("/account/profile/")
    settings.SECRET_KEY_FALLBACKS = []

    with pytest.raises(BadToken):
        bearer_of(pair.access, now=now)
    assert mine.get("/account/profile/").status_code == 200
