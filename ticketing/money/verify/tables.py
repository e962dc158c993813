"""Every row of money, tickets and admissions against what the journal says of it, some thousand orders at a time."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import F, Min, Model

from ticketing.journal import JournalEntry, plain
from ticketing.money.models import Payment
from ticketing.money.refund_models import Refund
from ticketing.money.verify.expected import Expected, Row, expect, logged
from ticketing.sale.attesting import hash_of_code
from ticketing.sale.models import LedgerEntry, Order, OrderLine, Ticket

ORDERS_AT_ONCE = 2_000
Within = Callable[[str], dict[str, Any]]  # the lookups for a share of the orders, by the name of their column

ORDER = [
    "showtime_id", "status", "channel", "total_amount", "tendered_amount", "refunded_amount", "paid_back_amount",
    "refund_fee_amount", "currency", "sold_by_id", "created_at", "expires_at", "paid_at", "closed_at",
]  # fmt: skip
LINE = ["order_id", "seat_id", "label", "price_type", "price", "currency"]
TICKET = [
    "code", "order_id", "line_id", "showtime_id", "seat_id", "price", "currency", "price_type", "channel", "provider",
    "status", "issued_at", "admitted_at", "admitted_by_id", "refunded_at",
]  # fmt: skip
PAYMENT = [
    "order_id", "provider", "reference", "amount", "currency", "status", "created_at", "decided_at", "settled_at",
    "operator_id", "shift_id", "received_amount", "disputed_at", "gift_card_id",
]  # fmt: skip
REFUND = [
    "payment_id", "method", "shift_id", "reference", "amount", "currency", "reason", "operator_id", "created_at",
    "handed_out_by_id", "done_at", "fee_amount", "asked_at", "asked_tickets", "decided_by_id", "decision",
]  # fmt: skip
LOG = ["showtime_id", "kind", "currency", "at", "seat_id", "ticket_id", "amount", "held_until", "actor_id", "reason"]
TABLES = [
    (Order.objects.all(), "pk"),
    *((model._default_manager.all(), "order_id") for model in (JournalEntry, Ticket, Payment, LedgerEntry, OrderLine)),
]
# Attempts at which no money came in are none of the journal's business.
WITH_MONEY = [
    Payment.Status.AUTHORISED, Payment.Status.CAPTURED, Payment.Status.RETURNING, Payment.Status.RETURNED,
]  # fmt: skip
DECIDED = [status for status in Refund.Status if status not in Refund.Status.undecided()]


def compare_tables(begin: datetime | None) -> Iterator[str]:
    """Everything that the journal attests, or only what has to do with orders that something happened to since."""
    shares = _all_orders() if begin is None else _orders_since(begin)
    for within in shares:
        yield from _compare(within)


def _all_orders() -> Iterator[Within]:
    """By ranges of numbers, so that orders are looked for that are gone; where no table has any, none is."""
    at = 0
    while True:
        firsts = [
            rows.filter(**{f"{column}__gte": at}).aggregate(first=Min(column))["first"] for rows, column in TABLES
        ]
        known = [first for first in firsts if first is not None]
        if not known:
            return
        at = min(known) + ORDERS_AT_ONCE
        yield partial(_between, min(known), at)


def _between(first: int, end: int, column: str) -> dict[str, Any]:
    return {f"{column}__gte": first, f"{column}__lt": end}


def _among(share: list[int], column: str) -> dict[str, Any]:
    return {f"{column}__in": share}


def _orders_since(begin: datetime) -> Iterator[Within]:
    found = [
        JournalEntry.objects.filter(at__gte=begin).values_list("order_id"),
        JournalEntry.objects.filter(recorded_at__gte=begin).values_list("order_id"),
        Ticket.objects.filter(issued_at__gte=begin).values_list("order_id"),
        Ticket.objects.filter(admitted_at__gte=begin).values_list("order_id"),
        Ticket.objects.filter(refunded_at__gte=begin).values_list("order_id"),
        Payment.objects.filter(created_at__gte=begin).values_list("order_id"),
        Refund.objects.filter(created_at__gte=begin).values_list("payment__order_id"),
        Order.objects.filter(created_at__gte=begin).values_list("pk"),
        Order.objects.filter(paid_at__gte=begin).values_list("pk"),
        LedgerEntry.objects.filter(at__gte=begin).values_list("order_id"),
    ]
    ids = sorted({pk for rows in found for (pk,) in rows.order_by() if pk is not None})
    for first in range(0, len(ids), ORDERS_AT_ONCE):
        yield partial(_among, ids[first : first + ORDERS_AT_ONCE])


def _compare(within: Within) -> Iterator[str]:
    books = _expected(within)
    orders = _rows(Order, within("pk"), ORDER, buyer=F("customer__pseudonym"))
    lines = _rows(OrderLine, within("order_id"), LINE)
    log = _log(within)
    tickets = _rows(Ticket, within("order_id"), TICKET)
    payments = _rows(Payment, {**within("order_id"), "status__in": WITH_MONEY}, PAYMENT)
    # What was only asked for, or rejected, gave nothing back.
    decided = {**within("payment__order_id"), "status__in": DECIDED}
    refunds = _rows(Refund, decided, REFUND, state=F("status"))
    for row in tickets.values():
        row["code"] = hash_of_code(row["code"])
    for row in refunds.values():
        row["done"] = row.pop("state") == Refund.Status.DONE
    for book in books.values():
        yield from book.faults
    sold = {pk: book.order for pk, book in books.items() if book.order is not None}
    paid = {pk: row for pk, row in orders.items() if pk in sold or row["paid_at"] or row["refunded_amount"]}
    yield from _differences("Order", sold, paid)
    money = {pk for pk in lines if lines[pk]["order_id"] in sold}
    wanted = [_joined(books, name) for name in ("lines", "tickets", "payments", "refunds")]
    yield from _differences("Order line", wanted[0], {pk: lines[pk] for pk in lines if pk in money or pk in wanted[0]})
    yield from _differences("Ticket", wanted[1], tickets)
    yield from _differences("Payment", wanted[2], _with_known(payments, wanted[2]))
    yield from _differences("Refund", wanted[3], refunds)
    yield from _compare_log(books, sold, orders, lines, log)
    tendered = {pk: book.tendered for pk, book in books.items()}
    yield from _compare_unsold({pk: row for pk, row in orders.items() if pk not in sold}, lines, tendered)


def _expected(within: Within) -> dict[int, Expected]:
    by_order: dict[int, list[Row]] = defaultdict(list)
    columns = [
        "id", "kind", "at", "order_id", "buyer", "provider", "operator_id", "shift_id", "reason", "amount", "currency",
    ]  # fmt: skip
    entries = JournalEntry.objects.filter(**within("order_id")).order_by("pk").values(*columns, "postings", "facts")
    for entry in entries.iterator(5_000):
        by_order[entry["order_id"]].append({name: plain(value) for name, value in entry.items()})
    return {order_id: expect(entries) for order_id, entries in by_order.items()}


def _rows(model: type[Model], lookups: Mapping[str, Any], columns: list[str], **also: Any) -> dict[int, Row]:
    rows = model._default_manager.filter(**lookups).order_by("pk").values("pk", *columns, **also)
    return {row.pop("pk"): {name: plain(value) for name, value in row.items()} for row in rows.iterator(5_000)}


def _with_known(payments: dict[int, Row], wanted: Mapping[int, Row]) -> dict[int, Row]:
    """With those in them that say now that no money came in, or that hang on another order."""
    missing = [pk for pk in wanted if pk not in payments]
    return payments | _rows(Payment, {"pk__in": missing}, PAYMENT) if missing else payments


def _joined(books: Mapping[int, Expected], name: str) -> dict[int, Row]:
    return {pk: row for book in books.values() for pk, row in getattr(book, name).items()}


def _differences(what: str, wanted: Mapping[int, Row], found: Mapping[int, Row]) -> Iterator[str]:
    for pk in sorted(wanted.keys() | found.keys()):
        if pk not in found:
            yield f"{what} {pk} is gone, or hangs on something else; the journal knows it."
        elif pk not in wanted:
            yield f"{what} {pk} is not in the journal."
        else:
            for name, right in wanted[pk].items():
                if found[pk][name] != right:
                    yield f"{what} {pk}: {name} is {found[pk][name]}, the journal says {right}."


def _log(within: Within) -> dict[int, list[tuple[int, Row]]]:
    by_order: dict[int, list[tuple[int, Row]]] = defaultdict(list)
    rows = LedgerEntry.objects.filter(**within("order_id")).order_by("pk").values("pk", "order_id", *LOG)
    for row in rows.iterator(5_000):
        by_order[row["order_id"]].append((row["pk"], {name: plain(row[name]) for name in LOG}))
    return by_order


def _compare_log(
    books: Mapping[int, Expected],
    sold: Mapping[int, Row],
    orders: Mapping[int, Row],
    lines: Mapping[int, Row],
    log: Mapping[int, list[tuple[int, Row]]],
) -> Iterator[str]:
    """The log of seats: of what was sold every row, of all else the holds."""
    seats_of: dict[int, list[int]] = defaultdict(list)
    for line in lines.values():
        seats_of[line["order_id"]].append(line["seat_id"])
    for order_id in sorted(orders.keys() | sold.keys() | log.keys()):
        rows, showtime = log.get(order_id, []), (sold.get(order_id) or orders.get(order_id, {})).get("showtime_id")
        if order_id in sold:
            wanted = Counter(books[order_id].log)
        else:
            order = {"at": None, "currency": "", **orders.get(order_id, {})}
            held = {"at": order.get("created_at"), "currency": order["currency"]}
            until = order.get("expires_at")
            seats = seats_of[order_id]
            wanted = Counter(logged(LedgerEntry.Kind.HELD, held, seat=seat, held_until=until) for seat in seats)
            rows = [(pk, row) for pk, row in rows if row["kind"] != LedgerEntry.Kind.RELEASED]
        for pk, row in rows:
            counted = tuple(row[name] for name in LOG[1:])
            if row["showtime_id"] != showtime or not wanted[counted]:
                yield f"Ledger entry {pk} of order {order_id} ({row['kind']}) isn't what happened."
            else:
                wanted[counted] -= 1
        for counted in +wanted:
            yield f"Order {order_id}: the ledger's entry of seat {counted[3]} ({counted[0]}) is gone."


def _compare_unsold(orders: Mapping[int, Row], lines: Mapping[int, Row], tendered: Mapping[int, int]) -> Iterator[str]:
    """Orders that aren't sold: their sum is that of their lines, what was paid towards them what the journal says."""
    sums: Counter[int] = Counter()
    currencies: dict[int, set[str]] = defaultdict(set)
    for line in lines.values():
        sums[line["order_id"]] += line["price"]
        currencies[line["order_id"]].add(line["currency"])
    for order_id, order in orders.items():
        if order["total_amount"] != sums[order_id]:
            yield f"Order {order_id}: its lines come to {sums[order_id]} instead of {order['total_amount']}."
        if order["tendered_amount"] != tendered.get(order_id, 0):
            paid = order["tendered_amount"]
            yield f"Order {order_id}: {paid} was paid towards it, the journal says {tendered.get(order_id, 0)}."
        if currencies[order_id] - {order["currency"]}:
            yield f"Order {order_id}: a line of it is in another currency."
