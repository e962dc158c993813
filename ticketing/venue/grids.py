"""Seat grids as planned: a default one, one from labels, and what makes a grid valid."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.translation import gettext_lazy as _

from cinema.errors import Conflict, InvalidInput
from ticketing.venue.models import Seat, seat_label

MAX_SEATS = 2000
ROW_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class BadGrid(InvalidInput):
    """The grid makes no sense: two seats in one place, too many, or a label too long."""

    code = "bad_grid"


class GridChanged(Conflict):
    """Somebody else has changed the grid since it was read."""

    code = "grid_changed"
    message = _("Someone else has changed this seat grid in the meantime.")


@dataclass(frozen=True)
class SeatPlan:
    """A seat as planned: where it is, what is printed on it, what kind it is, whether it is for sale."""

    row_label: str
    col_number: int
    x: int
    y: int
    kind: str = Seat.Kind.STANDARD
    is_available: bool = True


def row_label(place: int) -> str:
    """The label of the row at this place from the screen: A … Z, AA, AB …"""
    label = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        label = ROW_LETTERS[letter] + label
    return label


def default_grid(total: int) -> list[SeatPlan]:
    """A plain grid of so many seats: rows of at most 20, the last row centred."""
    if not 0 <= total <= MAX_SEATS:
        raise BadGrid(_("A hall has from 0 to 2000 seats."), field="total_seats")
    width = min(20, max(1, ceil((total * 1.6) ** 0.5)))
    plans = []
    for y in range(ceil(total / width)):
        count = min(width, total - y * width)
        indent = (width - count) // 2
        for number in range(1, count + 1):
            plans.append(SeatPlan(row_label(y), number, x=indent + number, y=y))
    return plans


def grid_from_labels(seats: Sequence[tuple[str, int, bool]]) -> list[SeatPlan]:
    """A grid from row labels, seat numbers and whether each is for sale; missing numbers are aisles.

    Rows stand in the order A … Z, AA …, numbers before letters. Raises BadGrid.
    """
    rows = sorted({row for row, _number, _sale in seats}, key=lambda row: (len(row), row))
    place = {row: y for y, row in enumerate(rows)}
    return [SeatPlan(row, number, x=number, y=place[row], is_available=sale) for row, number, sale in seats]


def validate_grid(grid: Sequence[SeatPlan]) -> None:
    """Raise BadGrid unless labels and places are unique and everything lies within bounds."""
    if len(grid) > MAX_SEATS:
        raise BadGrid(_("A hall has from 0 to 2000 seats."), field="seats")
    if len({seat_label(plan.row_label, plan.col_number).upper() for plan in grid}) != len(grid):
        raise BadGrid(_("Two seats have the same row and number."), field="seats")
    if len({(plan.x, plan.y) for plan in grid}) != len(grid):
        raise BadGrid(_("Two seats are in the same place."), field="seats")
    for plan in grid:
        if plan.row_label != plan.row_label.strip() or not (
            1 <= len(plan.row_label) <= 10 and 1 <= plan.col_number <= 999
        ):
            raise BadGrid(_("A row has a label of 1 to 10 characters, a seat a number from 1 to 999."), field="seats")
        if not (0 <= plan.x <= 999 and 0 <= plan.y <= 999 and plan.kind in Seat.Kind.values):
            raise BadGrid(_("A seat is outside the grid or of an unknown kind."), field="seats")
