"""Uploading a film's stream in the back office: whole, in pieces, and by whom."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from catalog.models import Movie, StreamUpload
from catalog.streams.places import incoming
from catalog.streams.uploads import PIECE_BYTES, begin_upload
from tests.backoffice.staff import browser_of
from tests.factories import a_clerk, a_customer
from tests.streams.made import GOOD, archive
from tests.working import do_jobs

CONTENT = archive(GOOD)


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # as in a house whose worker is called by the minute
    settings.UPLOAD_ROOT, settings.MEDIA_ROOT = tmp_path / "uploads", tmp_path / "media"
    with translation.override("en"):
        yield


@pytest.fixture
def programmer(db) -> Client:
    """The browser of somebody who looks after films."""
    clerk = a_clerk("programmer")
    wanted = Permission.objects.filter(codename__in=["upload_stream", "view_movie", "change_movie"])
    clerk.user_permissions.set(wanted)
    return browser_of(clerk)


def address(name: str, *arguments: object) -> str:
    """Of one of the stream's pages."""
    return reverse(f"admin:catalog_movie_stream{name}", args=arguments)


def begin(browser: Client, movie: Movie, size: int = len(CONTENT), name: str = "film.zip") -> dict:
    """What the script is told when it begins."""
    return browser.post(address("_begin", movie.pk), {"name": name, "size": size}).json()


def send(browser: Client, key: str, offset: int | str, piece: bytes, **headers: str):
    """The answer to a piece."""
    return browser.post(
        address("_piece", key), piece, content_type="application/octet-stream", headers={"X-Offset": str(offset)}
    )


def test_a_file_comes_in_pieces_and_becomes_the_stream(programmer, movie):
    key = begin(programmer, movie)["key"]

    first = send(programmer, key, 0, CONTENT[:100])
    last = send(programmer, key, 100, CONTENT[100:])
    do_jobs("prepare_stream", at=timezone.now())

    movie.refresh_from_db()
    playlist = Client().get(movie.stream_url)
    assert (first.json()["received"], first.json()["state"], last.json()["state"]) == (100, "receiving", "waiting")
    assert b"".join(playlist.streaming_content).decode() == GOOD["film.m3u8"]
    assert playlist["Content-Type"] == "application/vnd.apple.mpegurl"


def test_a_file_comes_whole_by_a_plain_form(programmer, movie):
    file = SimpleUploadedFile("film.zip", CONTENT)

    answer = programmer.post(address("", movie.pk), {"file": file}, follow=True)

    upload = StreamUpload.objects.get()
    assert answer.redirect_chain == [(address("", movie.pk), 302)]
    assert (upload.state, upload.file_name, incoming(upload.key).read_bytes()) == ("waiting", "film.zip", CONTENT)
    assert "Waiting" in answer.content.decode()


def test_a_refusal_stands_on_the_page_in_the_readers_language(programmer, movie):
    programmer.post(address("", movie.pk), {"file": SimpleUploadedFile("film.zip", b"no archive at all")})
    do_jobs("prepare_stream", at=timezone.now())

    english = programmer.get(address("_state", movie.pk)).content.decode()
    with translation.override("zh-hans"):
        chinese = programmer.get(address("_state", movie.pk)).content.decode()

    assert "This is neither a ZIP archive nor a film" in english
    assert "This is neither" not in chinese


@pytest.mark.parametrize("offset", ["-1", "", "x", "1" * 20, "²"])
def test_a_senseless_place_for_a_piece_is_refused(programmer, movie, offset):
    key = begin(programmer, movie)["key"]

    answer = programmer.post(
        address("_piece", key), b"x", content_type="application/octet-stream", HTTP_X_OFFSET=offset
    )

    assert answer.status_code == 400


def test_a_piece_that_is_too_large_is_not_read(programmer, movie):
    key = begin(programmer, movie, size=PIECE_BYTES * 2)["key"]

    answer = send(programmer, key, 0, b"x" * (PIECE_BYTES + 1))

    assert (answer.status_code, incoming(StreamUpload.objects.get().key).exists()) == (413, False)


def test_a_piece_out_of_place_hears_where_to_go_on(programmer, movie):
    key = begin(programmer, movie)["key"]

    answer = send(programmer, key, 50, CONTENT[50:])

    assert (answer.status_code, json.loads(answer.content)["received"]) == (409, 0)


def test_two_uploads_at_once_for_one_film_are_refused_with_a_sentence(programmer, movie):
    begin(programmer, movie)

    told = begin(programmer, movie)

    assert told == {
        "message": "Another stream of this movie is being uploaded or prepared.",
        "code": "upload_under_way",
    }


def test_an_upload_can_be_stopped(programmer, movie):
    key = begin(programmer, movie)["key"]

    programmer.post(address("_stop", key))

    assert StreamUpload.objects.get().state == "failed"
    assert send(programmer, key, 0, b"x").status_code == 404


def test_the_stream_can_be_taken_off(programmer, movie):
    Movie.objects.filter(pk=movie.pk).update(stream_url="https://elsewhere.example/film.m3u8")

    programmer.post(address("_remove", movie.pk))

    movie.refresh_from_db()
    assert (movie.stream_url, movie.history.count()) == ("", 2)


def test_strangers_get_nowhere(movie):
    helper = a_clerk("helper")
    key = begin_upload(movie=movie, file_name="a.zip", size=9, by=helper, now=timezone.now()).key
    doors = [("get", address("", movie.pk)), ("get", address("_state", movie.pk)), ("post", address("", movie.pk))]
    doors += [("post", address("_begin", movie.pk)), ("post", address("_remove", movie.pk))]
    doors += [("post", address("_piece", key)), ("post", address("_stop", key))]
    people = {"passer-by": Client(), "customer": browser_of(a_customer()), "colleague": browser_of(helper)}

    answers = {name: {getattr(one, way)(at).status_code for way, at in doors} for name, one in people.items()}

    assert answers == {"passer-by": {302}, "customer": {302}, "colleague": {403}}
    assert StreamUpload.objects.get().state == "receiving"


def test_another_site_cannot_upload_with_a_programmers_cookie(movie, boss):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(boss, backend="accounts.backends.OpenAccounts")

    answer = browser.post(address("_begin", movie.pk), {"name": "a.zip", "size": 9})

    assert (answer.status_code, StreamUpload.objects.count()) == (403, 0)


def test_the_page_costs_the_same_for_one_upload_and_for_three(programmer, movie, django_assert_num_queries):
    counts = []
    for _n in range(2):
        for _m in range(1 if not counts else 2):
            key = begin(programmer, movie)["key"]
            programmer.post(address("_stop", key))
        with django_assert_num_queries(6) as queries:
            programmer.get(address("", movie.pk))
        counts.append(len(queries))

    assert len(set(counts)) == 1


def test_the_films_page_leads_to_its_stream(programmer, movie):
    page = programmer.get(reverse("admin:catalog_movie_change", args=[movie.pk])).content.decode()

    assert address("", movie.pk) in page
