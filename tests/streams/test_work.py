"""Uploads on their way: piece by piece, worked on by one, taken up again, with nothing half-done left behind."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Movie, StreamUpload
from catalog.streams.places import incoming, stream_folder, streams
from catalog.streams.refusals import Reason, StreamRefused
from catalog.streams.uploads import (
    PIECE_BYTES,
    NoSuchUpload,
    PieceOutOfPlace,
    UploadTooLarge,
    UploadUnderWay,
    begin_upload,
    give_up,
    received_bytes,
    take_piece,
    take_whole,
)
from catalog.streams.work import sweep
from cinema.errors import InvalidInput
from cinema.jobs import Job, Run
from cinema.jobs.leases import MAX_LOST, lease_time, take_next
from cinema.jobs.registry import kind_named
from cinema.jobs.runs import carry_out
from tests.factories import a_movie
from tests.streams.made import GOOD, SEGMENT, archive
from tests.working import do_jobs

NOW = timezone.now()
pytestmark = [pytest.mark.django_db, pytest.mark.once]  # files come and go on a disk


def begun(programmer, content: bytes, *, movie: Movie | None = None, name: str = "film.zip") -> StreamUpload:
    """An upload of which nothing has come yet."""
    return begin_upload(movie=movie or a_movie(), file_name=name, size=len(content), by=programmer, now=NOW)


def uploaded(programmer, content: bytes, *, movie: Movie | None = None) -> StreamUpload:
    """An upload that is complete and waits."""
    upload = begun(programmer, content, movie=movie)
    return take_piece(key=upload.key, offset=0, piece=content, now=NOW)


def everything(folders) -> list[str]:
    """All files that uploads have left, wherever."""
    return sorted(str(file.relative_to(folders)) for file in folders.rglob("*") if file.is_file())


def test_an_archive_becomes_the_films_stream(programmer, folders):
    movie = a_movie(stream_url="https://old.example/film.m3u8")
    upload = uploaded(programmer, archive(GOOD), movie=movie)

    count = do_jobs("prepare_stream", at=NOW)

    upload.refresh_from_db()
    movie.refresh_from_db()
    assert (count, upload.state, upload.progress, upload.finished_at) == (1, "ready", 100, NOW)
    assert movie.stream_url == f"/media/streams/{upload.claim.hex}/film.m3u8"
    assert everything(folders) == [f"media/streams/{upload.claim.hex}/{name}" for name in sorted(GOOD)]
    assert (movie.history.first().history_user, movie.history.first().history_change_reason) == (programmer, "film.zip")


def test_a_film_that_cannot_be_saved_keeps_its_old_stream_and_says_why(programmer, folders):
    movie = a_movie(stream_url="https://old.example/film.m3u8")
    upload = uploaded(programmer, archive(GOOD), movie=movie)
    Movie.objects.filter(pk=movie.pk).update(poster_url="javascript:alert(1)")

    do_jobs("prepare_stream", at=NOW)

    upload.refresh_from_db()
    movie.refresh_from_db()
    assert (upload.state, upload.reason, Job.objects.get().state) == ("failed", "film_refused", "done")
    assert (movie.stream_url, everything(folders)) == ("https://old.example/film.m3u8", [])


def test_a_refused_archive_leaves_the_old_stream_and_no_file(programmer, folders):
    movie = a_movie(stream_url="https://old.example/film.m3u8")
    upload = uploaded(programmer, archive({"part1.ts": SEGMENT, "../x.ts": SEGMENT}), movie=movie)

    do_jobs("prepare_stream", at=NOW)

    upload.refresh_from_db()
    movie.refresh_from_db()
    assert (upload.state, upload.reason, upload.detail) == ("failed", "bad_name", "../x.ts")
    assert upload.why == "The archive holds a file with a name that is not allowed."
    assert (movie.stream_url, everything(folders)) == ("https://old.example/film.m3u8", [])


def test_pieces_come_in_any_size_and_twice(programmer):
    content = archive(GOOD)
    upload = begun(programmer, content)

    take_piece(key=upload.key, offset=0, piece=content[:100], now=NOW)
    take_piece(key=upload.key, offset=50, piece=content[50:200], now=NOW)
    take_piece(key=upload.key, offset=0, piece=content[:100], now=NOW)
    half = received_bytes(upload)
    done = take_piece(key=upload.key, offset=200, piece=content[200:], now=NOW)

    assert (half, done.state, incoming(upload.key).read_bytes()) == (200, "waiting", content)


def test_a_piece_that_does_not_join_on_is_told_where_to_go_on(programmer):
    content = archive(GOOD)
    upload = begun(programmer, content)
    take_piece(key=upload.key, offset=0, piece=content[:100], now=NOW)

    with pytest.raises(PieceOutOfPlace) as refusal:
        take_piece(key=upload.key, offset=101, piece=b"x", now=NOW)

    assert refusal.value.details == {"received": 100}


@pytest.mark.parametrize("piece", [b"", b"x" * 11, b"x" * (PIECE_BYTES + 1)])
def test_a_piece_of_a_wrong_size_is_refused(programmer, folders, piece):
    upload = begun(programmer, b"x" * 10)

    with pytest.raises(InvalidInput):
        take_piece(key=upload.key, offset=0, piece=piece, now=NOW)

    assert everything(folders) == []


def test_nothing_is_added_to_a_complete_upload(programmer):
    upload = uploaded(programmer, archive(GOOD))

    with pytest.raises(NoSuchUpload):
        take_piece(key=upload.key, offset=0, piece=b"evil", now=NOW)


def test_a_form_without_script_brings_the_file_whole(programmer):
    content = archive(GOOD)
    upload = begun(programmer, content)

    done = take_whole(upload=upload, pieces=[content[:10], content[10:]], now=NOW)

    assert (done.state, incoming(upload.key).read_bytes()) == ("waiting", content)


def test_what_is_larger_than_the_house_takes_is_refused_at_once(programmer, settings):
    settings.UPLOAD_VIDEO_MB = 1

    with pytest.raises(UploadTooLarge, match="1 MB"):
        begin_upload(movie=a_movie(), file_name="a.zip", size=(1 << 20) + 1, by=programmer, now=NOW)
    with pytest.raises(UploadTooLarge):
        begin_upload(movie=a_movie(), file_name="a.zip", size=0, by=programmer, now=NOW)


def test_one_film_has_one_upload_at_a_time(programmer):
    movie = a_movie()
    first = begun(programmer, b"x", movie=movie)

    with pytest.raises(UploadUnderWay):
        begun(programmer, b"x", movie=movie)
    give_up(key=first.key, now=NOW)

    assert begun(programmer, b"x", movie=movie).state == "receiving"


def taken(at=NOW) -> Run:
    """A worker has taken the job, and not begun."""
    job = take_next(kinds=["prepare_stream"], now=at)
    return Run(job, kind_named("prepare_stream"), lambda: at)


def test_what_is_stopped_while_it_is_worked_on_changes_nothing(programmer, folders, monkeypatch):
    movie = a_movie()
    upload = uploaded(programmer, archive(GOOD), movie=movie)
    run = taken()

    def stop_then_check(folder):
        give_up(key=upload.key, now=NOW)
        return "film.m3u8"

    monkeypatch.setattr("catalog.streams.work.check_package", stop_then_check)
    carry_out(run)

    upload.refresh_from_db()
    movie.refresh_from_db()
    assert (upload.state, upload.reason, movie.stream_url) == ("failed", "stopped", "")
    assert (everything(folders), Job.objects.get().state) == ([f"uploads/{upload.key.hex}"], "done")
    sweep(now=NOW)
    assert everything(folders) == []


def test_what_is_stopped_before_anybody_began_is_not_begun(programmer, folders):
    upload = uploaded(programmer, archive(GOOD))
    give_up(key=upload.key, now=NOW)

    do_jobs("prepare_stream", at=NOW)

    assert (StreamUpload.objects.get().state, list(streams().glob("*"))) == ("failed", [])


def test_a_dead_workers_upload_is_taken_up_again_and_its_leavings_go(programmer, folders):
    upload = uploaded(programmer, archive(GOOD))
    taken()
    StreamUpload.objects.update(state="working", claim=upload.key)
    stream_folder(upload.key).mkdir(parents=True)
    (stream_folder(upload.key) / "half.ts").write_bytes(b"x")

    too_early = do_jobs("prepare_stream", at=NOW + lease_time() - timedelta(seconds=1))
    do_jobs("prepare_stream", at=NOW + lease_time())

    upload.refresh_from_db()
    assert (too_early, upload.state) == (0, "ready")
    assert [folder.name for folder in streams().iterdir()] == [upload.claim.hex]


def test_a_worker_that_was_given_up_changes_nothing_when_it_comes_back(programmer, folders):
    upload = uploaded(programmer, archive(GOOD))
    slow, quick = taken(), taken(NOW + lease_time())

    carry_out(slow)
    between = StreamUpload.objects.get(pk=upload.pk).state
    carry_out(quick)

    upload.refresh_from_db()
    assert (between, upload.state) == ("working", "ready")
    assert Movie.objects.get(pk=upload.movie_id).stream_url == f"/media/streams/{upload.claim.hex}/film.m3u8"
    assert [folder.name for folder in streams().iterdir()] == [upload.claim.hex]


def test_an_upload_that_kills_every_worker_is_given_up(programmer, folders, django_capture_on_commit_callbacks):
    upload = uploaded(programmer, archive(GOOD))
    for number in range(MAX_LOST):
        assert taken(NOW + lease_time() * number)

    with django_capture_on_commit_callbacks(execute=True):
        do_jobs("prepare_stream", at=NOW + lease_time() * MAX_LOST)

    upload.refresh_from_db()
    assert (upload.state, upload.reason, everything(folders)) == ("failed", "gave_up", [])


def test_a_stream_that_was_replaced_stays_until_the_last_show_is_over(programmer, folders):
    movie = a_movie()
    first = uploaded(programmer, archive(GOOD), movie=movie)
    do_jobs("prepare_stream", at=NOW)
    second = uploaded(programmer, archive(GOOD), movie=movie)
    do_jobs("prepare_stream", at=NOW)
    first.refresh_from_db()
    second.refresh_from_db()

    there = {}
    for hours in (0, 3, 5):
        sweep(now=NOW + timedelta(hours=hours))
        there[hours] = {folder.name for folder in streams().iterdir()}

    both = {first.claim.hex, second.claim.hex}
    assert there == {0: both, 3: both, 5: {second.claim.hex}}


def test_uploads_nobody_finished_are_forgotten_after_a_day(programmer, folders):
    upload, running = begun(programmer, b"xx"), begun(programmer, b"xx")
    take_piece(key=upload.key, offset=0, piece=b"x", now=NOW)
    StreamUpload.objects.filter(pk=running.pk).update(created_at=NOW + timedelta(hours=20))
    take_piece(key=running.key, offset=0, piece=b"x", now=NOW)

    sweep(now=NOW + timedelta(hours=25))

    assert list(StreamUpload.objects.all()) == [running]
    assert everything(folders) == [f"uploads/{running.key.hex}"]


def test_a_film_that_is_deleted_takes_its_uploads_along(programmer, folders):
    upload = begun(programmer, b"xx")
    take_piece(key=upload.key, offset=0, piece=b"x", now=NOW)
    upload.movie.delete()

    sweep(now=NOW)

    assert everything(folders) == []


def test_a_film_needs_ffmpeg_before_it_is_uploaded_at_all(programmer, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)

    with pytest.raises(StreamRefused) as refusal:
        begun(programmer, b"x", name="film.mp4")

    assert refusal.value.reason == Reason.NO_FFMPEG
    assert begun(programmer, b"x", name="film.zip").state == "receiving"
