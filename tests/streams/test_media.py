"""Uploads as they are served: named, in ranges, kept, and nothing beside them."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.test import Client

BODY = bytes(range(256)) * 4


@pytest.fixture
def file(folders) -> Path:
    """A segment of a film."""
    place = folders / "media" / "streams" / "a" / "film.m4s"
    place.parent.mkdir(parents=True)
    place.write_bytes(BODY)
    return place


def got(address: str = "/media/streams/a/film.m4s", **headers: str):
    """The answer to a request, with what it holds."""
    answer = Client().get(address, headers=headers)
    return answer.status_code, answer.headers, answer.getvalue()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("film.m3u8", "application/vnd.apple.mpegurl"),
        ("film.ts", "video/mp2t"),
        ("film.mp4", "video/mp4"),
        ("film.m4s", "video/iso.segment"),
        ("film.aac", "audio/aac"),
        ("film.vtt", "text/vtt; charset=utf-8"),
        ("poster.jpg", "image/jpeg"),
        ("poster.webp", "image/webp"),
        ("unknown", "application/octet-stream"),
    ],
)
def test_every_file_goes_by_its_kind(folders, name, kind):
    (folders / "media").mkdir()
    (folders / "media" / name).write_bytes(b"x")

    _, headers, _ = got(f"/media/{name}")

    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == (kind, "nosniff")


def test_a_whole_file_may_be_kept_for_ever(file):
    status, headers, body = got()

    assert (status, body, headers["Content-Length"], headers["Accept-Ranges"]) == (200, BODY, "1024", "bytes")
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("asked", "told", "body"),
    [
        ("bytes=0-0", "bytes 0-0/1024", BODY[:1]),
        ("bytes=100-199", "bytes 100-199/1024", BODY[100:200]),
        ("bytes=1000-", "bytes 1000-1023/1024", BODY[1000:]),
        ("bytes=1000-9999", "bytes 1000-1023/1024", BODY[1000:]),
        ("bytes=-24", "bytes 1000-1023/1024", BODY[1000:]),
        ("bytes=-9999", "bytes 0-1023/1024", BODY),
    ],
)
def test_a_part_is_what_was_asked_for(file, asked, told, body):
    status, headers, found = got(range=asked)

    assert (status, headers["Content-Range"], found) == (206, told, body)
    assert headers["Content-Length"] == str(len(body))


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=9-3", "bytes=-0"])
def test_a_part_there_is_not_is_refused(file, asked):
    status, headers, _ = got(range=asked)

    assert (status, headers["Content-Range"]) == (416, "bytes */1024")


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=" + "9" * 40 + "-"])
def test_a_range_that_makes_no_sense_is_as_none(file, asked):
    assert got(range=asked)[0] == 200


def test_what_the_browser_has_is_not_sent_again(file):
    _, headers, _ = got()

    assert got(if_modified_since=headers["Last-Modified"])[0] == 304


def test_the_head_alone_has_no_body(file):
    answer = Client().head("/media/streams/a/film.m4s")

    assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (200, "1024", b"")


@pytest.mark.parametrize(
    "address",
    ["streams/a/other.m4s", "streams", "", "../uploads/x", "%2e%2e/uploads/x", "/etc/passwd", "a%00b", "x" * 300],
)
def test_nothing_else_is_served(folders, file, address):
    (folders / "uploads").mkdir()
    (folders / "uploads" / "x").write_bytes(b"secret")

    assert Client().get(f"/media/{address}").status_code == 404


def test_nobody_writes_there(file):
    assert Client().post("/media/streams/a/film.m4s").status_code == 405


def test_a_real_server_sends_parts_of_a_large_file(serve, tmp_path):
    (tmp_path / "film.mp4").write_bytes(BODY * 8000)
    server = serve(MEDIA_ROOT=str(tmp_path))

    def ask(asked: str) -> tuple[int, bytes]:
        request = urllib.request.Request(f"{server.url}/media/film.mp4", headers={"Range": asked} if asked else {})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()

    assert ask("bytes=5000000-5000009") == (206, (BODY * 8000)[5_000_000:5_000_010])
    assert ask("") == (200, BODY * 8000)
