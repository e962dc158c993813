"""Unpacking an archive from outside: nothing lands where it should not, nothing grows without bound."""

import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from catalog.streams.refusals import Reason, StreamRefused

MAX_FILES = 20_000
DEEPEST = 6
MAX_NAME_LENGTH = 150
PIECE = 1 << 20
LARGEST_TEXT = 4 << 20
TEXTS = {".m3u8", ".vtt"}
KINDS = TEXTS | {".ts", ".m4s", ".mp4", ".m4a", ".aac"}
MAX_DIRECTORY = MAX_FILES * (46 + MAX_NAME_LENGTH + 60)  # octets: an entry's own, its name, and what packers add to it
ENTRIES, DIRECTORY_SIZE = 4, 5  # where the end of an archive says them
MP4_BOXES = {b"ftyp", b"styp", b"moof", b"moov", b"sidx", b"emsg", b"prft", b"free"}
TS_PACKET = 188


def unpack(*, archive: Path, folder: Path, limit: int, beat: Callable[[], None]) -> None:
    """Write the archive's files below the folder; ``limit`` is for all of them together, in bytes.

    ``beat`` is called again and again while it lasts. Raises StreamRefused.
    """
    try:
        refuse_long_directory(archive)
        with zipfile.ZipFile(archive) as opened:
            entries = _entries(opened)
            left = limit
            for entry, place in entries:
                left -= _write(opened, entry, folder.joinpath(place), left, beat)
                refuse_other_content(folder.joinpath(place), place)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as fault:
        raise StreamRefused(Reason.BROKEN_ARCHIVE) from fault


def refuse_long_directory(archive: Path) -> None:
    """Look at the end of the archive, before its directory is read whole: it takes memory by the entry.

    The number of entries may be a lie; of the directory no more is read than the end gives as its size. Raises
    StreamRefused.
    """
    with archive.open("rb") as opened:
        try:
            end = zipfile._EndRecData(opened)  # type: ignore[attr-defined]  # as ZipFile reads it, whatever is odd
        except OSError:
            end = None
    if end is None:
        raise StreamRefused(Reason.BROKEN_ARCHIVE)
    if end[ENTRIES] > MAX_FILES or end[DIRECTORY_SIZE] > MAX_DIRECTORY:
        raise StreamRefused(Reason.TOO_MANY_FILES, str(end[ENTRIES]))


def _entries(opened: zipfile.ZipFile) -> list[tuple[zipfile.ZipInfo, str]]:
    listed = opened.infolist()
    if len(listed) > MAX_FILES:
        raise StreamRefused(Reason.TOO_MANY_FILES, str(len(listed)))
    wanted = [(entry, entry.filename) for entry in listed if not entry.is_dir() and not _is_litter(entry.filename)]
    seen: set[str] = set()
    for entry, name in wanted:
        _refuse_name(entry, name)
        if name.casefold() in seen:
            raise StreamRefused(Reason.BAD_NAME, name)
        seen.add(name.casefold())
        if PurePosixPath(name).suffix.lower() not in KINDS:
            raise StreamRefused(Reason.FOREIGN_FILE, name)
        if entry.flag_bits & 1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise StreamRefused(Reason.BROKEN_ARCHIVE, name)
    for _entry, name in wanted:
        if any(str(folder).casefold() in seen for folder in PurePosixPath(name).parents):
            raise StreamRefused(Reason.BAD_NAME, name)
    return wanted


def _is_litter(name: str) -> bool:
    """What desktops leave in archives unasked."""
    path = PurePosixPath(name)
    return path.parts[:1] == ("__MACOSX",) or path.name in {".DS_Store", "Thumbs.db", "desktop.ini"}


def _refuse_name(entry: zipfile.ZipInfo, name: str) -> None:
    parts = name.split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if (
        kind not in {0, stat.S_IFREG}  # a symbolic link would lead out of the folder
        or any(part in {"", ".", ".."} or part.startswith(".") for part in parts)
        or not name.isprintable()
        or set(name) & set('\\:*?"<>|%#')
        or len(parts) > DEEPEST
        or len(name.encode()) > MAX_NAME_LENGTH
    ):
        raise StreamRefused(Reason.BAD_NAME, name)


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, place: Path, left: int, beat: Callable[[], None]) -> int:
    """One file, counted as it is written: what the archive says of sizes is not believed."""
    most = min(left, LARGEST_TEXT) if place.suffix.lower() in TEXTS else left
    written = 0
    place.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(entry) as source, place.open("xb") as target:
        while piece := source.read(PIECE):
            written += len(piece)
            if written > most:
                raise StreamRefused(Reason.TOO_LARGE, entry.filename)
            target.write(piece)
            beat()
    return written


def refuse_other_content(file: Path, name: str) -> None:
    """A file has to be what its suffix says, by its first bytes. Raises StreamRefused."""
    with file.open("rb") as opened:
        head = opened.read(2 * TS_PACKET + 1)
    match file.suffix.lower():
        case ".m3u8":
            fits = head.startswith((b"#EXTM3U", b"\xef\xbb\xbf#EXTM3U"))
        case ".vtt":
            fits = head.startswith((b"WEBVTT", b"\xef\xbb\xbfWEBVTT"))
        case ".ts":
            fits = len(head) >= TS_PACKET and all(head[at] == 0x47 for at in range(0, len(head), TS_PACKET))
        case ".aac":
            fits = head.startswith(b"ID3") or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0)
        case _:
            fits = head[4:8] in MP4_BOXES
    if not fits:
        raise StreamRefused(Reason.WRONG_CONTENT, name)
