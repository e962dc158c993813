"""A showtime's seats for pages that stay open: statuses, who holds what, and when the next hold runs out."""

from dataclasses import dataclass, field
from datetime import datetime

from ticketing.programme.models import Showtime
from ticketing.programme.showtimes import ShowtimeNotFound
from ticketing.sale.models import Claim, ClaimQuerySet
from ticketing.sale.seatmap import HELD, seat_status
from ticketing.venue.models import Seat


@dataclass
class Snapshot:
    """The seats at one moment. ``holders`` names the customer of each held seat."""

    seq: int
    statuses: dict[int, str]
    holders: dict[int, int | None] = field(default_factory=dict)
    next_release: datetime | None = None


def snapshot(*, showtime_id: int, now: datetime) -> Snapshot:
    """All seats of the showtime at ``now``, in three queries. Raises ShowtimeNotFound.

    The number is read before the seats: a change that comes between is shown and told again, never missed.
    """
    showtime = Showtime.objects.published().filter(pk=showtime_id).values("seat_seq", "hall_id").first()
    if showtime is None:
        raise ShowtimeNotFound
    claims = {claim.seat_id: claim for claim in _claims(showtime_id)}
    seats = Seat.objects.present().filter(hall_id=showtime["hall_id"])
    statuses = {seat.pk: seat_status(seat, claims.get(seat.pk), now) for seat in seats}
    held = {seat_id: claims[seat_id] for seat_id, status in statuses.items() if status == HELD}
    return Snapshot(
        seq=showtime["seat_seq"],
        statuses=statuses,
        holders={seat_id: claim.order.customer_id for seat_id, claim in held.items()},
        next_release=min((claim.held_until for claim in held.values()), default=None),
    )


def holders(*, showtime_id: int, seat_ids: list[int], now: datetime) -> tuple[dict[int, int | None], datetime | None]:
    """Who holds these seats at ``now``, and when the first of their holds runs out."""
    held = list(_claims(showtime_id).held(now).filter(seat__in=seat_ids))
    return {claim.seat_id: claim.order.customer_id for claim in held}, min(
        (claim.held_until for claim in held), default=None
    )


def _claims(showtime_id: int) -> ClaimQuerySet:
    return (
        Claim.objects.filter(showtime_id=showtime_id)
        .select_related("order")
        .only("seat_id", "status", "held_until", "order__customer_id")
    )
