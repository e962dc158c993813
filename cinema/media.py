"""Uploads, where no proxy serves them: rightly named, in the ranges players ask for, kept by the browser."""

import asyncio
import mimetypes
import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils._os import safe_join
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.http import require_safe

# Named here, since what the machine's own table knows of them differs from system to system.
KINDS = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".vtt": "text/vtt; charset=utf-8",
    ".webp": "image/webp",
}
# Every upload has a name of its own and is never written again.
FOR_EVER = "public, max-age=31536000, immutable"
PIECE = 1 << 18
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """An uploaded file, or the part of it that was asked for."""
    file = _file(path)
    about = file.stat()
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    if since is not None and since >= int(about.st_mtime):
        return HttpResponseNotModified()
    first, last = 0, about.st_size - 1
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is not None and asked[0] != "bytes=-":
        part = _part(asked[1], asked[2], about.st_size)
        if part is None:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{about.st_size}"})
        first, last = part
    else:
        asked = None
    answer = _answer(request, file, first, last - first + 1)
    answer.headers["Content-Length"] = str(last - first + 1)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Last-Modified"] = http_date(about.st_mtime)
    answer.headers["Cache-Control"] = FOR_EVER
    if asked is not None:
        answer.status_code = 206
        answer.headers["Content-Range"] = f"bytes {first}-{last}/{about.st_size}"
    return answer


def _file(path: str) -> Path:
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, path))
        if file.is_file():
            return file
    except (SuspiciousFileOperation, ValueError, OSError):  # such as a name longer than any file's
        raise Http404 from None
    raise Http404


def _part(first: str, last: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte asked for; None where there are none."""
    if first == "":
        begin, end = max(0, size - int(last)), size - 1
    else:
        begin, end = int(first), min(int(last) if last else size - 1, size - 1)
    return (begin, end) if begin <= end else None


def _answer(request: HttpRequest, file: Path, first: int, length: int) -> HttpResponseBase:
    kind = KINDS.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if request.method == "HEAD":
        return HttpResponse(content_type=kind)
    opened = file.open("rb")
    opened.seek(first, os.SEEK_SET)
    # Under ASGI a plain iterator would be read to its end before the first byte is sent.
    pieces = _pieces_apart(opened, length) if isinstance(request, ASGIRequest) else _pieces(opened, length)
    answer = StreamingHttpResponse(pieces, content_type=kind)
    answer._resource_closers.append(opened.close)  # type: ignore[attr-defined]
    return answer


def _pieces(opened: BinaryIO, length: int) -> Iterator[bytes]:
    while length > 0 and (piece := opened.read(min(PIECE, length))):
        length -= len(piece)
        yield piece


async def _pieces_apart(opened: BinaryIO, length: int) -> AsyncIterator[bytes]:
    while length > 0 and (piece := await asyncio.to_thread(opened.read, min(PIECE, length))):
        length -= len(piece)
        yield piece
