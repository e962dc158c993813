"""A film's stream: uploading one, seeing how far it is, taking it off."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from backoffice.acting import attempt
from backoffice.forms.streams import ACCEPTED, BeginForm, StreamFileForm
from catalog.films import save_movie
from catalog.models import Movie, StreamUpload
from catalog.streams.films import ffmpeg_is_here
from catalog.streams.uploads import (
    PIECE_BYTES,
    begin_upload,
    give_up,
    received_bytes,
    take_piece,
    take_whole,
)
from cinema.errors import CinemaError, InvalidInput
from cinema.headers import playing

SHOWN = 10
uploaders_only = permission_required("catalog.upload_stream", raise_exception=True)


@uploaders_only
def stream_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The film's stream and its uploads; a POST brings a file whole, from a page without script."""
    movie = get_object_or_404(Movie, pk=pk)
    form = StreamFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if attempt(request, lambda: _take(request, movie, file), _("The file is here and will be prepared.")):
            return redirect("admin:catalog_movie_stream", pk=pk)
    return playing(movie.stream_url)(render)(request, "backoffice/movie/stream.html", _context(request, movie, form))


@uploaders_only
@require_safe
def stream_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes by itself."""
    movie = get_object_or_404(Movie, pk=pk)
    return render(request, "backoffice/movie/_uploads.html", _context(request, movie, None))


@uploaders_only
@require_POST
def stream_begin(request: HttpRequest, pk: int) -> JsonResponse:
    """Open an upload for the script; answers where its pieces go."""
    movie, form = get_object_or_404(Movie, pk=pk), BeginForm(request.POST)
    if not form.is_valid():
        return _told(InvalidInput(_("Choose a file first.")))
    facts = form.cleaned_data

    def begin() -> StreamUpload:
        return begin_upload(
            movie=movie, file_name=facts["name"], size=facts["size"], by=request.user, now=timezone.now()
        )

    return _answered(begin)


@uploaders_only
@require_POST
def stream_piece(request: HttpRequest, key: UUID) -> JsonResponse:
    """The next piece of a file, as it is in the body; ``X-Offset`` says where it belongs."""
    offset, length = request.headers.get("X-Offset", ""), request.headers.get("Content-Length", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 16 and length.isdigit()):
        return _told(InvalidInput(_("This piece of the file has a wrong size.")))
    if int(length) > PIECE_BYTES:
        return JsonResponse({"message": _("This piece of the file has a wrong size.")}, status=413)
    piece, now = request.read(PIECE_BYTES), timezone.now()
    return _answered(lambda: take_piece(key=key, offset=int(offset), piece=piece, now=now))


@uploaders_only
@require_POST
def stream_stop(request: HttpRequest, key: UUID) -> HttpResponse:
    """Stop an upload that is under way."""
    upload = get_object_or_404(StreamUpload, key=key)
    attempt(request, lambda: give_up(key=key, now=timezone.now()), _("The upload was stopped."))
    return redirect("admin:catalog_movie_stream", pk=upload.movie_id)


@uploaders_only
@require_POST
def stream_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the stream off the film."""
    movie = get_object_or_404(Movie, pk=pk)
    save_movie(movie=movie, facts={"stream_url": ""}, now=timezone.now())
    admin.site.get_model_admin(Movie).log_change(request, movie, _("The stream was taken off."))
    messages.success(request, _("The film has no stream now."))
    return redirect("admin:catalog_movie_stream", pk=pk)


def _take(request: HttpRequest, movie: Movie, file: Any) -> None:
    now = timezone.now()
    upload = begin_upload(movie=movie, file_name=file.name, size=file.size, by=request.user, now=now)
    take_whole(upload=upload, pieces=file.chunks(PIECE_BYTES), now=now)


def _context(request: HttpRequest, movie: Movie, form: StreamFileForm | None) -> dict:
    uploads = list(movie.stream_uploads.select_related("by")[:SHOWN])
    return {
        **admin.site.each_context(request),
        "title": _("Stream of %(film)s") % {"film": movie},
        "opts": Movie._meta,
        "movie": movie,
        "form": form,
        "uploads": uploads,
        "under_way": next((upload for upload in uploads if upload.is_under_way), None),
        "limit_mb": settings.UPLOAD_VIDEO_MB,
        "piece_bytes": PIECE_BYTES,
        "accepted": ACCEPTED,
        "no_ffmpeg": not ffmpeg_is_here(),
    }


def _answered(act: Callable[[], StreamUpload]) -> JsonResponse:
    try:
        upload = act()
    except CinemaError as refusal:
        return _told(refusal)
    return JsonResponse({"key": str(upload.key), "state": upload.state, "received": received_bytes(upload)})


def _told(refusal: CinemaError) -> JsonResponse:
    told = {"message": str(refusal), "code": refusal.code, **refusal.details}
    return JsonResponse(told, status=refusal.http_status)
