"""Who had each seat, replayed from the log of seats: no seat ever had two owners, and claims and tickets agree."""

from collections.abc import Collection, Generator, Iterator
from datetime import datetime

from django.db.models import F, Q, QuerySet

from ticketing.sale.models import Claim, LedgerEntry, Order, Ticket

Kind = LedgerEntry.Kind
SeatKey = tuple[int, int]
Owners = dict[SeatKey, tuple[int, datetime | None]]


def compare_seats(now: datetime, begin: datetime | None) -> Iterator[str]:
    """Replay the log and hold claims and tickets against it; with a beginning, of showtimes that sold since."""
    showtimes = None
    if begin is not None:
        recent = LedgerEntry.objects.filter(at__gte=begin).order_by().values_list("showtime_id", flat=True)
        showtimes = sorted(set(recent))
    owners = yield from _replay(showtimes)
    yield from _compare_claims(owners, now, showtimes)
    yield from _compare_tickets(showtimes)


def _of(rows: QuerySet, showtimes: Collection[int] | None) -> QuerySet:
    return rows if showtimes is None else rows.filter(showtime_id__in=showtimes)


def _replay(showtimes: Collection[int] | None) -> Generator[str, None, Owners]:
    """Yields every moment at which a seat had two owners; returns the final owners."""
    owners: Owners = {}
    entries = _of(LedgerEntry.objects.order_by("id"), showtimes)
    fields = ("showtime_id", "seat_id", "order_id", "kind", "at", "held_until")
    for showtime_id, seat_id, order_id, kind, at, held_until in entries.values_list(*fields).iterator(10_000):
        key = (showtime_id, seat_id)
        owner, until = owners.get(key, (None, None))
        foreign = owner is not None and owner != order_id and (until is None or until > at)
        if kind in {Kind.HELD, Kind.SOLD}:
            if foreign:
                yield f"Seat {seat_id} of showtime {showtime_id}: orders {owner} and {order_id} both had it at {at}."
            owners[key] = (order_id, held_until if kind == Kind.HELD else None)
        elif owner == order_id:
            del owners[key]
        elif kind == Kind.RETURNED:
            yield f"Seat {seat_id} of showtime {showtime_id}: order {order_id} returned what order {owner} has."
    return owners


def _compare_claims(owners: Owners, now: datetime, showtimes: Collection[int] | None) -> Iterator[str]:
    claims = _of(Claim.objects.all(), showtimes)
    rows = claims.values_list("showtime_id", "seat_id", "order_id", "held_until")
    found = {(row[0], row[1]): (row[2], row[3]) for row in rows.iterator(10_000)}
    for key in owners.keys() | found.keys():
        if owners.get(key) != found.get(key):
            yield f"Seat {key[1]} of showtime {key[0]}: ledger says {owners.get(key)}, claims say {found.get(key)}."
    idle = claims.filter(status=Claim.Status.HELD, held_until__gt=now).exclude(order__status=Order.Status.PENDING)
    idle = idle.exclude(order__closed_at__gte=F("held_until"))  # closed after it had run out: free for anyone
    for showtime_id, seat_id, order_id in idle.values_list("showtime_id", "seat_id", "order_id"):
        yield f"Seat {seat_id} of showtime {showtime_id} is held by order {order_id}, which isn't waiting for payment."
    strange = ~Q(showtime=F("order__showtime")) | ~Q(seat__hall=F("showtime__hall"))
    for pk in claims.filter(strange, status=Claim.Status.SOLD).values_list("pk", flat=True):
        yield f"Claim {pk} is for a showtime its order isn't for, or a seat of another hall."
    unlike = Q(status=Claim.Status.SOLD, held_until__isnull=False) | Q(status=Claim.Status.HELD, held_until=None)
    for pk in claims.filter(unlike).values_list("pk", flat=True):
        yield f"Claim {pk} says both that it is sold and until when it is held, or neither."


def _compare_tickets(showtimes: Collection[int] | None) -> Iterator[str]:
    columns = "showtime_id", "seat_id", "order_id"
    sold = set(_of(Claim.objects.filter(status=Claim.Status.SOLD), showtimes).values_list(*columns))
    ticketed = set(_of(Ticket.objects.standing(), showtimes).values_list(*columns))
    for showtime_id, seat_id, order_id in sold ^ ticketed:
        what = "is sold without a ticket" if (showtime_id, seat_id, order_id) in sold else "has a ticket but isn't sold"
        yield f"Seat {seat_id} of showtime {showtime_id} {what} (order {order_id})."
