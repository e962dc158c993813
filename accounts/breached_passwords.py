"""Passwords that have leaked somewhere, kept as a Bloom filter: a small file that says "surely not" or "very likely".

The operator downloads a list of SHA-1 digests with how often each was seen, as Pwned Passwords has it, and ``manage.py
breached_passwords`` makes the file. It says no more of a password than whether it stands in the list, once in a
thousand times wrongly, and no password leaves the house to be looked up. SHA-1 is what such lists are written in;
nothing is kept secret by it here.
"""

import hashlib
import mmap
import re
import struct
from collections.abc import Iterable, Iterator
from functools import cache
from math import ceil, log
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cinema.errors import InvalidInput

MAGIC = b"CINEMA-BREACHED1"
HEADER = struct.Struct(">16sQQB")  # magic, digests, bits, probes
DIGEST = re.compile(r"([0-9A-Fa-f]{40}):(\d+)\s*")
RANGE_FILE, REST = re.compile(r"([0-9A-Fa-f]{5})(?:\.txt)?"), re.compile(r"([0-9A-Fa-f]{35}):(\d+)\s*")


class NotAList(InvalidInput):
    """What was given is no list of digests."""

    code = "not_a_list_of_digests"


class NotAFilter(InvalidInput):
    """The file was not made by this house's command, or is cut short."""

    code = "not_a_filter"


class BreachedPasswords:
    """A filter that was made; asked for a password it reads a few bytes of the file."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            head = file.read(HEADER.size).ljust(HEADER.size, b"\0")
            magic, digests, bits, probes = HEADER.unpack(head)
            if magic != MAGIC or path.stat().st_size != HEADER.size + _bytes_for(bits):
                raise NotAFilter(f"{path} is not a file that manage.py breached_passwords has made, or is cut short.")
            self.digests: int = digests
            self.bits: int = bits
            self.probes: int = probes
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __contains__(self, password: str) -> bool:
        digest = hashlib.sha1(password.encode(), usedforsecurity=False).digest()
        places = _places(digest, self.bits, self.probes)
        return all(self.map[HEADER.size + place // 8] >> place % 8 & 1 for place in places)


class NotBreachedValidator:
    """Django's kind of validator: refuses passwords that the filter knows."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for a password that stands in a list of leaked ones."""
        if password in _opened(self.path):
            raise ValidationError(
                _("This password has become known in a leak of another site. Please choose another one."),
                code="password_breached",
            )

    def get_help_text(self) -> str:
        """What is said beside the field."""
        return _("Your password can’t be one that is known from a leak.")


def filter_is_whole(**about: Any) -> list[CheckMessage]:
    """A filter that can't be read would let nobody choose a password."""
    if not settings.BREACHED_PASSWORDS:
        return []
    try:
        BreachedPasswords(Path(settings.BREACHED_PASSWORDS))
    except NotAFilter as fault:
        hint = "Make it anew: manage.py breached_passwords LIST FILTER."
        return [Error(str(fault), hint=hint, id="accounts.E001")]
    return []


@cache
def _opened(path: Path) -> BreachedPasswords:
    return BreachedPasswords(path)


def make_filter(*, source: Path, target: Path, at_least: int, wrong_one_in: int) -> int:
    """Write the filter of all digests seen so often; returns how many those are. Raises NotAList.

    The list is read twice, once to count. The file is put in place once it is whole, so a running house can be told.
    """
    digests = sum(1 for _digest in read_digests(source, at_least))
    if not digests:
        raise NotAList(f"{source} has no digest that was seen {at_least} times.")
    bits = ceil(digests * log(wrong_one_in) / log(2) ** 2)
    probes = max(1, round(bits / digests * log(2)))
    unfinished = target.with_name(f"{target.name}.part")
    with unfinished.open("w+b") as file:
        file.write(HEADER.pack(MAGIC, digests, bits, probes))
        file.truncate(HEADER.size + _bytes_for(bits))
        file.flush()
        with mmap.mmap(file.fileno(), 0) as written:
            _mark(written, read_digests(source, at_least), bits, probes)
    unfinished.replace(target)
    return digests


def read_digests(source: Path, at_least: int) -> Iterator[bytes]:
    """The digests of a file of ``digest:count`` lines, or of a folder of such by their first five digits."""
    if not source.is_dir():
        yield from _digests_in(source, "", DIGEST, at_least)
        return
    for file in sorted(source.iterdir()):
        named = RANGE_FILE.fullmatch(file.name)
        if named is not None:
            yield from _digests_in(file, named[1], REST, at_least)


def _digests_in(file: Path, first: str, pattern: re.Pattern[str], at_least: int) -> Iterator[bytes]:
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            found = pattern.fullmatch(line)
            if found is None and line.strip():
                raise NotAList(f"{file}, line {number}: not a digest and a number with a colon between them.")
            if found is not None and int(found[2]) >= at_least:
                yield bytes.fromhex(first + found[1])


def _mark(written: mmap.mmap, digests: Iterable[bytes], bits: int, probes: int) -> None:
    for digest in digests:
        for place in _places(digest, bits, probes):
            written[HEADER.size + place // 8] |= 1 << place % 8


def _places(digest: bytes, bits: int, probes: int) -> Iterator[int]:
    # A digest is as good as random, so two halves of it make all probes (Kirsch and Mitzenmacher, 2006).
    first, step = int.from_bytes(digest[:8]), int.from_bytes(digest[8:16]) | 1
    return ((first + number * step) % bits for number in range(probes))


def _bytes_for(bits: int) -> int:
    return (bits + 7) // 8
