"""The best seats that can be had now, and the rule against leaving single seats, held against a showtime."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import cache

from django.utils.translation import gettext_lazy as _

from cinema.errors import Conflict
from ticketing.programme.models import Showtime
from ticketing.sale.models import Claim
from ticketing.venue.models import Hall, Seat
from ticketing.venue.seating import (
    SPECIAL_KINDS,
    best_adjacent,
    blocks_of,
    fewest_parties,
    focal_point,
    is_avoidable,
    leaves_orphan,
    new_singles,
)


class OrphanSeat(Conflict):
    """The choice would leave a single empty seat although another choice would not."""

    code = "orphan_seat"
    message = _("Please do not leave a single empty seat.")


class NotEnoughSeats(Conflict):
    """There are not as many free seats side by side."""

    code = "not_enough_seats"
    message = _("There are not that many free seats side by side.")


def free_seats(*, showtime: Showtime, now: datetime) -> tuple[list[Seat], set[int]]:
    """All seats of the hall and the ids of those one may take now: for sale, and nobody's. Two queries."""
    seats = list(Seat.objects.present().filter(hall_id=showtime.hall_id))
    live = Claim.objects.filter(showtime=showtime).live(now)
    taken = set(live.values_list("seat_id", flat=True))
    return seats, {seat.pk for seat in seats if seat.is_available and seat.pk not in taken}


def best_available(
    *, showtime: Showtime, count: int, now: datetime, near: Sequence[Seat] = (), kinds: Collection[str] = ()
) -> list[Seat]:
    """The best ``count`` seats side by side, near given seats or else the hall's focal point.

    ``kinds`` limits the seat kinds; otherwise wheelchair and companion places are left to those who need them. A choice
    that leaves a single seat comes only when there is no other, and one the hall's rule refuses only when it would
    refuse them all. Raises NotEnoughSeats.
    """
    seats, free = free_seats(showtime=showtime, now=now)
    fitting = {seat.pk for seat in seats if (seat.kind in kinds if kinds else seat.kind not in SPECIAL_KINDS)}
    focus = focal_point(seats, showtime.hall)
    if near:
        focus = sum(seat.x for seat in near) / len(near), sum(seat.y for seat in near) / len(near)

    rule, rows = showtime.hall.orphan_rule, _rows_of(seats)
    strict = rule == Hall.OrphanRule.STRICT
    blocks = blocks_of(seat for seat in seats if seat.kind not in SPECIAL_KINDS)

    @cache  # thousands of parties may be looked at, and this is the same for all of one size
    def needed(size: int) -> int | None:
        return fewest_parties(blocks=blocks, free=free, count=size, at_aisle_too=strict)

    def leaves_none_alone(party: Sequence[Seat], at_aisle_too: bool = True) -> bool:
        row, taken = rows[party[0].y], {seat.pk for seat in party}
        return not new_singles(seats=row, free=free, chosen=taken, at_aisle_too=at_aisle_too)

    def keeps_the_rule(party: Sequence[Seat]) -> bool:
        return leaves_none_alone(party, strict) or not is_avoidable(party, needed)

    wishes = [leaves_none_alone, *([] if rule == Hall.OrphanRule.OFF else [keeps_the_rule]), lambda _party: True]
    for acceptable in wishes if count > 0 else []:
        party = best_adjacent(seats=seats, free=free & fitting, count=count, focus=focus, acceptable=acceptable)
        if party is not None:
            return party
    raise NotEnoughSeats


def refuse_orphans(*, showtime: Showtime, chosen: Sequence[Seat], now: datetime) -> None:
    """Hold the choice against the hall's rule. Raises OrphanSeat."""
    rule = showtime.hall.orphan_rule
    if rule == Hall.OrphanRule.OFF:
        return
    seats, free = free_seats(showtime=showtime, now=now)
    taken = {seat.pk for seat in chosen}
    if leaves_orphan(seats=seats, free=free, chosen=taken, at_aisle_too=rule == Hall.OrphanRule.STRICT):
        raise OrphanSeat


def _rows_of(seats: Iterable[Seat]) -> dict[int, list[Seat]]:
    rows: dict[int, list[Seat]] = {}
    for seat in seats:
        rows.setdefault(seat.y, []).append(seat)
    return rows
