"""Bringing films over from TMDb, on answers recorded in ``tmdb/``; nothing leaves the machine."""

import json
import logging
from datetime import date
from pathlib import Path

import httpx
import pytest
import respx
from django.urls import reverse
from django.utils import timezone

from catalog.films import any_movie
from catalog.models import Movie, Person
from catalog.tmdb import TmdbIncomplete, TmdbNotFound, TmdbOff, TmdbUnavailable, find_films, import_film

HOME = "https://api.themoviedb.org/3"
ANSWERS = {path.stem: json.loads(path.read_text("utf-8")) for path in (Path(__file__).parent / "tmdb").glob("*.json")}


@pytest.fixture(autouse=True)
def key(settings):
    """The house has a key."""
    settings.TMDB_API_KEY = "0" * 32


@pytest.fixture
def tmdb():
    """TMDb, as recorded."""
    with respx.mock(base_url=HOME, assert_all_called=False) as mocked:
        film = mocked.get("/movie/693134", name="film")
        film.mock(side_effect=lambda request: httpx.Response(200, json=ANSWERS[request.url.params["language"][:2]]))
        mocked.get("/search/movie").respond(json=ANSWERS["search"])
        yield mocked


def test_film_comes_with_texts_cast_and_makers_in_both_languages(tmdb, db):
    movie = any_movie(movie_id=import_film(tmdb_id=693134, now=timezone.now()).pk)

    assert (movie.title, movie.title_en, movie.duration) == ("沙丘2", "Dune: Part Two", 167)
    assert (movie.release_date, movie.rating, movie.country) == (date(2024, 2, 27), "PG-13", "United States of America")
    assert [(genre.name, genre.name_en) for genre in movie.genres.all()] == [
        ("科幻", "Science Fiction"),
        ("冒险", "Adventure"),
    ]
    assert [(credit.person.name_en, credit.job, credit.role_name) for credit in movie.credits.all()] == [
        ("Timothée Chalamet", "actor", "Paul Atreides"),
        ("Zendaya", "actor", "Chani"),
        ("Denis Villeneuve", "director", ""),
        ("Denis Villeneuve", "writer", ""),
    ]
    assert movie.poster_url == "https://image.tmdb.org/t/p/w500/6izwz7rsy95ARzTR3poZ8H6c5pp.jpg"


def test_second_import_brings_the_same_film_up_to_date_and_keeps_what_is_the_houses(tmdb, db):
    movie = import_film(tmdb_id=693134, now=timezone.now())
    Movie.objects.filter(pk=movie.pk).update(status="released", stream_url="/media/x.m3u8", title="旧名")

    import_film(tmdb_id=693134, now=timezone.now())

    again = Movie.objects.get()
    assert (again.pk, again.title, again.status, again.stream_url) == (movie.pk, "沙丘2", "released", "/media/x.m3u8")
    assert Person.objects.count() == 3


def test_search_lists_what_was_found(tmdb, db):
    found = find_films(words="沙丘")

    assert [(film.tmdb_id, film.title, film.year) for film in found] == [
        (693134, "沙丘2", "2024"),
        (438631, "沙丘", ""),
    ]


def test_number_finds_the_one_film(tmdb, db):
    assert [film.title for film in find_films(words="693134")] == ["沙丘2"]


def test_read_token_goes_by_header_and_never_by_address(tmdb, db, settings):
    settings.TMDB_API_KEY = "eyJhbGciOiJIUzI1NiJ9.e30.x"

    find_films(words="693134")

    request = tmdb["film"].calls.last.request
    assert (request.headers["authorization"], "api_key" in request.url.params) == (
        "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x",
        False,
    )


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(404), TmdbNotFound),
        (httpx.Response(401), TmdbUnavailable),
        (httpx.Response(200, text="<html>"), TmdbUnavailable),
        (httpx.Response(200, json=ANSWERS["zh"] | {"runtime": 0}), TmdbIncomplete),
        (httpx.ConnectTimeout("slow"), TmdbUnavailable),
    ],
)
def test_trouble_is_told_and_nothing_is_written(answer, error, tmdb, db):
    if isinstance(answer, Exception):
        tmdb["film"].mock(side_effect=answer)
    else:
        tmdb["film"].mock(return_value=answer, side_effect=None)

    with pytest.raises(error):
        import_film(tmdb_id=693134, now=timezone.now())

    assert Movie.objects.count() == 0


def test_without_a_key_it_says_so(settings, db):
    settings.TMDB_API_KEY = ""

    with pytest.raises(TmdbOff):
        find_films(words="x")


def test_page_finds_and_takes_over(tmdb, office):
    address = reverse("admin:catalog_movie_tmdb")

    page = office.get(address, {"q": "沙丘"})
    response = office.post(address, {"tmdb_id": "693134"})

    movie = Movie.objects.get()
    assert [film.title for film, _known in page.context["films"]] == ["沙丘2", "沙丘"]
    assert response["Location"] == reverse("admin:catalog_movie_change", args=[movie.pk])


def test_usher_brings_nothing_over(client, customer, tmdb):
    customer.is_staff = True
    customer.save()
    client.force_login(customer, backend="accounts.backends.OpenAccounts")

    assert client.post(reverse("admin:catalog_movie_tmdb"), {"tmdb_id": "693134"}).status_code == 403


def test_the_key_is_written_into_no_log(tmdb, settings):
    levels = {name: logger["level"] for name, logger in settings.LOGGING["loggers"].items()}
    assert levels["httpx"] == "WARNING"
    heard = []
    listener = logging.Handler()
    listener.emit = lambda record: heard.append(record.getMessage())
    logging.getLogger().addHandler(listener)
    try:
        find_films(words="沙丘")
    finally:
        logging.getLogger().removeHandler(listener)

    assert [message for message in heard if settings.TMDB_API_KEY in message] == []


@pytest.mark.parametrize("words", ["²", "１２"])
def test_a_number_that_is_none_is_looked_up_as_words(words, tmdb):
    assert [film.tmdb_id for film in find_films(words=words)] == [row["id"] for row in ANSWERS["search"]["results"]]
