"""Taking in a film's stream from somebody's disk, piece by piece, so that a broken line costs one piece only."""

import os
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models import Movie, StreamUpload
from catalog.streams.films import ffmpeg_is_here
from catalog.streams.places import incoming
from catalog.streams.refusals import Reason, StreamRefused
from cinema.errors import Conflict, InvalidInput, NotFound
from cinema.jobs import enqueue

PIECE_BYTES = 8 << 20


class UploadUnderWay(Conflict):
    """One stream a film at a time."""

    code = "upload_under_way"
    message = _("Another stream of this movie is being uploaded or prepared.")


class UploadTooLarge(InvalidInput):
    """More than the house takes."""

    code = "upload_too_large"
    message = _("The file is larger than %(limit)s MB.")


class NoSuchUpload(NotFound):
    """It was never begun, is complete, or was given up."""

    code = "no_such_upload"
    message = _("This upload is over. Please begin anew.")


class PieceOutOfPlace(Conflict):
    """A piece that does not join on; ``details['received']`` says where to go on."""

    code = "piece_out_of_place"
    message = _("A piece of the file is missing before this one.")


def begin_upload(*, movie: Movie, file_name: str, size: int, by: User, now: datetime) -> StreamUpload:
    """Open an upload of ``size`` bytes. Raises UploadUnderWay, UploadTooLarge, StreamRefused without ffmpeg."""
    if not 0 < size <= settings.UPLOAD_VIDEO_MB << 20:
        raise UploadTooLarge(UploadTooLarge.message % {"limit": settings.UPLOAD_VIDEO_MB})
    if not file_name.lower().endswith(".zip") and not ffmpeg_is_here():
        raise StreamRefused(Reason.NO_FFMPEG)
    try:
        with transaction.atomic():
            return StreamUpload.objects.create(
                movie=movie, file_name=file_name[-150:], size=size, by=by, created_at=now
            )
    except IntegrityError:  # of two who begin at once the database lets one
        raise UploadUnderWay from None


def take_piece(*, key: UUID, offset: int, piece: bytes, now: datetime) -> StreamUpload:
    """Write a piece where it belongs; the same piece twice does no harm. The last one hands the file on to the worker.

    Raises NoSuchUpload, PieceOutOfPlace, InvalidInput.
    """
    upload = StreamUpload.objects.filter(key=key, state=StreamUpload.State.RECEIVING).first()
    if upload is None:
        raise NoSuchUpload
    received = received_bytes(upload)
    if offset > received:
        raise PieceOutOfPlace(received=received)
    if not piece or len(piece) > PIECE_BYTES or offset + len(piece) > upload.size:
        raise InvalidInput(_("This piece of the file has a wrong size."))
    file = incoming(key)
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.pwrite(handle, piece, offset)
        complete = os.fstat(handle).st_size == upload.size
    finally:
        os.close(handle)
    if complete:
        _hand_on(upload, now)
    return upload


def take_whole(*, upload: StreamUpload, pieces: Iterable[bytes], now: datetime) -> StreamUpload:
    """Take the file from a plain form. Raises what take_piece raises."""
    at = 0
    for piece in pieces:
        upload = take_piece(key=upload.key, offset=at, piece=piece, now=now)
        at += len(piece)
    return upload


def received_bytes(upload: StreamUpload) -> int:
    """How much of it is here."""
    try:
        return incoming(upload.key).stat().st_size
    except FileNotFoundError:
        return 0


@transaction.atomic
def give_up(*, key: UUID, now: datetime) -> None:
    """Stop an upload that is under way, wherever it stands. Raises NoSuchUpload."""
    row = StreamUpload.objects.under_way().filter(key=key)
    if not row.update(state=StreamUpload.State.FAILED, reason=Reason.STOPPED, claim=None, finished_at=now):
        raise NoSuchUpload
    transaction.on_commit(lambda: incoming(key).unlink(missing_ok=True))


@transaction.atomic
def _hand_on(upload: StreamUpload, now: datetime) -> None:
    upload.state = StreamUpload.State.WAITING
    row = StreamUpload.objects.filter(pk=upload.pk, state=StreamUpload.State.RECEIVING)
    if row.update(state=StreamUpload.State.WAITING):
        enqueue("prepare_stream", key=str(upload.pk), run_at=now, upload_id=upload.pk)
