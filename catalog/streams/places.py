"""Where uploads lie: what comes in apart from what everybody may see, each under a name nobody chose."""

from pathlib import Path
from uuid import UUID

from django.conf import settings


def incoming(key: UUID) -> Path:
    """The uploaded file itself; never served."""
    return Path(settings.UPLOAD_ROOT, key.hex)


def streams() -> Path:
    """The folder of all streams made here."""
    return Path(settings.MEDIA_ROOT, "streams")


def stream_folder(claim: UUID) -> Path:
    """Where one attempt at one upload writes its stream."""
    return streams() / claim.hex


def stream_prefix() -> str:
    """How the address of every stream made here begins."""
    return f"{settings.MEDIA_URL}streams/"


def stream_address(claim: UUID, playlist: str) -> str:
    """The address of a stream's first playlist."""
    return f"{stream_prefix()}{claim.hex}/{playlist}"
