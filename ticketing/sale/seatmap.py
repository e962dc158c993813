"""The seat map of a showtime: every seat of the hall, whose it is, and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ticketing.prices.tariffs import Tariff, tariff_of
from ticketing.programme.models import Showtime
from ticketing.sale.models import Claim
from ticketing.venue.models import Seat, seat_label

AVAILABLE, HELD, SOLD, BLOCKED = "available", "held", "sold", "blocked"
STATUS_NAMES = {AVAILABLE: _("Available"), HELD: _("Held"), SOLD: _("Sold"), BLOCKED: _("Not for sale")}

# By hand, since everybody who chooses a seat asks it: who has which seat, and the number of the last change, as they
# are at one and the same moment. What stands in the first columns changes a few times a year.
MAP = """
SELECT seat.id, seat.row_label, seat.col_number, seat.x, seat.y, seat.kind,
       CASE WHEN claim.status = 'sold' THEN 'sold' WHEN NOT seat.is_available THEN 'blocked'
            WHEN claim.held_until > %s THEN 'held' ELSE 'available' END,
       {is_mine}, showtime.seat_seq
FROM ticketing_showtime AS showtime
LEFT JOIN ticketing_seat AS seat ON seat.hall_id = showtime.hall_id AND seat.removed_at IS NULL
LEFT JOIN ticketing_claim AS claim ON claim.showtime_id = showtime.id AND claim.seat_id = seat.id
WHERE showtime.id = %s
ORDER BY seat.y, seat.x
"""
HELD_BY_VIEWER = """claim.status = 'held' AND seat.is_available AND claim.held_until > %s
       AND EXISTS (SELECT 1 FROM ticketing_order AS mine WHERE mine.id = claim.order_id AND mine.customer_id = %s)"""


class PlacedSeat(NamedTuple):
    """A seat of the grid as every showtime of the hall has it; a row of the database, without a model around it."""

    pk: int
    row_label: str
    col_number: int
    x: int
    y: int
    kind: str

    @property
    def label(self) -> str:
        """What stands on the ticket."""
        return seat_label(self.row_label, self.col_number)

    def get_kind_display(self) -> str:
        """The kind in words, as a model's row says it."""
        return str(Seat.Kind(self.kind).label)


class SeatState(NamedTuple):
    """A seat of the map as it is at one moment."""

    seat: PlacedSeat
    status: str
    price: int
    is_mine: bool


@dataclass(frozen=True)
class SeatMap:
    """All seats, front to back and left to right, with the number of the last change they show.

    ``statuses`` and ``are_mine`` go along with ``grid``: the same place in each is the same seat.
    """

    seq: int
    grid: tuple[PlacedSeat, ...]
    statuses: Sequence[str]
    are_mine: Sequence[bool]
    tariff: Tariff

    @cached_property
    def seats(self) -> list[SeatState]:
        """Each seat with what is known of it."""
        price = self.tariff.price
        states = zip(self.grid, self.statuses, self.are_mine, strict=True)
        return [SeatState(seat, status, price(seat), mine) for seat, status, mine in states]

    def count(self, status: str) -> int:
        """How many seats are in this status."""
        return self.statuses.count(status)


def seat_map(*, showtime: Showtime, now: datetime, viewer: User | None = None, tariff: Tariff | None = None) -> SeatMap:
    """The map of this showtime at ``now``; ``viewer`` finds the seats of their own unpaid orders marked.

    One query, and one for the tariff unless it is known, whatever the size of the hall. The number and the seats are
    read at the same moment: a change after it has a higher number and is told, never missed.
    """
    tariff = tariff or tariff_of(showtime)
    moment = connection.ops.adapt_datetimefield_value(now)
    mine, whose = ("false", []) if viewer is None else (HELD_BY_VIEWER, [moment, viewer.pk])
    with connection.cursor() as cursor:
        cursor.execute(MAP.format(is_mine=mine), [moment, *whose, showtime.pk])
        rows = cursor.fetchall()
    if not rows:
        raise Showtime.DoesNotExist
    seq = rows[0][8]
    rows = [row for row in rows if row[0] is not None]  # a hall without seats is one row with none
    return SeatMap(
        seq=seq,
        grid=tuple(PlacedSeat._make(row[:6]) for row in rows),
        statuses=[row[6] for row in rows],
        are_mine=[bool(row[7]) for row in rows],
        tariff=tariff,
    )


def seat_status(seat: Seat, claim: Claim | None, now: datetime) -> str:
    """Whether the seat is available, held, sold or blocked at ``now``, given its claim if it has one."""
    if claim is not None and claim.status == Claim.Status.SOLD:
        return SOLD
    if not seat.is_available:
        return BLOCKED
    if claim is not None and claim.is_live(now):
        return HELD
    return AVAILABLE
