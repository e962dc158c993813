"""The file of heads, outside the database: number and code of the newest seal, a line for each time seals were laid.

Who cuts the newest entries and their seals out of the database leaves a chain that is sound as far as it goes. The file
knows that it went further.
"""

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection

from ticketing.journal.models import Seal

logger = logging.getLogger(__name__)

FULL = 1_000_000  # bytes, ten thousand heads; the full file before it is kept as well


def heads_file() -> Path:
    """Where the heads of this database's journal are kept."""
    return Path(settings.JOURNAL_HEADS) / f"{Path(str(connection.settings_dict['NAME'])).stem}.heads"


def keep(seals: Sequence[Seal]) -> None:
    """Add the newest of these seals to the file. What can't be written is logged: the next line says the same."""
    if not seals:
        return
    newest, file = seals[-1], heads_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size > FULL:
            file.replace(_full(file))
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as kept:
            kept.write(f"{newest.seq} {newest.mac} {newest.sealed_at:%Y-%m-%dT%H:%M:%SZ}\n")
            kept.flush()
            os.fsync(kept.fileno())
    except OSError:
        logger.exception("The journal's head %s could not be written to %s", newest, file)


def kept_heads() -> Iterator[tuple[int, str]]:
    """Number and code of every head in the file; half a line, left by a crash, is passed over."""
    file, lines = heads_file(), []
    for one in (_full(file), file):
        with contextlib.suppress(FileNotFoundError):
            lines += one.read_text().splitlines()
    for line in lines:
        words = line.split()
        if len(words) == 3 and words[0].isdigit() and len(words[1]) == 64:
            yield int(words[0]), words[1]


def put_aside() -> None:
    """Begin a new file, for a database that begins anew; the old one stays beside it."""
    file = heads_file()
    for one in (_full(file), file):
        if one.exists():
            one.rename(one.with_name(f"{one.name}.until-{int(one.stat().st_mtime)}"))


def _full(file: Path) -> Path:
    return file.with_name(f"{file.name}.1")
