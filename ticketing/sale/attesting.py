"""What the journal is told of sales and moves. ``ticketing.money.verify`` holds the tables against it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from ticketing.journal import Entry, Kind, TillShift, accounts, plain, post, post_all
from ticketing.sale.models import Order, Ticket
from ticketing.venue.models import Seat


@dataclass(frozen=True)
class Tender:
    """The payment that an order is sold for: which one it is, by which provider, and whether the money is taken yet.

    ``received`` is what a customer handed over in cash, change included.
    """

    payment_id: int
    reference: UUID
    provider: str
    begun_at: datetime
    captured: bool
    received: int | None = None


def hash_of_code(code: str) -> str:
    """A ticket's code as the journal knows it: nobody gets in with it, and another code has another."""
    return hashlib.sha256(code.encode()).hexdigest()[:32]


def sale_entry(
    *,
    order: Order,
    tickets: Iterable[Ticket],
    tender: Tender,
    now: datetime,
    by: User | None = None,
    till: TillShift | None = None,
) -> Entry:
    """The entry of a sale: all that its order, lines, tickets and payment hold."""
    tickets = list(tickets)
    where = accounts.money_at(tender.provider, till=till.till if till else "", captured=tender.captured)
    return Entry(
        kind=Kind.SALE,
        at=now,
        currency=order.currency,
        amount=order.total_amount,
        postings={where: order.total_amount, accounts.TICKETS: -order.total_amount},
        order_id=order.pk,
        buyer_id=order.customer_id,
        provider=tender.provider,
        operator=by,
        till=till,
        tickets=len(tickets),
        facts={
            "showtime": order.showtime_id,
            "channel": str(order.channel),
            "sold_by": order.sold_by_id,
            "created_at": plain(order.created_at),
            "expires_at": plain(order.expires_at),
            "payment": tender.payment_id,
            "reference": plain(tender.reference),
            "begun_at": plain(tender.begun_at),
            "captured": tender.captured,
            "received": tender.received,
            "items": [_item(ticket) for ticket in tickets],
        },
    )


def post_sale(
    *,
    order: Order,
    tickets: Iterable[Ticket],
    tender: Tender,
    now: datetime,
    by: User | None = None,
    till: TillShift | None = None,
) -> None:
    """The order was sold for this payment."""
    post(sale_entry(order=order, tickets=tickets, tender=tender, now=now, by=by, till=till))


def post_moves(*, moves: Iterable[tuple[Ticket, Seat]], now: datetime, by: User, reason: str) -> None:
    """Each of these tickets has another seat than the one named beside it; one entry an order."""
    by_order: dict[int, list[list]] = defaultdict(list)
    currencies: dict[int, str] = {}
    for ticket, old in moves:
        by_order[ticket.order_id].append([ticket.pk, old.pk, ticket.seat_id, ticket.line.label])
        currencies[ticket.order_id] = ticket.currency
    post_all(
        Entry(
            kind=Kind.MOVE,
            at=now,
            currency=currencies[order_id],
            order_id=order_id,
            operator=by,
            reason=reason,
            facts={"tickets": tickets},
        )
        for order_id, tickets in sorted(by_order.items())
    )


def _item(ticket: Ticket) -> list:
    line = ticket.line
    code = hash_of_code(ticket.code)
    return [line.pk, ticket.pk, ticket.seat_id, line.label, str(ticket.price_type), ticket.price, code]
