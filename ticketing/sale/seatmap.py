"""The seat map of a showtime: every seat of the hall, whose it is, and what it costs."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ticketing.prices.tariffs import Tariff, tariff_of
from ticketing.programme.models import Showtime
from ticketing.sale.models import Claim
from ticketing.venue.models import Seat

AVAILABLE, HELD, SOLD, BLOCKED = "available", "held", "sold", "blocked"
STATUS_NAMES = {AVAILABLE: _("Available"), HELD: _("Held"), SOLD: _("Sold"), BLOCKED: _("Not for sale")}


@dataclass(frozen=True)
class SeatState:
    """A seat of the map as it is at one moment."""

    seat: Seat
    status: str
    price: int
    is_mine: bool
    held_until: datetime | None


@dataclass(frozen=True)
class SeatMap:
    """All seats, front to back and left to right, with the number of the last change they show."""

    seq: int
    seats: list[SeatState]
    tariff: Tariff

    def count(self, status: str) -> int:
        """How many seats are in this status."""
        return sum(state.status == status for state in self.seats)


def seat_map(*, showtime: Showtime, now: datetime, viewer: User | None = None) -> SeatMap:
    """The map of this showtime at ``now``; ``viewer`` finds the seats of their own unpaid orders marked.

    Four queries at most, whatever the size of the hall. The number is read before the seats: a change that comes
    between is shown and told again, never missed.
    """
    seq = Showtime.objects.values_list("seat_seq", flat=True).get(pk=showtime.pk)
    tariff = tariff_of(showtime)
    seats = list(Seat.objects.present().filter(hall_id=showtime.hall_id))
    claims = {claim.seat_id: claim for claim in _claims(showtime.pk)}
    viewer_id = viewer.pk if viewer is not None else None
    states = []
    for seat in seats:
        claim = claims.get(seat.pk)
        status = seat_status(seat, claim, now)
        mine = status == HELD and claim is not None and claim.order.customer_id == viewer_id is not None
        until = claim.held_until if claim is not None and status == HELD else None
        states.append(SeatState(seat=seat, status=status, price=tariff.price(seat), is_mine=mine, held_until=until))
    return SeatMap(seq=seq, seats=states, tariff=tariff)


def seat_status(seat: Seat, claim: Claim | None, now: datetime) -> str:
    """Whether the seat is available, held, sold or blocked at ``now``, given its claim if it has one."""
    if claim is not None and claim.status == Claim.Status.SOLD:
        return SOLD
    if not seat.is_available:
        return BLOCKED
    if claim is not None and claim.is_live(now):
        return HELD
    return AVAILABLE


def _claims(showtime_id: int) -> list[Claim]:
    return list(
        Claim.objects.filter(showtime_id=showtime_id)
        .select_related("order")
        .only("seat_id", "status", "held_until", "order__customer_id")
    )
