"""The seat map as a page draws it: sections, rows and places, each seat with its name and its prices."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from cinema.errors import InvalidInput
from cinema.money import as_text
from ticketing.prices.models import PriceType
from ticketing.prices.tariffs import Tariff
from ticketing.programme.models import Showtime
from ticketing.sale.seatmap import AVAILABLE, STATUS_NAMES, SeatMap, SeatState
from ticketing.venue.models import Seat

SECTIONS = 3
WIDE_HALL = 18  # columns; from here on seats are drawn smaller so that the hall fits


@dataclass
class Place:
    """One seat as drawn; a ``None`` beside it in the row is an aisle."""

    seat: Seat
    status: str
    name: str
    prices: str
    is_chosen: bool

    @property
    def is_free(self) -> bool:
        """Whether it can be chosen."""
        return self.status == AVAILABLE


@dataclass(frozen=True)
class BillLine:
    """A chosen seat on the bill, at the price type chosen for it."""

    seat: Seat
    price_type: str
    price: int


@dataclass
class Row:
    """The places of one line of the grid; without a label it is a gangway."""

    label: str
    places: list[Place | None] = field(default_factory=list)


@dataclass
class Section:
    """A part of the hall, as one would say it: front, middle, back."""

    name: str
    rows: list[Row]


def sections(states: SeatMap, *, chosen: Collection[int]) -> list[Section]:
    """The map in sections of rows, every row as wide as the hall, gangways kept."""
    if not states.seats:
        return []
    left = min(state.seat.x for state in states.seats)
    right = max(state.seat.x for state in states.seats)
    rows: list[Row] = []
    last_y = None
    for y, line in groupby(states.seats, key=lambda state: state.seat.y):
        if last_y is not None and y > last_y + 1:
            rows.append(Row(label=""))
        by_x = {state.seat.x: state for state in line}
        places = [_place(by_x[x], states.tariff, chosen) if x in by_x else None for x in range(left, right + 1)]
        rows.append(Row(label=next(place.seat.row_label for place in places if place), places=places))
        last_y = y
    return _in_sections(rows)


def _in_sections(rows: list[Row]) -> list[Section]:
    names = [_("Front section"), _("Middle section"), _("Back section")]
    if len(rows) < SECTIONS * 2:
        return [Section(name=_("The hall"), rows=rows)]
    third = len(rows) / SECTIONS
    cuts = [round(third * part) for part in range(SECTIONS + 1)]
    return [Section(name=name, rows=rows[first:last]) for name, first, last in zip(names, cuts, cuts[1:], strict=False)]


def _place(state: SeatState, tariff: Tariff, chosen: Collection[int]) -> Place:
    seat = state.seat
    status = "mine" if state.is_mine else state.status
    prices = {kind: tariff.price(seat, kind) for kind in tariff.price_types}
    return Place(
        seat=seat,
        status=status,
        name=seat_name(seat, state),
        prices=json.dumps(prices, separators=(",", ":")),
        is_chosen=status == AVAILABLE and seat.pk in chosen,
    )


def seat_name(seat: Seat, state: SeatState) -> str:
    """What a screen reader says of the seat: row, number, kind unless ordinary, price."""
    parts = [_("Row %(row)s seat %(number)s") % {"row": seat.row_label, "number": seat.col_number}]
    if seat.kind != Seat.Kind.STANDARD:
        parts.append(str(seat.get_kind_display()))
    parts.append(as_text(state.price, whole=True))
    return _(", ").join(parts)


def status_words() -> dict[str, str]:
    """The statuses in words, for the map's legend and its voice."""
    return {name: str(word) for name, word in STATUS_NAMES.items()} | {"mine": _("Held for you")}


def drawn(showtime: Showtime, states: SeatMap, *, chosen: Collection[int]) -> dict:
    """What the page of a seat map shows, the customers' and the counter's alike."""
    present = {state.seat.kind for state in states.seats}
    return {
        "showtime": showtime,
        "movie": showtime.movie,
        "sections": sections(states, chosen=chosen),
        "seat_map": states,
        "is_wide": len({state.seat.x for state in states.seats}) > WIDE_HALL,
        "kinds": [
            {"kind": kind, "name": Seat.Kind(kind).label, "price": states.tariff.price(Seat(kind=kind))}
            for kind in Seat.Kind.values
            if kind in present
        ],
        "free_count": states.count(AVAILABLE),
        "words": status_words(),
        "most": settings.MAX_SEATS_PER_ORDER,
    }


def bill_lines(states: SeatMap, chosen: Collection[int], types: Mapping[str, str]) -> list[BillLine]:
    """The bill for the chosen seats that are still free; an unknown price type counts as the full price here."""
    lines = []
    for state in states.seats:
        if state.seat.pk in chosen and state.status == AVAILABLE:
            asked = types.get(str(state.seat.pk), PriceType.ADULT)
            kind = asked if asked in states.tariff.price_types else PriceType.ADULT
            lines.append(BillLine(state.seat, kind, states.tariff.price(state.seat, kind)))
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
