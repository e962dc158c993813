"""Making streams of films, with the real ffmpeg."""

import json
import os
import shutil
import subprocess
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from catalog.streams import films
from catalog.streams.films import make_stream
from catalog.streams.playlists import check_package
from catalog.streams.refusals import Reason, StreamRefused
from tests.machine import need
from tests.streams.made import film, film_with_subtitles


@pytest.fixture(autouse=True)
def _with_ffmpeg():
    need("ffmpeg")


def streamed(folders, content: bytes) -> str:
    """Make a stream of the film and look through it as through any package; answers its first playlist."""
    source, folder = folders / "upload", folders / "stream"
    source.write_bytes(content)
    folder.mkdir()
    beginning = make_stream(film=source, folder=folder, beat=lambda percent: None)
    assert check_package(folder) == beginning
    return beginning


def codecs(folders, beginning: str) -> tuple[list[str], float]:
    """What is in the stream and how long it is."""
    command = ["ffprobe", "-v", "error", "-print_format", "json", "-show_streams", "-show_format"]
    done = subprocess.run([*command, folders / "stream" / beginning], capture_output=True, check=True)
    about = json.loads(done.stdout)
    return sorted(one["codec_name"] for one in about["streams"]), float(about["format"]["duration"])


def test_a_film_browsers_can_play_is_copied(folders):
    beginning = streamed(folders, film())

    kinds, seconds = codecs(folders, beginning)
    assert (beginning, kinds) == ("film.m3u8", ["aac", "h264"])
    assert seconds == pytest.approx(3, abs=0.2)
    assert not (folders / "stream" / "progress").exists()


@pytest.mark.parametrize("program", ["ffmpeg", "ffprobe"])
def test_programs_that_read_films_know_no_secret(folders, monkeypatch, tmp_path, program):
    told, real = tmp_path / "told", shutil.which(program)
    spy = tmp_path / "bin" / program
    spy.parent.mkdir()
    spy.write_text(f'#!/bin/sh\nenv > {told}\nexec {real} "$@"\n')
    spy.chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("DATABASE_URL", "postgres://cinema:hunter2@127.0.0.1/cinema")

    streamed(folders, film())

    names = {line.split("=", 1)[0] for line in told.read_text().splitlines()}
    assert "PATH" in names
    assert names & {"SECRET_KEY", "JOURNAL_KEY", "DATABASE_URL"} == set()


def test_another_film_is_encoded_anew(folders):
    beginning = streamed(folders, film("webm"))

    assert codecs(folders, beginning)[0] == ["aac", "h264"]


def test_words_inside_the_film_become_subtitles(folders):
    beginning = streamed(folders, film_with_subtitles())

    folder = folders / "stream"
    assert beginning == "with-subtitles.m3u8"
    assert 'NAME="中文",LANGUAGE="zh"' in (folder / beginning).read_text()
    assert "你好，月亮" in (folder / "1-zh.vtt").read_text()


@pytest.mark.parametrize("content", [b"", b"#EXTM3U\nfile:///etc/passwd\n", b"GIF89a", b"<html>", b"RIFF....AVI "])
def test_what_is_no_film_is_refused(folders, content):
    with pytest.raises(StreamRefused) as refusal:
        streamed(folders, content)

    assert refusal.value.reason == Reason.NOT_A_FILM


@pytest.mark.parametrize("content", [b"\0\0\0\x18ftypisom" + b"\0" * 400, b"\x1a\x45\xdf\xa3" + b"\0" * 400])
def test_a_film_without_pictures_is_refused(folders, content):
    with pytest.raises(StreamRefused) as refusal:
        streamed(folders, content)

    assert refusal.value.reason == Reason.NOT_PLAYABLE


def test_half_a_film_is_refused(folders):
    with pytest.raises(StreamRefused) as refusal:
        streamed(folders, film()[:2000])

    assert refusal.value.reason == Reason.NOT_PLAYABLE


def test_a_playlist_that_calls_itself_a_film_leads_ffmpeg_nowhere(folders):
    """A server on this machine stands for whatever a film might make ours call."""
    calls: list[str] = []

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Door) as door:
        Thread(target=door.serve_forever, daemon=True).start()
        disguised = f"\0\0\0\x08free#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:{door.server_port}/x\n#EXT-X-ENDLIST\n"
        with pytest.raises(StreamRefused):
            streamed(folders, disguised.encode())
        door.shutdown()

    assert calls == []


def test_without_ffmpeg_it_says_what_to_install(folders, monkeypatch):
    content = film()
    monkeypatch.setattr(shutil, "which", lambda name: None)

    with pytest.raises(StreamRefused) as refusal:
        streamed(folders, content)

    assert "sudo apt install ffmpeg" in str(refusal.value)


def test_work_that_takes_too_long_is_ended(folders, monkeypatch):
    content = film("webm", 20)
    monkeypatch.setattr(films, "MAX_WORK_SECONDS", -1)

    with pytest.raises(StreamRefused) as refusal:
        streamed(folders, content)

    assert refusal.value.reason == Reason.TOO_LONG
