"""Proving the books: replays the ledger and compares what it says with what the tables hold."""

from collections import defaultdict
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery, Sum

from ticketing.money.models import Payment, ProviderEvent, Refund, SandboxCharge
from ticketing.money.providers import IN_HOUSE
from ticketing.sale.models import Claim, LedgerEntry, Order, OrderLine, Ticket

Kind = LedgerEntry.Kind
SeatKey = tuple[int, int]
AGAINST = {Payment.Status.DECLINED, Payment.Status.EXPIRED, Payment.Status.VOIDED}
LATE = timedelta(minutes=15)  # in which whatever is told a provider, or owed to a customer, should be done


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything within as it stood at one moment, beside a house at work, without keeping anyone waiting."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")  # Django's own would be IMMEDIATE, and stop all sales meanwhile
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def find_faults(*, now: datetime) -> Iterator[str]:
    """Everything that doesn't add up, a sentence each; nothing when the books are in order."""
    owners = yield from _replay_seats()
    yield from _compare_claims(owners, now)
    yield from _compare_tickets()
    yield from _compare_currencies()
    yield from _compare_money()
    yield from _compare_bank()
    yield from _name_unfinished(now)


def _replay_seats() -> Generator[str, None, dict[SeatKey, tuple[int, datetime | None]]]:
    """Replays who had each seat; yields every moment at which a seat had two owners, returns the final owners."""
    owners: dict[SeatKey, tuple[int, datetime | None]] = {}
    entries = LedgerEntry.objects.filter(seat__isnull=False).order_by("id")
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


def _compare_claims(owners: dict[SeatKey, tuple[int, datetime | None]], now: datetime) -> Iterator[str]:
    claims = Claim.objects.values_list("showtime_id", "seat_id", "order_id", "held_until")
    found = {(row[0], row[1]): (row[2], row[3]) for row in claims.iterator(10_000)}
    for key in owners.keys() | found.keys():
        if owners.get(key) != found.get(key):
            yield f"Seat {key[1]} of showtime {key[0]}: ledger says {owners.get(key)}, claims say {found.get(key)}."
    idle = Claim.objects.held(now).exclude(order__status=Order.Status.PENDING)
    idle = idle.exclude(order__closed_at__gte=F("held_until"))  # closed after it had run out: free for anyone
    for showtime_id, seat_id, order_id in idle.values_list("showtime_id", "seat_id", "order_id"):
        yield f"Seat {seat_id} of showtime {showtime_id} is held by order {order_id}, which isn't waiting for payment."
    strange = ~Q(showtime=F("order__showtime")) | ~Q(seat__hall=F("showtime__hall"))
    for pk in Claim.objects.sold().filter(strange).values_list("pk", flat=True):
        yield f"Claim {pk} is for a showtime its order isn't for, or a seat of another hall."


def _compare_tickets() -> Iterator[str]:
    sold = set(Claim.objects.sold().values_list("showtime_id", "seat_id", "order_id"))
    standing = Ticket.objects.standing()
    ticketed = set(standing.values_list("showtime_id", "seat_id", "order_id"))
    for showtime_id, seat_id, order_id in sold ^ ticketed:
        what = "is sold without a ticket" if (showtime_id, seat_id, order_id) in sold else "has a ticket but isn't sold"
        yield f"Seat {seat_id} of showtime {showtime_id} {what} (order {order_id})."
    for ticket_id in standing.exclude(order__status=Order.Status.PAID).values_list("pk", flat=True):
        yield f"Ticket {ticket_id} stands although its order isn't paid."
    paid_by = Payment.objects.filter(order=OuterRef("order"), status__in=Payment.Status.standing()).values("provider")
    unlike = ~Q(price_type=F("line__price_type")) | ~Q(channel=F("order__channel")) | ~Q(provider=F("paid_by"))
    tickets = Ticket.objects.annotate(paid_by=Subquery(paid_by)).filter(unlike).order_by()
    for ticket_id in tickets.values_list("pk", flat=True):
        yield f"Ticket {ticket_id} says another price type, channel or way of paying than it was sold with."
    line_of = Q(line__order=F("order"), line__seat=F("seat"), line__price=F("price"), showtime=F("order__showtime"))
    for ticket_id in Ticket.objects.exclude(line_of).values_list("pk", flat=True):
        yield f"Ticket {ticket_id} isn't what its order's line says."
    admitted = Q(status=Ticket.Status.VALID, admitted_at=None) | Q(status=Ticket.Status.USED, admitted_at__isnull=False)
    for ticket_id in standing.exclude(admitted).values_list("pk", flat=True):
        yield f"Ticket {ticket_id} doesn't say rightly whether it admitted someone."


def _compare_money() -> Iterator[str]:
    ledger: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    sums = LedgerEntry.objects.values_list("order_id", "kind").annotate(sum=Sum("amount")).order_by()
    for order_id, kind, amount in sums.iterator(10_000):
        ledger[order_id][kind] = amount
    lines = dict(OrderLine.objects.values_list("order_id").annotate(sum=Sum("price")).order_by())
    taken = _sums(Payment.objects.standing(), "order_id")
    back = _sums(Refund.objects.all(), "payment__order_id")
    issued = _sums(Ticket.objects.all(), "order_id", "price")
    given_back = _sums(Ticket.objects.filter(status=Ticket.Status.REFUNDED), "order_id", "price")
    paid_out = _sums(Refund.objects.filter(status=Refund.Status.DONE), "payment__order_id")
    orders = Order.objects.values_list("pk", "status", "total_amount", "refunded_amount", "paid_back_amount")
    for order_id, status, total, refunded, paid_back in orders.iterator(10_000):
        paid = total if status in Order.Status.with_money() else 0
        book = ledger[order_id]
        wanted = {
            "its lines": (lines.get(order_id, 0), total),
            "its tickets": (issued.get(order_id, 0), paid),
            "its refunded tickets": (given_back.get(order_id, 0), refunded),
            "tickets sold in the ledger": (book[Kind.SOLD], paid),
            "payments in the ledger": (book[Kind.TAKEN], paid),
            "payments": (taken.get(order_id, 0), paid),
            "tickets returned in the ledger": (-book[Kind.RETURNED], refunded),
            "refunds in the ledger": (-book[Kind.PAID_BACK], refunded),
            "refunds": (back.get(order_id, 0), refunded),
            "refunds paid out": (paid_out.get(order_id, 0), paid_back),
        }
        for name, (found, right) in wanted.items():
            if found != right:
                yield f"Order {order_id} ({status}): {name} come to {found} instead of {right}."
        if status == Order.Status.REFUNDED and refunded != total:
            yield f"Order {order_id} is refunded, but only {refunded} of {total}."


def _compare_currencies() -> Iterator[str]:
    """Sums of two currencies can't be compared: what belongs to an order is in its currency."""
    parts: tuple[type[Model], ...] = (OrderLine, Ticket, Payment, LedgerEntry)
    for model in parts:
        for pk in model._default_manager.exclude(currency=F("order__currency")).values_list("pk", flat=True):
            yield f"{model.__name__} {pk} is in another currency than its order."
    for pk in Refund.objects.exclude(currency=F("payment__currency")).values_list("pk", flat=True):
        yield f"Refund {pk} is in another currency than its payment."


def _compare_bank() -> Iterator[str]:
    """Holds the sandbox bank's book against the payments; what is still to be told it is named elsewhere, if late."""
    payments = Payment.objects.filter(provider="sandbox").values_list("reference", "status", "settled_at", "amount")
    known = {reference: (status, settled_at is not None, amount) for reference, status, settled_at, amount in payments}
    done = Refund.objects.filter(payment__provider="sandbox", status=Refund.Status.DONE, handed_out_by=None)
    owed = Refund.objects.owed().filter(payment__provider="sandbox")
    back, under_way = _sums(done, "payment__reference"), _sums(owed, "payment__reference")
    for charge in SandboxCharge.objects.iterator(10_000):
        status, settled, amount = known.pop(charge.reference, (None, True, None))
        captured, standing = charge.status == SandboxCharge.Status.CAPTURED, status in Payment.Status.standing()
        if (captured and not standing) or (settled and standing and not captured):
            yield f"Charge {charge.reference} is {charge.status} at the bank and {status} here."
        if settled and status in AGAINST and charge.status == SandboxCharge.Status.AUTHORISED:
            yield f"Charge {charge.reference} is still reserved at the bank, but {status} here."
        paid = back.get(charge.reference, 0)
        if not paid <= charge.refunded_amount <= paid + under_way.get(charge.reference, 0):
            yield f"Charge {charge.reference}: the bank gave back {charge.refunded_amount} instead of {paid}."
        if captured and standing and charge.amount != amount:
            yield f"Charge {charge.reference}: the bank took {charge.amount} instead of {amount}."
    for reference, (status, settled, _amount) in known.items():
        if settled and status in Payment.Status.standing():
            yield f"Payment {reference} was taken, but the bank knows nothing of it."


def _name_unfinished(now: datetime) -> Iterator[str]:
    """What is half done for too long, or failed: money not captured, let go of or paid back, call-offs not finished."""
    late = now - LATE
    stuck = Payment.objects.unsettled().filter(Q(decided_at__lt=late) | Q(failed_at__isnull=False))
    for payment in stuck.order_by("pk"):
        why = f" ({payment.last_error})" if payment.last_error else ""
        yield f"Payment {payment.reference} is {payment.status} since {payment.decided_at}{why}."
    owed = Refund.objects.owed().exclude(payment__provider__in=IN_HOUSE)
    for refund in owed.filter(Q(created_at__lt=late) | Q(failed_at__isnull=False)).order_by("pk"):
        why = f" ({refund.last_error})" if refund.last_error else ""
        yield f"Refund {refund.reference} is {refund.status} since {refund.created_at}{why}."
    live = Order.objects.filter(status__in=[Order.Status.PENDING, Order.Status.PAID], showtime__status="cancelled")
    for order_id in live.exclude(showtime__call_off__created_at__gte=late).order_by("pk").values_list("pk", flat=True):
        yield f"Order {order_id} stands although its showtime was called off."
    for event in ProviderEvent.objects.filter(handled_at=None, received_at__lt=late).order_by("pk"):
        yield f"What {event.provider} said at {event.received_at} has not been acted on."


def _sums(rows: QuerySet, key: str, what: str = "amount") -> dict:
    return dict(rows.order_by().values_list(key).annotate(sum=Sum(what)))
