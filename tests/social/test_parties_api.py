"""Watch parties over /api/v1."""

import pytest
from rest_framework.test import APIClient

from accounts.tokens import issue_tokens
from social.models import Party
from tests.factories import a_customer, a_movie

pytestmark = pytest.mark.django_db

STREAM = "/static/demo/stream/master.m3u8"


def caller(user=None) -> APIClient:
    client = APIClient(HTTP_ACCEPT_LANGUAGE="en")
    if user is not None:
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user).access}")
    return client


def test_whoever_is_logged_in_starts_a_party_and_gets_its_link():
    host, movie = a_customer(), a_movie(stream_url=STREAM)

    answer = caller(host).post("/api/v1/parties", {"movieId": movie.pk, "control": "everyone"}, format="json")

    party = Party.objects.get()
    assert (answer.status_code, answer.json()["code"]) == (200, 200)
    assert answer.json()["data"] == {
        "code": party.code,
        "roomId": f"party-{party.code}",
        "movieId": movie.pk,
        "hostId": host.pk,
        "control": "everyone",
        "wait": "short",
        "invitationUrl": f"http://testserver/en/watch/{party.code}/",
    }


def test_a_stranger_starts_no_party():
    movie = a_movie(stream_url=STREAM)

    answer = caller().post("/api/v1/parties", {"movieId": movie.pk}, format="json")

    assert (answer.status_code, Party.objects.count()) == (401, 0)


def test_a_film_without_a_stream_is_refused():
    answer = caller(a_customer()).post("/api/v1/parties", {"movieId": a_movie().pk}, format="json")

    assert (answer.status_code, answer.json()["data"]) == (409, None)


@pytest.mark.parametrize(
    "body", [{}, {"movieId": "x"}, {"movieId": 1, "control": "nobody"}, {"movieId": 1, "wait": "ever"}]
)
def test_a_body_that_makes_no_sense_is_refused(body):
    assert caller(a_customer()).post("/api/v1/parties", body, format="json").status_code == 400


def test_a_party_is_found_by_its_code_and_no_other():
    host, movie = a_customer(), a_movie(stream_url=STREAM)
    made = caller(host).post("/api/v1/parties", {"movieId": movie.pk}, format="json").json()["data"]

    assert caller(a_customer()).get(f"/api/v1/parties/{made['code']}").json()["data"] == made
    assert caller(a_customer()).get("/api/v1/parties/nothing").status_code == 404
