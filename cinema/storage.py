"""Where static files come from."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest
from whitenoise.compress import Compressor
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

PIECE = 1 << 18


class StaticFiles(WhiteNoiseMiddleware):
    """Static files; under ASGI too they go out piece by piece, where a plain iterator would be read whole first."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> FileResponse:
        """The file, or the part of it that was asked for."""
        answer = WhiteNoiseMiddleware.serve(static_file, request)
        if isinstance(request, ASGIRequest):
            answer.block_size = PIECE
            answer.streaming_content = _apart(iter(answer.streaming_content))
        return answer


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed names for ever-cached files; ES modules that import one another are rewritten too."""

    support_js_module_import_aggregation = True
    manifest_strict = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.addresses: dict[str, str] = {}

    def url(self, name: str | None, force: bool = False) -> str:
        """The address under its hashed name, which a page asks for a dozen times and which stays while we run."""
        if settings.DEBUG or force or not name:
            return super().url(name, force)
        if name not in self.addresses:
            address = super().url(name, force)
            if self.hash_key(self.clean_name(name)) not in self.hashed_files:
                return address  # nothing of ours: not kept, as there is no end to names
            self.addresses[name] = address
        return self.addresses[name]

    def url_converter(self, name: str, hashed_files: dict, template: str | None = None) -> Callable:
        """Leave the scripts of libraries as they are: they import nothing, and look so in their comments only."""
        if name.endswith(".js") and not any(Path(folder, name).is_file() for folder in settings.STATICFILES_DIRS):
            return lambda match: match["matched"]
        return super().url_converter(name, hashed_files, template)

    def create_compressor(self, **options: object) -> Compressor:
        """Gzip only, and no source maps: brotli's last few per cent would make the first start ten times longer."""
        unwanted = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
        return Compressor(**{**options, "use_brotli": False, "extensions": unwanted})


async def _apart(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece
