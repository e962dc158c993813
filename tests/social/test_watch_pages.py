"""The pages of a watch party."""

import pytest
from django.urls import reverse
from django.utils import timezone

from social.models import Party
from social.rooms import start_party
from tests.factories import a_customer, a_movie

pytestmark = pytest.mark.django_db

STREAM = "/static/demo/stream/master.m3u8"


def test_a_film_with_a_stream_leads_to_a_party(client):
    host, movie = a_customer(), a_movie(stream_url=STREAM)
    client.force_login(host)

    film = client.get(reverse("site:film", args=[movie.pk])).content.decode()
    made = client.post(reverse("social:new_party", args=[movie.pk]), {"control": "everyone", "wait": "off"})

    party = Party.objects.get()
    assert reverse("social:new_party", args=[movie.pk]) in film
    assert (made.status_code, made.url) == (302, reverse("social:watch", args=[party.code]))
    assert (party.host, party.control, party.wait) == (host, "everyone", "off")


def test_a_film_without_a_stream_has_no_party(client):
    movie = a_movie()
    client.force_login(a_customer())

    film = client.get(reverse("site:film", args=[movie.pk])).content.decode()

    assert reverse("social:new_party", args=[movie.pk]) not in film
    assert client.post(reverse("social:new_party", args=[movie.pk])).status_code == 404


def test_a_stranger_is_asked_to_log_in_before_starting_one(client):
    movie = a_movie(stream_url=STREAM)

    answer = client.post(reverse("social:new_party", args=[movie.pk]))

    assert (answer.status_code, "login" in answer.url, Party.objects.count()) == (302, True, 0)


def test_an_unknown_rule_is_refused_with_the_form_shown_again(client):
    client.force_login(a_customer())
    movie = a_movie(stream_url=STREAM)

    answer = client.post(reverse("social:new_party", args=[movie.pk]), {"control": "nobody"})

    assert (answer.status_code, Party.objects.count()) == (400, 0)


def test_whoever_has_the_link_may_watch_in_three_queries_at_most(client, django_assert_max_num_queries):
    movie = a_movie(stream_url=STREAM)
    party = start_party(host=a_customer(), movie=movie, now=timezone.now())

    with django_assert_max_num_queries(3):
        answer = client.get(reverse("social:watch", args=[party.code]))

    assert answer.status_code == 200
    assert f'data-room="party-{party.code}"' in answer.content.decode()


def test_an_unknown_code_or_a_film_taken_down_is_not_to_be_found(client):
    party = start_party(host=a_customer(), movie=a_movie(stream_url=STREAM), now=timezone.now())
    party.room.movie.status = "removed"
    party.room.movie.save()

    codes = [client.get(reverse("social:watch", args=[code])).status_code for code in ("nothing", party.code)]

    assert codes == [404, 404]
