"""Making uploads into streams: one at a time, taken up again when a worker dies, with nothing half-done left behind."""

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
from django.db.models import F, Q

from catalog.films import save_movie
from catalog.models import Movie, StreamUpload
from catalog.streams.archives import unpack
from catalog.streams.films import make_stream
from catalog.streams.places import incoming, stream_address, stream_folder, stream_prefix, streams
from catalog.streams.playlists import check_package
from catalog.streams.refusals import Reason, StreamRefused
from cinema.errors import CinemaError

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
RENEW_SECONDS = 2.0
MOST_TRIES = 3
FORGOTTEN = timedelta(hours=24)
LAST_SHOW = timedelta(hours=4)
UNUSED = "unused-since"
Clock = Callable[[], datetime]


class ClaimLost(Exception):
    """Somebody else has this upload now, or it was stopped; whatever this worker made is thrown away."""


def prepare_waiting(*, clock: Clock) -> int:
    """Make every waiting upload ready, or say why not; answers how many were taken up."""
    count = 0
    while upload := claim_next(now=clock()):
        prepare(upload=upload, clock=clock)
        count += 1
    return count


def claim_next(*, now: datetime) -> StreamUpload | None:
    """Take the oldest upload that nobody is working on; of two workers one gets it."""
    for upload in StreamUpload.objects.claimable(now).order_by("pk"):
        mine = StreamUpload.objects.claimable(now).filter(pk=upload.pk, claim=upload.claim)
        if upload.tries >= MOST_TRIES:
            if _end(mine, Reason.GAVE_UP, now=now):
                incoming(upload.key).unlink(missing_ok=True)
                _throw_away_attempt(upload)
            continue
        taken = {"claim": uuid4(), "claimed_until": now + LEASE, "tries": F("tries") + 1, "progress": 0}
        if mine.update(state=StreamUpload.State.WORKING, **taken):
            _throw_away_attempt(upload)
            return StreamUpload.objects.select_related("movie").get(pk=upload.pk)
    return None


def prepare(*, upload: StreamUpload, clock: Clock) -> None:
    """Make a claimed upload into the film's stream, or note why it can't be."""
    assert upload.claim is not None
    folder, source = stream_folder(upload.claim), incoming(upload.key)
    mine = StreamUpload.objects.filter(pk=upload.pk, claim=upload.claim, state=StreamUpload.State.WORKING)
    try:
        playlist = _make(source, folder, _heart(mine, clock))
        _install(upload, playlist, mine, now=clock())
    except ClaimLost:
        _throw_away(folder)
        return
    except StreamRefused as refusal:
        _throw_away(folder)
        _end(mine, refusal.reason, refusal.detail, now=clock())
    except CinemaError as refusal:
        _throw_away(folder)
        _end(mine, Reason.FILM_REFUSED, str(refusal)[:200], now=clock())
    except OSError as fault:
        logger.warning("Stream upload %s: %s", upload.pk, fault)
        _throw_away(folder)
        _end(mine, Reason.DISK_FULL if fault.errno == errno.ENOSPC else Reason.BROKEN_ARCHIVE, now=clock())
    except BaseException:
        _throw_away(folder)
        raise
    source.unlink(missing_ok=True)


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


def _heart(mine, clock: Clock) -> Callable[[int], None]:
    """Renews the lease now and then, and raises ClaimLost once it is somebody else's."""
    last = -RENEW_SECONDS

    def beat(percent: int) -> None:
        nonlocal last
        if time.monotonic() - last < RENEW_SECONDS:
            return
        last = time.monotonic()
        if not mine.update(claimed_until=clock() + LEASE, progress=percent):
            raise ClaimLost

    return beat


@transaction.atomic
def _install(upload: StreamUpload, playlist: str, mine, *, now: datetime) -> None:
    """The film gets its new stream in the same transaction in which the upload becomes ready."""
    assert upload.claim is not None
    if not mine.update(state=StreamUpload.State.READY, progress=100, finished_at=now):
        raise ClaimLost
    movie = Movie.objects.select_for_update().get(pk=upload.movie_id)
    movie._history_user, movie._change_reason = upload.by, upload.file_name[:100]  # type: ignore[attr-defined]
    save_movie(movie=movie, facts={"stream_url": stream_address(upload.claim, playlist)}, now=now)


def _end(mine, reason: Reason, detail: str = "", *, now: datetime) -> int:
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
