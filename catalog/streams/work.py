"""Making uploads into streams: one job an upload, taken up again when a worker dies, with nothing half-done left."""

import errno
import logging
import shutil
import time
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from catalog.films import save_movie
from catalog.models import Movie, StreamUpload, StreamUploadQuerySet
from catalog.streams.archives import unpack
from catalog.streams.films import make_stream
from catalog.streams.places import incoming, stream_address, stream_folder, stream_prefix, streams
from catalog.streams.playlists import check_package
from catalog.streams.refusals import Reason, StreamRefused
from cinema.errors import CinemaError
from cinema.jobs import Job, Run

logger = logging.getLogger(__name__)

REPORT_SECONDS = 2.0
FORGOTTEN = timedelta(hours=24)
LAST_SHOW = timedelta(hours=4)
UNUSED = "unused-since"


class UploadStopped(Exception):
    """Somebody stopped the upload, or another attempt has it now; whatever this one made is thrown away."""


def prepare(*, run: Run, upload_id: int) -> None:
    """Make an upload into the film's stream, or note why it can't be. One that was stopped or is ready is let be."""
    upload = _begin_attempt(upload_id)
    if upload is None:
        return
    assert upload.claim is not None
    folder, source = stream_folder(upload.claim), incoming(upload.key)
    mine = StreamUpload.objects.filter(pk=upload.pk, claim=upload.claim, state=StreamUpload.State.WORKING)
    try:
        playlist = _make(source, folder, _reporter(run, mine))
        _install(run, upload, playlist, mine)
    except UploadStopped:
        _throw_away(folder)
        return
    except StreamRefused as refusal:
        _throw_away(folder)
        _end(mine, refusal.reason, refusal.detail, now=run.now())
    except CinemaError as refusal:
        _throw_away(folder)
        _end(mine, Reason.FILM_REFUSED, str(refusal)[:200], now=run.now())
    except OSError as fault:
        logger.warning("Stream upload %s: %s", upload.pk, fault)
        _throw_away(folder)
        _end(mine, Reason.DISK_FULL if fault.errno == errno.ENOSPC else Reason.BROKEN_ARCHIVE, now=run.now())
    except BaseException:
        _throw_away(folder)
        raise
    source.unlink(missing_ok=True)


def note_failure(job: Job) -> None:
    """Nobody could make a stream of this upload, however often it was tried."""
    upload = StreamUpload.objects.under_way().filter(pk=job.arguments["upload_id"]).first()
    if upload is not None and _end(StreamUpload.objects.filter(pk=upload.pk), Reason.GAVE_UP, now=job.finished_at):
        transaction.on_commit(lambda: incoming(upload.key).unlink(missing_ok=True))
        _throw_away_attempt(upload)


def sweep(*, now: datetime) -> None:
    """Take away what nobody needs: forgotten uploads, and streams no film has had for as long as a show lasts."""
    files = list(Path(settings.UPLOAD_ROOT).glob("*"))  # listed before the rows are read: a row is older than its file
    StreamUpload.objects.filter(state=StreamUpload.State.RECEIVING, created_at__lt=now - FORGOTTEN).delete()
    wanted = {key.hex for key in StreamUpload.objects.under_way().values_list("key", flat=True)}
    for file in files:
        if file.name not in wanted:
            file.unlink(missing_ok=True)
    folders = [folder for folder in streams().glob("*") if folder.is_dir()]
    used = _used_folders()
    for folder in folders:
        _sweep_folder(folder, in_use=folder.name in used, now=now)


def _make(source: Path, folder: Path, beat: Callable[[int], None]) -> str:
    folder.mkdir(parents=True)
    if not zipfile.is_zipfile(source):
        return make_stream(film=source, folder=folder, beat=beat)
    unpack(archive=source, folder=folder, limit=settings.UPLOAD_VIDEO_MB << 20, beat=lambda: beat(0))
    return check_package(folder)


def _begin_attempt(upload_id: int) -> StreamUpload | None:
    """A folder's name of this attempt's own; what the last one left, whose worker died, is thrown away."""
    waiting = StreamUpload.objects.being_prepared().filter(pk=upload_id)
    last = waiting.first()
    if last is None or not waiting.update(state=StreamUpload.State.WORKING, claim=uuid4(), progress=0):
        return None
    _throw_away_attempt(last)
    return StreamUpload.objects.select_related("movie").get(pk=upload_id)


def _reporter(run: Run, mine: StreamUploadQuerySet) -> Callable[[int], None]:
    """Tells now and then how far it is; raises UploadStopped, and what ``run.progress`` raises."""
    last = -REPORT_SECONDS

    def beat(percent: int) -> None:
        nonlocal last
        if time.monotonic() - last < REPORT_SECONDS:
            return
        last = time.monotonic()
        run.progress(percent, 100)
        if not mine.update(progress=percent):
            raise UploadStopped

    return beat


@transaction.atomic
def _install(run: Run, upload: StreamUpload, playlist: str, mine: StreamUploadQuerySet) -> None:
    """The film gets its new stream, the upload becomes ready and the job is done in one transaction."""
    assert upload.claim is not None
    now = run.now()
    if not mine.update(state=StreamUpload.State.READY, progress=100, finished_at=now):
        raise UploadStopped
    movie = Movie.objects.select_for_update().get(pk=upload.movie_id)
    movie._history_user, movie._change_reason = upload.by, upload.file_name[:100]  # type: ignore[attr-defined]
    save_movie(movie=movie, facts={"stream_url": stream_address(upload.claim, playlist)}, now=now)
    run.finish()


def _end(mine: StreamUploadQuerySet, reason: Reason, detail: str = "", *, now: datetime | None) -> int:
    return mine.update(state=StreamUpload.State.FAILED, reason=reason, detail=detail, finished_at=now)


def _used_folders() -> set[str]:
    prefix = stream_prefix()
    films = Movie.objects.filter(Q(stream_url__startswith=prefix) | Q(trailer_url__startswith=prefix))
    addresses = [one for pair in films.values_list("stream_url", "trailer_url") for one in pair]
    used = {one.removeprefix(prefix).split("/", 1)[0] for one in addresses if one.startswith(prefix)}
    working = StreamUpload.objects.filter(state=StreamUpload.State.WORKING).values_list("claim", flat=True)
    return used | {claim.hex for claim in working if isinstance(claim, UUID)}


def _sweep_folder(folder: Path, *, in_use: bool, now: datetime) -> None:
    """A stream that was replaced stays for those who are in the middle of it."""
    mark = folder / UNUSED
    if in_use:
        mark.unlink(missing_ok=True)
    elif not mark.exists():
        mark.write_text(now.isoformat())
    elif datetime.fromisoformat(mark.read_text()) < now - LAST_SHOW:
        _throw_away(folder)


def _throw_away_attempt(upload: StreamUpload) -> None:
    """What a worker that died had written."""
    if upload.claim:
        _throw_away(stream_folder(upload.claim))


def _throw_away(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
