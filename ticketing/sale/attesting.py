"""What the journal is told of sales and moves. ``ticketing.money.verify`` holds the tables against it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from ticketing.journal import Entry, Kind, TillShift, accounts, plain, post_all
from ticketing.sale.models import Order, Ticket
from ticketing.venue.models import Seat

SEVERAL = "several"  # how an order was paid that took more than one tender


@dataclass(frozen=True, kw_only=True)
class Tender:
    """A payment of an order, whole or in part: which one it is, by which provider, and whether the money is taken yet.

    ``received`` is what a customer handed over in cash, change included; ``is_posted`` is one whose money the journal
    knows already, since it came before the order's last.
    """

    payment_id: int
    reference: UUID
    provider: str
    amount: int
    begun_at: datetime
    captured: bool
    received: int | None = None
    card: int | None = None  # the gift card that pays
    is_posted: bool = False


def method_of(tenders: Sequence[Tender]) -> str:
    """The one way an order was paid, or that there were several."""
    return tenders[0].provider if len(tenders) == 1 else SEVERAL


def hash_of_code(code: str) -> str:
    """A ticket's code as the journal knows it: nobody gets in with it, and another code has another."""
    return hashlib.sha256(code.encode()).hexdigest()[:32]


def sale_entry(
    *,
    order: Order,
    tickets: Iterable[Ticket],
    tenders: Sequence[Tender],
    now: datetime,
    by: User | None = None,
    till: TillShift | None = None,
) -> Entry:
    """The entry of a sale: all that its order, lines and tickets hold, and its payment where there is but one.

    Several have an entry each, by which their money waits among the advances for the sale to take it from there.
    """
    tickets = list(tickets)
    if len(tenders) == 1:
        where, paid = _where(tenders[0], till), _facts(tenders[0])
    else:
        where, paid = accounts.ADVANCES, {"tenders": [[one.payment_id, one.provider, one.amount] for one in tenders]}
    return Entry(
        kind=Kind.SALE,
        at=now,
        currency=order.currency,
        amount=order.total_amount,
        postings={where: order.total_amount, accounts.TICKETS: -order.total_amount},
        order_id=order.pk,
        buyer_id=order.customer_id,
        provider=method_of(tenders),
        operator=by,
        till=till,
        tickets=len(tickets),
        facts={
            "showtime": order.showtime_id,
            "channel": str(order.channel),
            "sold_by": order.sold_by_id,
            "created_at": plain(order.created_at),
            "expires_at": plain(order.expires_at),
            **paid,
            "items": [_item(ticket) for ticket in tickets],
        },
    )


def tender_entry(
    *, order: Order, tender: Tender, now: datetime, by: User | None = None, till: TillShift | None = None
) -> Entry:
    """The entry of money that was paid towards an order, and is the house's only once the order is sold."""
    return Entry(
        kind=Kind.TENDER,
        at=now,
        currency=order.currency,
        amount=tender.amount,
        postings={_where(tender, till): tender.amount, accounts.ADVANCES: -tender.amount},
        order_id=order.pk,
        provider=tender.provider,
        operator=by,
        till=till,
        facts=_facts(tender),
    )


def post_sale(
    *,
    order: Order,
    tickets: Iterable[Ticket],
    tenders: Sequence[Tender],
    now: datetime,
    by: User | None = None,
    till: TillShift | None = None,
) -> None:
    """The order was sold for these payments."""
    new = [one for one in tenders if not one.is_posted] if len(tenders) > 1 else []
    parts = [tender_entry(order=order, tender=tender, now=now, by=by, till=till) for tender in new]
    post_all([*parts, sale_entry(order=order, tickets=tickets, tenders=tenders, now=now, by=by, till=till)])


def _where(tender: Tender, till: TillShift | None) -> str:
    return accounts.money_at(tender.provider, till=till.till if till else "", captured=tender.captured)


def _facts(tender: Tender) -> dict[str, Any]:
    return {
        "payment": tender.payment_id,
        "reference": plain(tender.reference),
        "begun_at": plain(tender.begun_at),
        "captured": tender.captured,
        "received": tender.received,
        **({"card": tender.card} if tender.card else {}),
    }


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
