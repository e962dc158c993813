"""Writing the log of seats. Rows are only ever added; triggers on both databases refuse to change or erase one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.models import User
from ticketing.sale.models import LedgerEntry, Order, OrderLine, Ticket
from ticketing.venue.models import Seat

Kind = LedgerEntry.Kind

# By hand, since every order pays for it; everything else is rarer.
HELD = """
INSERT INTO ticketing_ledgerentry (at, kind, order_id, showtime_id, seat_id, amount, currency, held_until, reason)
VALUES {rows}
"""


def record_held(*, order: Order, lines: Iterable[OrderLine], now: datetime) -> None:
    """The order took these seats until its hold ends."""
    moment = connection.ops.adapt_datetimefield_value
    at, until = moment(now), moment(order.expires_at)
    values: list[Any] = []
    for line in lines:
        values += [at, order.pk, order.showtime_id, line.seat_id, order.currency, until]
    row = "(%s, 'held', %s, %s, %s, 0, %s, %s, '')"
    with connection.cursor() as cursor:
        cursor.execute(HELD.format(rows=", ".join([row] * (len(values) // 6))), values)


def record_released(*, order: Order, seat_ids: Iterable[int], now: datetime, actor: User | None) -> None:
    """The order gave these held seats back."""
    _write(order, now, [{"kind": Kind.RELEASED, "seat_id": seat_id, "actor": actor} for seat_id in seat_ids])


def record_sold(*, order: Order, tickets: Iterable[Ticket], now: datetime, actor: User | None) -> None:
    """The tickets were sold."""
    rows = [
        {"kind": Kind.SOLD, "seat_id": ticket.seat_id, "ticket": ticket, "amount": ticket.price, "actor": actor}
        for ticket in tickets
    ]
    _write(order, now, rows)


def record_returned(*, order: Order, tickets: Iterable[Ticket], now: datetime, actor: User | None, reason: str) -> None:
    """The tickets were given back."""
    rows = [
        {
            "kind": Kind.RETURNED,
            "seat_id": ticket.seat_id,
            "ticket": ticket,
            "amount": -ticket.price,
            "actor": actor,
            "reason": reason,
        }
        for ticket in tickets
    ]
    _write(order, now, rows)


def record_moved(*, moves: Iterable[tuple[Ticket, Seat]], now: datetime, actor: User, reason: str) -> None:
    """Each ticket's old seat was freed and another one sold in its place, for no more money."""
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            order_id=ticket.order_id,
            showtime_id=ticket.showtime_id,
            currency=ticket.currency,
            at=now,
            kind=kind,
            seat_id=seat_id,
            ticket=ticket,
            actor=actor,
            reason=reason,
        )
        for ticket, old in moves
        for kind, seat_id in ((Kind.RELEASED, old.pk), (Kind.SOLD, ticket.seat_id))
    )


def _write(order: Order, now: datetime, rows: list[dict]) -> None:
    LedgerEntry.objects.bulk_create(
        LedgerEntry(order=order, showtime_id=order.showtime_id, currency=order.currency, at=now, **row) for row in rows
    )
