"""The best seats that can be had now, and the rule against leaving single seats, held against a showtime."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
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
    *,
    showtime: Showtime,
    count: int,
    now: datetime,
    near: Sequence[Seat] = (),
    kinds: Collection[str] = (),
    without: Collection[int] = (),
) -> list[Seat]:
    """The best ``count`` seats side by side, near given seats or else the hall's focal point.

    ``kinds`` limits the seat kinds; otherwise wheelchair and companion places are left to those who need them; seats
    whose ids are in ``without`` are passed over. A choice that leaves a single seat comes only when there is no other,
    and one the hall's rule refuses only when it would refuse them all. Raises NotEnoughSeats.
    """
    seats, free = free_seats(showtime=showtime, now=now)
    fitting = {seat.pk for seat in seats if (seat.kind in kinds if kinds else seat.kind not in SPECIAL_KINDS)}
    fitting -= set(without)
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


def best_together(
    *,
    showtime: Showtime,
    count: int,
    now: datetime,
    near: Sequence[Seat] = (),
    kinds: Collection[str] = (),
    without: Collection[int] = (),
) -> list[list[Seat]]:
    """The best ``count`` seats side by side, or where there are none two parties close to each other.

    Parties are as equal as can be, so that nobody sits alone who needn't. Raises NotEnoughSeats.
    """

    def find(size: int, near: Sequence[Seat], without: Collection[int]) -> list[Seat]:
        return best_available(showtime=showtime, count=size, now=now, near=near, kinds=kinds, without=without)

    for larger in [count, *range((count + 1) // 2, count)]:
        try:
            first = find(larger, near, without)
            if larger == count:
                return [first]
            return [first, find(count - larger, first, {*without, *(seat.pk for seat in first)})]
        except NotEnoughSeats:
            continue
    raise NotEnoughSeats


@dataclass(frozen=True)
class Advice:
    """Seats a choice would leave single against the hall's rule, and seats to choose instead."""

    singles: list[Seat]
    instead: list[Seat]


def advise(*, showtime: Showtime, seat_ids: Collection[int], now: datetime) -> Advice:
    """What the hall's rule says of a choice that is still being made; nothing where it allows it."""
    rule = showtime.hall.orphan_rule
    seats, free = free_seats(showtime=showtime, now=now)
    chosen = [seat for seat in seats if seat.pk in free and seat.pk in seat_ids]
    left = _singles_against_the_rule(rule, seats, free, {seat.pk for seat in chosen})
    if not left:
        return Advice(singles=[], instead=[])
    try:
        kinds = {seat.kind for seat in chosen}
        parties = best_together(showtime=showtime, count=len(chosen), now=now, near=chosen, kinds=kinds)
    except NotEnoughSeats:
        parties = []
    instead = [seat for party in parties for seat in party]
    if _singles_against_the_rule(rule, seats, free, {seat.pk for seat in instead}):
        instead = []
    return Advice(singles=left, instead=instead)


def _singles_against_the_rule(
    rule: str, seats: Sequence[Seat], free: Collection[int], chosen: Collection[int]
) -> list[Seat]:
    strict = rule == Hall.OrphanRule.STRICT
    if rule == Hall.OrphanRule.OFF or not leaves_orphan(seats=seats, free=free, chosen=chosen, at_aisle_too=strict):
        return []
    found = new_singles(seats=seats, free=free, chosen=chosen, at_aisle_too=strict)
    return [seat for seat in seats if seat.pk in found]


def refuse_orphans(*, showtime: Showtime, chosen: Sequence[Seat], now: datetime) -> None:
    """Hold the choice against the hall's rule. Raises OrphanSeat."""
    rule = showtime.hall.orphan_rule
    if rule == Hall.OrphanRule.OFF:
        return
    seats, free = free_seats(showtime=showtime, now=now)
    if left := _singles_against_the_rule(rule, seats, free, {seat.pk for seat in chosen}):
        raise OrphanSeat(labels=[seat.label for seat in left])


def _rows_of(seats: Iterable[Seat]) -> dict[int, list[Seat]]:
    rows: dict[int, list[Seat]] = {}
    for seat in seats:
        rows.setdefault(seat.y, []).append(seat)
    return rows
