"""Seat grids as text, a line a row and a letter a place, and the shapes a hall can start from. All pure.

``A: oo.oo`` is a row of four seats with an aisle in the middle. A line without seats is a gangway; a line without a
label gets the next letter.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _

from ticketing.models import Seat
from ticketing.venue.grids import BadGrid, SeatPlan, row_label

KINDS = {
    "o": Seat.Kind.STANDARD,
    "v": Seat.Kind.VIP,
    "c": Seat.Kind.COUPLE,
    "w": Seat.Kind.WHEELCHAIR,
    "m": Seat.Kind.COMPANION,
}
LETTERS = {kind.value: letter for letter, kind in KINDS.items()}
GAP = "."
LARGEST_SIDE = 120


class Numbering(models.TextChoices):
    """Which way the seats of a row are numbered."""

    KEEP = "keep", _("as they are; new seats by their place")
    LEFT = "left", _("from the left, aisles not counted")
    RIGHT = "right", _("from the right, aisles not counted")
    PLACES = "places", _("from the left, aisles counted")
    ODD_EVEN = "odd_even", _("from the middle: odd to the left, even to the right")


class Shape(models.TextChoices):
    """What a hall can start from."""

    BLOCK = "block", _("one block")
    CENTRE = "centre", _("centre aisle")
    SIDES = "sides", _("two side aisles")
    CURVED = "curved", _("curved: shorter rows in front")


class Placed(Protocol):
    """Anything with a seat's place: a row of the table or a plan."""

    row_label: str
    col_number: int
    x: int
    y: int
    kind: str
    is_available: bool


@dataclass(frozen=True)
class Corner:
    """The place all others are counted from."""

    x: int
    y: int


def corner_of(seats: Iterable[Placed]) -> Corner:
    """The upper left corner of the grid."""
    places = [(seat.x, seat.y) for seat in seats]
    return Corner(min((x for x, _y in places), default=0), min((y for _x, y in places), default=0))


def drawn(seats: Iterable[Placed]) -> str:
    """The grid as text."""
    seats = list(seats)
    corner = corner_of(seats)
    width = max((seat.x for seat in seats), default=0) - corner.x + 1
    rows: dict[int, list[str]] = {}
    labels: dict[int, str] = {}
    for seat in seats:
        y = seat.y - corner.y
        marks = rows.setdefault(y, [GAP] * width)
        letter = LETTERS[seat.kind]
        marks[seat.x - corner.x] = letter if seat.is_available else letter.upper()
        labels[y] = seat.row_label
    height = max(rows, default=-1) + 1
    return "\n".join(f"{labels[y]}: {''.join(rows[y])}" if y in rows else "" for y in range(height))


def numbers_of(seats: Iterable[Placed]) -> dict[str, int]:
    """The numbers of the seats by row and place, ``{"A|0": 1}``, for keeping them."""
    seats = list(seats)
    corner = corner_of(seats)
    return {f"{seat.row_label}|{seat.x - corner.x}": seat.col_number for seat in seats}


def numbering_of(seats: Iterable[Placed]) -> str:
    """The way these seats are numbered, if it is one we know."""
    seats = list(seats)
    labels = {(seat.y, seat.x): seat.col_number for seat in seats}
    corner = corner_of(seats)
    for numbering in (Numbering.LEFT, Numbering.RIGHT, Numbering.PLACES, Numbering.ODD_EVEN):
        plans = read_plan(drawn(seats), numbering=numbering)
        if {(plan.y + corner.y, plan.x + corner.x): plan.col_number for plan in plans} == labels:
            return numbering
    return Numbering.KEEP


def read_plan(text: str, *, numbering: str, known: Mapping[str, int] | None = None) -> list[SeatPlan]:
    """The grid that is drawn in ``text``, its seats numbered; ``known`` are the numbers to keep. Raises BadGrid."""
    lines = text.replace("\r", "").rstrip().split("\n") if text.strip() else []
    if len(lines) > LARGEST_SIDE or any(len(line) > LARGEST_SIDE + 20 for line in lines):
        raise BadGrid(_("A hall is at most 120 rows deep and 120 places wide."), field="plan")
    rows = [_row(line, at) for at, line in enumerate(lines, start=1)]
    width = max((len(marks) for _label, marks in rows), default=0)
    given = {label for label, marks in rows if marks.strip(GAP)}
    free_labels = (label for label in map(row_label, count()) if label not in given)
    plans = []
    for y, (label, marks) in enumerate(rows):
        taken = [x for x, mark in enumerate(marks) if mark != GAP]
        if not taken:
            continue
        label = label or next(free_labels)
        numbers = _numbers(label, taken, width, numbering, known or {})
        plans += [
            SeatPlan(label, numbers[x], x=x, y=y, kind=KINDS[marks[x].lower()], is_available=marks[x].islower())
            for x in taken
        ]
    return plans


def shaped(shape: str, *, rows: int, cols: int) -> str:
    """A hall of this shape as text: so many rows of at most so many seats."""
    sides = max(1, cols // 5)
    cuts = {Shape.CENTRE: [cols // 2], Shape.SIDES: [sides, cols - sides]}.get(Shape(shape), [])
    lines = []
    for y in range(rows):
        short = max(0, (rows - y - 1) * min(cols // 4, rows) // max(rows, 1)) if shape == Shape.CURVED else 0
        marks = GAP * short + "o" * (cols - 2 * short) + GAP * short
        for cut in reversed(cuts):
            marks = marks[:cut] + GAP + marks[cut:]
        lines.append(f"{row_label(y)}: {marks}")
    return "\n".join(lines)


def _row(line: str, at: int) -> tuple[str, str]:
    label, colon, marks = line.rpartition(":")
    marks = (marks if colon else line).strip(" \t").replace("_", GAP).replace(" ", GAP)
    if unknown := {mark for mark in marks if mark != GAP and mark.lower() not in KINDS}:
        message = _("Line %(line)s has a letter that is no seat: %(letters)s")
        raise BadGrid(message % {"line": at, "letters": " ".join(sorted(unknown))}, field="plan")
    return label.strip(), marks


def _numbers(label: str, taken: list[int], width: int, numbering: str, known: Mapping[str, int]) -> dict[int, int]:
    if numbering == Numbering.RIGHT:
        return {x: number for number, x in enumerate(reversed(taken), start=1)}
    if numbering == Numbering.PLACES:
        return {x: x + 1 for x in taken}
    if numbering == Numbering.ODD_EVEN:
        left = [x for x in reversed(taken) if x < width / 2]
        right = [x for x in taken if x >= width / 2]
        return {x: 2 * i + 1 for i, x in enumerate(left)} | {x: 2 * i + 2 for i, x in enumerate(right)}
    if numbering == Numbering.KEEP:
        return _kept(label, taken, known)
    return {x: number for number, x in enumerate(taken, start=1)}


def _kept(label: str, taken: list[int], known: Mapping[str, int]) -> dict[int, int]:
    numbers = {x: known[f"{label}|{x}"] for x in taken if f"{label}|{x}" in known}
    used = set(numbers.values())
    for x in taken:
        if x not in numbers:
            number = x + 1
            while number in used:
                number += 1
            numbers[x] = number
            used.add(number)
    return numbers
