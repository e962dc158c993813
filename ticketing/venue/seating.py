"""Which seats are good ones: the best available, and the rule against leaving single seats. The upper part is pure.

A *block* is a run of neighbouring seats in a row between aisles. A *single* is a free seat whose neighbours in its
block are all taken.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

from ticketing.venue.models import Hall, Seat

Block = list[Seat]
SPECIAL_KINDS = {Seat.Kind.WHEELCHAIR, Seat.Kind.COMPANION}
ROW_WEIGHT = 1.6  # a row forward or back costs as much as this many seats to the side


def blocks_of(seats: Iterable[Seat]) -> list[Block]:
    """The seats in runs of neighbours, front to back and left to right; an aisle or a new row begins a run."""
    blocks: list[Block] = []
    for seat in sorted(seats, key=lambda seat: (seat.y, seat.x)):
        last = blocks[-1][-1] if blocks else None
        if last is not None and last.y == seat.y and last.x + 1 == seat.x:
            blocks[-1].append(seat)
        else:
            blocks.append([seat])
    return blocks


def singles(blocks: Sequence[Block], free: Collection[int], *, at_aisle_too: bool) -> set[int]:
    """The ids of single seats; those at the end of a block count only with ``at_aisle_too``."""
    found = set()
    for block in blocks:
        for place, seat in enumerate(block):
            if seat.pk not in free:
                continue
            left = block[place - 1] if place else None
            right = block[place + 1] if place + 1 < len(block) else None
            alone = all(neighbour is None or neighbour.pk not in free for neighbour in (left, right))
            at_aisle = left is None or right is None
            if alone and (at_aisle_too or not at_aisle):
                found.add(seat.pk)
    return found


def new_singles(
    *, seats: Sequence[Seat], free: Collection[int], chosen: Collection[int], at_aisle_too: bool
) -> set[int]:
    """The ids of free seats that taking ``chosen`` would leave single and that were not single before.

    Wheelchair and companion places are walls here: nobody is told to fill them.
    """
    blocks = blocks_of(seat for seat in seats if seat.kind not in SPECIAL_KINDS)
    left = set(free) - set(chosen)
    return singles(blocks, left, at_aisle_too=at_aisle_too) - singles(blocks, free, at_aisle_too=at_aisle_too)


def leaves_orphan(*, seats: Sequence[Seat], free: Collection[int], chosen: Collection[int], at_aisle_too: bool) -> bool:
    """Whether taking ``chosen`` leaves a new single seat that could be avoided.

    It could be avoided if as many seats, in no more separate parties, can be had in the hall without a new single. So
    of every number of seats that is still free some choice is allowed: the last possible booking is never refused.
    """
    if not new_singles(seats=seats, free=free, chosen=chosen, at_aisle_too=at_aisle_too):
        return False
    blocks = blocks_of(seat for seat in seats if seat.kind not in SPECIAL_KINDS)

    def needed(count: int) -> int | None:
        return fewest_parties(blocks=blocks, free=free, count=count, at_aisle_too=at_aisle_too)

    return is_avoidable((seat for seat in seats if seat.pk in chosen), needed)


def is_avoidable(chosen: Iterable[Seat], needed: Callable[[int], int | None]) -> bool:
    parties = blocks_of(seat for seat in chosen if seat.kind not in SPECIAL_KINDS)
    fewest = needed(sum(len(party) for party in parties))
    return fewest is not None and fewest <= len(parties)


def fewest_parties(*, blocks: Sequence[Block], free: Collection[int], count: int, at_aisle_too: bool) -> int | None:
    """Into how few groups of neighbours ``count`` people can be split and leave no new single; None if they can't.

    From a run of L free seats every number but L - 1 can be taken from an end without leaving one seat over; L - 1 too
    where a single seat at the aisle doesn't count and the run reaches one.
    """
    fewest: list[int | None] = [0] + [None] * count
    for length, reaches_aisle in _free_runs(blocks, free):
        spoiling = length - 1 if at_aisle_too or not reaches_aisle else None
        before = list(fewest)
        for taken in range(1, min(length, count) + 1):
            if taken == spoiling:
                continue
            for seated in range(count - taken + 1):
                parties = before[seated]
                best = fewest[seated + taken]
                if parties is not None and (best is None or parties + 1 < best):
                    fewest[seated + taken] = parties + 1
    return fewest[count]


def _free_runs(blocks: Sequence[Block], free: Collection[int]) -> list[tuple[int, bool]]:
    runs: list[tuple[int, bool]] = []
    for block in blocks:
        length, start = 0, 0
        for place in range(len(block) + 1):
            if place < len(block) and block[place].pk in free:
                start = place if not length else start
                length += 1
            elif length:
                runs.append((length, start == 0 or place == len(block)))
                length = 0
    return runs


def focal_point(seats: Sequence[Seat], hall: Hall) -> tuple[float, float]:
    """Where the best seats lie: the hall's own focal point, else the middle and two thirds back."""
    xs = [seat.x for seat in seats] or [0]
    ys = [seat.y for seat in seats] or [0]
    x = hall.focal_x if hall.focal_x is not None else (min(xs) + max(xs)) / 2
    y = hall.focal_y if hall.focal_y is not None else min(ys) + (max(ys) - min(ys)) * 2 / 3
    return x, y


def best_adjacent(
    *,
    seats: Sequence[Seat],
    free: Collection[int],
    count: int,
    focus: tuple[float, float],
    acceptable: Callable[[Sequence[Seat]], bool] = lambda party: True,
) -> list[Seat] | None:
    """The ``count`` free neighbours nearest to the focus that are acceptable, or None. Ties go to the front left."""

    def distance(party: Sequence[Seat]) -> float:
        return sum((seat.x - focus[0]) ** 2 + (ROW_WEIGHT * (seat.y - focus[1])) ** 2 for seat in party)

    parties = [
        block[start : start + count]
        for block in blocks_of(seat for seat in seats if seat.pk in free)
        for start in range(len(block) - count + 1)
    ]
    return next((party for party in sorted(parties, key=distance) if acceptable(party)), None)
