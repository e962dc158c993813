"""The seat map as a page draws it: sections, rows and places, what a seat is called, and the bill beside it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from cinema.errors import InvalidInput
from cinema.money import as_text
from ticketing.prices.models import PriceType
from ticketing.sale.seatmap import AVAILABLE, STATUS_NAMES, PlacedSeat, SeatMap
from ticketing.venue.models import Seat

SECTIONS = 3


@dataclass(frozen=True)
class BillLine:
    """A chosen seat on the bill, at the price type chosen for it."""

    seat: PlacedSeat
    price_type: str
    price: int


@dataclass
class Row:
    """One line of the grid, ``None`` where there is an aisle; without a label it is a gangway."""

    label: str
    places: list[PlacedSeat | None] = field(default_factory=list)


@dataclass
class Section:
    """A part of the hall, as one would say it: front, middle, back."""

    name: str
    rows: list[Row]


def sections(grid: Sequence[PlacedSeat]) -> list[Section]:
    """The grid in sections of rows, every row as wide as the hall, gangways kept."""
    if not grid:
        return []
    left, right = min(seat.x for seat in grid), max(seat.x for seat in grid)
    rows: list[Row] = []
    last_y = None
    for y, line in groupby(grid, key=lambda seat: seat.y):
        if last_y is not None and y > last_y + 1:
            rows.append(Row(label=""))
        by_x = {seat.x: seat for seat in line}
        places = [by_x.get(x) for x in range(left, right + 1)]
        rows.append(Row(label=next(seat.row_label for seat in places if seat), places=places))
        last_y = y
    return _in_sections(rows)


def _in_sections(rows: list[Row]) -> list[Section]:
    names = [_("Front section"), _("Middle section"), _("Back section")]
    if len(rows) < SECTIONS * 2:
        return [Section(name=_("The hall"), rows=rows)]
    third = len(rows) / SECTIONS
    cuts = [round(third * part) for part in range(SECTIONS + 1)]
    return [Section(name=name, rows=rows[first:last]) for name, first, last in zip(names, cuts, cuts[1:], strict=False)]


def seat_name(seat: PlacedSeat, price: int) -> str:
    """What a screen reader says of the seat: row, number, kind unless ordinary, price."""
    parts = [_("Row %(row)s seat %(number)s") % {"row": seat.row_label, "number": seat.col_number}]
    if seat.kind != Seat.Kind.STANDARD:
        parts.append(str(seat.get_kind_display()))
    parts.append(as_text(price, whole=True))
    return _(", ").join(parts)


def status_words() -> dict[str, str]:
    """The statuses in words, for the map's legend and its voice."""
    return {name: str(word) for name, word in STATUS_NAMES.items()} | {"mine": _("Held for you")}


def bill_lines(states: SeatMap, chosen: Collection[int], types: Mapping[str, str]) -> list[BillLine]:
    """The bill for the chosen seats that are still free; an unknown price type counts as the full price here."""
    lines = []
    for seat, status in zip(states.grid, states.statuses, strict=True):
        if seat.pk in chosen and status == AVAILABLE:
            asked = types.get(str(seat.pk), PriceType.ADULT)
            kind = asked if asked in states.tariff.price_types else PriceType.ADULT
            lines.append(BillLine(seat, kind, states.tariff.price(seat, kind)))
    return lines


def types_by_seat(data: QueryDict, chosen: Collection[int]) -> dict[str, str]:
    """The price type chosen for each of these seats, where one was."""
    return {str(pk): kind for pk in chosen if (kind := data.get(f"type-{pk}", ""))}


def kind_wanted(data: QueryDict) -> set[str]:
    """The seat kind the best seats shall be of; nothing for any."""
    kind = data.get("kind", "")
    return {kind} if kind in Seat.Kind.values else set()


def numbers(texts: list[str]) -> list[int]:
    """The ids among what a form sent."""
    return [int(text) for text in texts[:200] if text.isascii() and text.isdigit() and len(text) < 19]


def best_wanted(data: QueryDict) -> int:
    """For how many people the best seats are wanted. Raises InvalidInput."""
    text, most = data.get("best", "").strip(), settings.MAX_SEATS_PER_ORDER
    if text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= most:
        return int(text)
    raise InvalidInput(_("Please ask for 1 to %(most)s seats.") % {"most": most}, field="best")
