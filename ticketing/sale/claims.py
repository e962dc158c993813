"""The one place where a seat changes hands.

A seat of a showtime has one ``Claim`` row or none, kept so by a unique constraint. Seats are taken for a whole order
in one statement over the sorted seats: insert, and where a row is already there take it over only if its hold has run
out (or it is the order's own); the rows returned are the seats won. Two buyers lock the rows in the same order, so
they cannot deadlock, and a hold needs no job to end it. PostgreSQL and SQLite both run the same statement.

Everybody locks in one sequence, so that nobody waits in a circle: hall, film, order, customer, claims by seat, and the
showtime last. (Who changes what may be sold locks halls, films, then showtimes, and touches no claim afterwards.) The
locks are "no key" ones: rows that merely point at the locked one, such as a ledger entry at its showtime, don't wait.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from cinema.errors import Conflict
from cinema.realtime import publish_on_commit, showtime_topic
from ticketing.programme.models import Showtime
from ticketing.programme.showtimes import ShowtimeChanged
from ticketing.sale.models import Claim, Order
from ticketing.venue.models import Seat
from ticketing.venue.seat_names import seats_named

TAKE = """
INSERT INTO ticketing_claim (showtime_id, seat_id, order_id, status, held_until) VALUES {rows}
ON CONFLICT (showtime_id, seat_id) DO UPDATE
SET order_id = excluded.order_id, status = excluded.status, held_until = excluded.held_until
WHERE ticketing_claim.order_id = excluded.order_id
   OR (ticketing_claim.status = 'held' AND ticketing_claim.held_until <= %s)
RETURNING seat_id
"""

ANNOUNCE = "UPDATE ticketing_showtime SET seat_seq = seat_seq + 1 WHERE id = %s {only_if} RETURNING seat_seq"
ONLY_IF_UNCHANGED = "AND status = 'published' AND sales_version = %s"
_turn = threading.Lock()


class SeatsTaken(Conflict):
    """At least one of the seats is someone else's; ``details['labels']`` names them where known."""

    code = "seats_taken"
    message = _("These seats are no longer available.")


@contextmanager
def transaction_in_turn() -> Iterator[None]:
    """A transaction for which the threads of this process queue on SQLite.

    SQLite lets one writer in at a time and has the others ask again and again, ever more slowly; in a rush a queue of
    our own is several times faster. PostgreSQL needs none.
    """
    queue = connection.vendor == "sqlite" and not connection.in_atomic_block
    with _turn if queue else nullcontext(), transaction.atomic():
        yield


def take_seats(*, order: Order, seat_ids: Sequence[int], now: datetime, held_until: datetime | None) -> None:
    """Give all these seats to the order, held until a moment or (None) sold; all of them or, by raising, none.

    Must run inside a transaction that rolls back on the error. Raises SeatsTaken.
    """
    wanted = sorted(set(seat_ids))
    status = Claim.Status.SOLD if held_until is None else Claim.Status.HELD
    moment = connection.ops.adapt_datetimefield_value
    until = None if held_until is None else moment(held_until)
    values: list[Any] = []
    for seat_id in wanted:
        values += [order.showtime_id, seat_id, order.pk, status.value, until]
    statement = TAKE.format(rows=", ".join(["(%s, %s, %s, %s, %s)"] * len(wanted)))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, moment(now)])
        won = {seat_id for (seat_id,) in cursor.fetchall()}
    if len(won) != len(wanted):
        raise SeatsTaken(seat_ids=[seat_id for seat_id in wanted if seat_id not in won])


def release_seats(*, order: Order, seat_ids: Sequence[int] | None = None) -> list[int]:
    """Free the order's seats (all, or those named) that are still its own; answers which were freed.

    The rows are locked in seat order first, as ``take_seats`` does, so that the two cannot deadlock.
    """
    claims = Claim.objects.filter(order=order)
    if seat_ids is not None:
        claims = claims.filter(seat__in=seat_ids)
    locked = list(claims.select_for_update(no_key=True).order_by("seat_id").values_list("pk", "seat_id"))
    Claim.objects.filter(pk__in=[pk for pk, _seat_id in locked]).delete()
    return [seat_id for _pk, seat_id in locked]


def announce_seats(*, showtime_id: int, seat_ids: Sequence[int], status: str, sales_version: int | None = None) -> None:
    """Number this change of the seat map and tell everyone who watches it, once it is committed.

    With a ``sales_version`` the showtime must still be published and of that version. Its row is locked here, after
    the seats' and as the last thing a transaction does, so that changes are committed in the order of their numbers.
    Raises ShowtimeChanged.
    """
    seq = _number_of_change(showtime_id, sales_version)
    change = [{"seat_id": seat_id, "status": status} for seat_id in sorted(seat_ids)]
    publish_on_commit(showtime_topic(showtime_id), {"seq": seq, "seats": change})


def announce_freed(*, showtime_id: int, seat_ids: Sequence[int]) -> None:
    """Tell that these seats are nobody's any more: free to be had, but for those that are off sale or gone."""
    seq = _number_of_change(showtime_id)
    # Asked once the showtime is locked, so that who takes a seat off sale has done so before or tells of it after.
    for_sale = Seat.objects.present().filter(pk__in=seat_ids).order_by("pk").values_list("pk", "is_available")
    change = [{"seat_id": pk, "status": "available" if is_free else "blocked"} for pk, is_free in for_sale]
    publish_on_commit(showtime_topic(showtime_id), {"seq": seq, "seats": change})


def _number_of_change(showtime_id: int, sales_version: int | None = None) -> int:
    conditions = [] if sales_version is None else [sales_version]
    statement = ANNOUNCE.format(only_if=ONLY_IF_UNCHANGED if conditions else "")
    with connection.cursor() as cursor:
        cursor.execute(statement, [showtime_id, *conditions])
        numbered = cursor.fetchone()
    if numbered is None:
        raise ShowtimeChanged
    (seq,) = numbered
    return seq


def seats_on_sale(showtime: Showtime, references: Sequence[int | str]) -> list[Seat]:
    """The seats of the showtime's hall that these ids (``17``, ``"17"``) or labels (``"A1"``) name, in grid order.

    Raises SeatsTaken if one doesn't exist in this hall or isn't for sale.
    """
    named = Seat.objects.present().filter(seats_named(references), hall_id=showtime.hall_id, is_available=True)
    return seats_in_order(named, references)


def seats_in_order(named: Iterable[Seat], references: Sequence[int | str]) -> list[Seat]:
    """Those of these seats that the references name, in grid order. Raises SeatsTaken if one is missing."""
    asked = [str(reference).strip().upper() for reference in references]
    by_reference: dict[str, Seat] = {}
    for seat in named:
        by_reference[str(seat.pk)] = by_reference[seat.label.upper()] = seat
    if missing := [reference for reference in asked if reference not in by_reference]:
        raise SeatsTaken(labels=missing)
    return sorted({by_reference[reference] for reference in asked}, key=lambda seat: (seat.y, seat.x))
