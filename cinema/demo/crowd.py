"""The crowd: thousands of tickets that were sold before anyone looked.

Selling them one by one through the domain would take minutes, so their rows are written in bulk, the same rows in the
same order as a sale writes them, and the same entries in the journal. ``manage.py verify`` must find nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.conf import settings

from accounts.models import User
from cinema.clock import after, before, local
from cinema.days import day_of
from cinema.demo.timetable import DUNE, is_weekend
from ticketing.journal import Entry, Kind, post_all
from ticketing.models import (
    Claim,
    LedgerEntry,
    Order,
    OrderLine,
    Payment,
    PriceType,
    SandboxCharge,
    Seat,
    Showtime,
    Ticket,
)
from ticketing.prices.tariffs import Tariff, tariff_of
from ticketing.sale.attesting import Tender, sale_entry
from ticketing.sale.models import CODE_ALPHABET
from ticketing.venue.seating import SPECIAL_KINDS, blocks_of

PULL = {DUNE: 1.0, "metropolis": 0.55, "street-angel": 0.6, "night-of-the-living-dead": 0.5, "the-goddess": 0.5}
USUAL_PULL = 0.4
ROOM = {"imax": 0.5, "standard": 0.6, "vip": 0.75}
BY_LEAD = ((0, 1.0), (1, 0.6), (2, 0.34), (3, 0.2), (6, 0.1), (99, 0.05))
BY_HOUR = ((12, 0.25), (14, 0.4), (17, 0.55), (19, 0.7), (22, 1.0), (24, 0.6))
PARTIES = (1, 1, 2, 2, 2, 2, 3, 4)
ALMOST_FULL, SOLD_OUT = 0.96, 1.0
NO_SHOWS = 0.08
KINDS = LedgerEntry.Kind


@dataclass(frozen=True)
class Sale:
    """A party's seats, when they were booked and paid, and by whom (None: at the counter)."""

    showtime: Showtime
    seats: tuple[Seat, ...]
    price_types: tuple[str, ...]
    customer: User | None
    created_at: datetime
    paid_at: datetime


def fill_house(
    *, showings: Sequence[tuple[str, Showtime]], customers: Sequence[User], clerk: User, now: datetime, rnd: Random
) -> int:
    """Sell what a house like this would have sold by now; answers how many tickets."""
    seats: dict[int, list[Seat]] = {}
    sales: list[Sale] = []
    for slug, showtime in showings:
        hall = showtime.hall
        if hall.pk not in seats:
            seats[hall.pk] = list(hall.seats.for_sale().order_by("y", "x"))
        share = _share(slug, showtime, now, rnd)
        open_to_all = [seat for seat in seats[hall.pk] if share == SOLD_OUT or seat.kind not in SPECIAL_KINDS]
        parties = _seated(blocks_of(open_to_all), (hall.focal_x, hall.focal_y), share, rnd)
        sales += (_sale(showtime, party, customers, now, rnd) for party in parties)
    sales.sort(key=lambda sale: sale.created_at)
    return _write(sales, clerk=clerk, now=now, rnd=rnd)


def _share(slug: str, showtime: Showtime, now: datetime, rnd: Random) -> float:
    starts = local(showtime.starts_at)
    ahead = max(0, (starts.date() - day_of(now)).days)
    if ahead == 1 and 18 <= starts.hour < 21 and (slug == DUNE or showtime.hall.hall_type == "vip"):
        return {"imax": ALMOST_FULL, "vip": SOLD_OUT}.get(showtime.hall.hall_type, 0.7)
    lead = next(share for days, share in BY_LEAD if ahead <= days)
    hour = next(share for until, share in BY_HOUR if starts.hour < until)
    mood = rnd.uniform(0.6, 1.25) * (1.2 if is_weekend(starts.date()) else 1.0)
    share = PULL.get(slug, USUAL_PULL) * ROOM[showtime.hall.hall_type] * lead * hour * mood
    return min(0.94, share)


def _seated(
    blocks: Sequence[list[Seat]], focus: tuple[float, float], share: float, rnd: Random
) -> list[tuple[Seat, ...]]:
    """Parties of neighbours, the best places first but not slavishly so."""
    wanted = round(share * sum(len(block) for block in blocks))
    groups: list[tuple[float, tuple[Seat, ...]]] = []
    for block in blocks:
        place = 0
        while place < len(block):
            size = min(rnd.choice(PARTIES), len(block) - place)
            party = tuple(block[place : place + size])
            place += size
            middle = party[size // 2]
            away = ((middle.x - focus[0]) ** 2 + 2.5 * (middle.y - focus[1]) ** 2) ** 0.5
            groups.append((away + rnd.gauss(0, 2.2), party))
    parties: list[tuple[Seat, ...]] = []
    for _away, party in sorted(groups, key=lambda group: group[0]):
        if wanted < len(party):
            break
        parties.append(party)
        wanted -= len(party)
    return parties


def _sale(showtime: Showtime, seats: tuple[Seat, ...], customers: Sequence[User], now: datetime, rnd: Random) -> Sale:
    at_counter = rnd.random() < 0.22
    latest = before(min(now, showtime.starts_at), timedelta(minutes=12))
    early = timedelta(minutes=rnd.randint(0, 90)) if at_counter else timedelta(hours=rnd.expovariate(1 / 30))
    created_at = before(latest, min(early, timedelta(days=6)))
    child = len(seats) > 2 and rnd.random() < 0.5
    kinds = [PriceType.STUDENT if rnd.random() < 0.18 else PriceType.ADULT for _seat in seats]
    return Sale(
        showtime=showtime,
        seats=seats,
        price_types=tuple([*kinds[:-1], PriceType.CHILD] if child else kinds),
        customer=None if at_counter else rnd.choice(customers),
        created_at=created_at,
        paid_at=after(created_at, timedelta(seconds=rnd.randint(25, 420))),
    )


def _write(sales: Sequence[Sale], *, clerk: User, now: datetime, rnd: Random) -> int:
    rules: dict[int, Tariff] = {}
    orders: list[Order] = []
    lines: list[OrderLine] = []
    for sale in sales:
        if sale.showtime.price_card_id not in rules:
            rules[sale.showtime.price_card_id] = tariff_of(sale.showtime)
        tariff = replace(rules[sale.showtime.price_card_id], base=sale.showtime.price)
        kinds = [kind if kind in tariff.price_types else PriceType.ADULT for kind in sale.price_types]
        order = _order(sale, clerk)
        for seat, kind in zip(sale.seats, kinds, strict=True):
            price = tariff.price(seat, kind)
            lines.append(OrderLine(order=order, seat=seat, label=seat.label, price_type=kind, price=price))
            order.total_amount += price
            order.tendered_amount += price
        orders.append(order)
    Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(lines)
    payments = [_payment(order, rnd) for order in orders]
    Payment.objects.bulk_create(payments)
    SandboxCharge.objects.bulk_create(
        SandboxCharge(reference=payment.reference, amount=payment.amount, status=SandboxCharge.Status.CAPTURED)
        for payment in payments
        if payment.provider == "sandbox"
    )
    providers = {payment.order_id: payment.provider for payment in payments}
    tickets = [_ticket(line, providers[line.order_id], clerk, now, rnd) for line in lines]
    Ticket.objects.bulk_create(tickets)
    Claim.objects.bulk_create(
        Claim(showtime_id=ticket.showtime_id, seat_id=ticket.seat_id, order=ticket.order, status=Claim.Status.SOLD)
        for ticket in tickets
    )
    LedgerEntry.objects.bulk_create(_ledger(orders, tickets))
    post_all(_journal(orders, payments, tickets))
    return len(tickets)


def _order(sale: Sale, clerk: User) -> Order:
    at_counter = sale.customer is None
    return Order(
        customer=sale.customer,
        showtime=sale.showtime,
        status=Order.Status.PAID,
        channel=Order.Channel.COUNTER if at_counter else Order.Channel.WEB,
        sold_by=clerk if at_counter else None,
        total_amount=0,
        tendered_amount=0,
        created_at=sale.created_at,
        expires_at=after(sale.created_at, timedelta(minutes=settings.HOLD_MINUTES)),
        paid_at=sale.paid_at,
    )


def _payment(order: Order, rnd: Random) -> Payment:
    provider = rnd.choice(["cash", "card", "card"]) if order.customer_id is None else "sandbox"
    return Payment(
        order=order,
        provider=provider if order.total_amount else "free",
        reference=UUID(int=rnd.getrandbits(128), version=4),
        amount=order.total_amount,
        operator=order.sold_by,
        status=Payment.Status.CAPTURED,
        created_at=order.created_at,
        decided_at=order.paid_at,
        settled_at=order.paid_at,
    )


def _ticket(line: OrderLine, provider: str, clerk: User, now: datetime, rnd: Random) -> Ticket:
    order = line.order
    ticket = Ticket(
        code="".join(rnd.choices(CODE_ALPHABET, k=16)),
        order=order,
        line=line,
        showtime_id=order.showtime_id,
        seat_id=line.seat_id,
        price=line.price,
        price_type=line.price_type,
        channel=order.channel,
        provider=provider,
        issued_at=order.paid_at,
    )
    admitted_at = before(order.showtime.starts_at, timedelta(minutes=rnd.randint(-8, 14)))
    if admitted_at < now and rnd.random() > NO_SHOWS:
        ticket.status, ticket.admitted_at, ticket.admitted_by = Ticket.Status.USED, admitted_at, clerk
    return ticket


def _ledger(orders: Sequence[Order], tickets: Sequence[Ticket]) -> list[LedgerEntry]:
    of_order = _by_order(tickets)
    entries = []
    for order in orders:
        held = {"at": order.created_at, "kind": KINDS.HELD, "held_until": order.expires_at}
        sold = {"at": order.paid_at, "actor": order.sold_by}
        rows = [{**held, "seat_id": ticket.seat_id} for ticket in of_order[order.pk]]
        rows += [
            {**sold, "kind": KINDS.SOLD, "seat_id": ticket.seat_id, "ticket": ticket, "amount": ticket.price}
            for ticket in of_order[order.pk]
        ]
        entries += [LedgerEntry(order=order, showtime_id=order.showtime_id, **row) for row in rows]
    return entries


def _journal(orders: Sequence[Order], payments: Sequence[Payment], tickets: Sequence[Ticket]) -> Iterator[Entry]:
    of_order = _by_order(tickets)
    for order, payment in zip(orders, payments, strict=True):
        tender = _tender(payment)
        sale = {"order": order, "tickets": of_order[order.pk], "tenders": [tender], "by": order.sold_by}
        yield sale_entry(now=order.paid_at, **sale)
    for ticket in sorted(tickets, key=lambda one: one.admitted_at or one.issued_at):
        if ticket.admitted_at:
            who = {"order_id": ticket.order_id, "operator": ticket.admitted_by, "currency": ticket.currency}
            yield Entry(kind=Kind.ADMISSION, at=ticket.admitted_at, facts={"ticket": ticket.pk}, **who)


def _tender(payment: Payment) -> Tender:
    facts = {"reference": payment.reference, "provider": payment.provider, "begun_at": payment.created_at}
    return Tender(payment_id=payment.pk, amount=payment.amount, captured=True, **facts)


def _by_order(tickets: Sequence[Ticket]) -> dict[int, list[Ticket]]:
    of_order: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        of_order[ticket.order_id].append(ticket)
    return of_order
