"""What the tables must hold of an order, worked out from its journal entries, one after the other.

Values are plain JSON, as entries have them, so that rows are compared with them after ``plain``.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ticketing.journal import Kind
from ticketing.money.models import Payment
from ticketing.sale.models import LedgerEntry, Order, Ticket

Row = dict[str, Any]
SeatKind = LedgerEntry.Kind


@dataclass
class Expected:
    """The rows of one order by their ids; ``log`` counts those of the log of seats, which have no ids here."""

    order: Row | None = None
    lines: dict[int, Row] = field(default_factory=dict)
    tickets: dict[int, Row] = field(default_factory=dict)
    payments: dict[int, Row] = field(default_factory=dict)
    refunds: dict[int, Row] = field(default_factory=dict)
    log: Counter = field(default_factory=Counter)
    paid_out: set[int] = field(default_factory=set)
    tendered: int = 0  # what parts come to that were paid towards it, and not let go of
    disputes: dict[int, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def expect(entries: Iterable[Row]) -> Expected:
    """What is to be found, after all these entries of one order."""
    expected = Expected()
    for entry in entries:
        try:
            if sum(entry["postings"].values()):
                expected.faults.append(f"Journal entry {entry['id']} doesn't balance.")
            if step := STEPS.get(entry["kind"]):
                step(expected, entry, entry["facts"])
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            expected.faults.append(f"Journal entry {entry['id']} makes no sense ({type(fault).__name__}: {fault}).")
    # It may be contested before we hear that it was paid.
    for pk in expected.disputes.keys() & expected.payments.keys():
        expected.payments[pk]["disputed_at"] = expected.disputes[pk]
    return expected


def logged(kind: str, entry: Row, **facts: Any) -> tuple:
    """A row of the log of seats, as it is counted."""
    row = {"ticket": None, "amount": 0, "held_until": None, "actor": None, "reason": "", **facts}
    told = [entry["at"], row["seat"], row["ticket"], row["amount"], row["held_until"], row["actor"], row["reason"]]
    return (str(kind), entry["currency"], *told)


def _sale(expected: Expected, entry: Row, facts: Row) -> None:
    if expected.order is not None:
        expected.faults.append(f"Journal entry {entry['id']} sells order {entry['order_id']} again.")
        return
    if entry["amount"] != sum(item[5] for item in facts["items"]):
        expected.faults.append(f"Journal entry {entry['id']} says another sum than its items come to.")
    order = {name: facts[name] for name in ("channel", "created_at", "expires_at")}
    expected.order = order | {
        "showtime_id": facts["showtime"],
        "sold_by_id": facts["sold_by"],
        "status": Order.Status.PAID,
        "total_amount": entry["amount"],
        "tendered_amount": entry["amount"],
        "refunded_amount": 0,
        "paid_back_amount": 0,
        "refund_fee_amount": 0,
        "currency": entry["currency"],
        "paid_at": entry["at"],
        "closed_at": None,
        "buyer": entry["buyer"],
    }
    held = {"at": facts["created_at"], "currency": entry["currency"]}
    for item in facts["items"]:
        _item(expected, entry, facts, item)
        _line_id, ticket_id, seat_id, _label, _type, price, _code = item
        expected.log[logged(SeatKind.HELD, held, seat=seat_id, held_until=facts["expires_at"])] += 1
        sold = {"seat": seat_id, "ticket": ticket_id, "amount": price, "actor": entry["operator_id"]}
        expected.log[logged(SeatKind.SOLD, entry, **sold)] += 1
    if "tenders" not in facts:
        _paid(expected, entry, facts)
    elif sorted(facts["tenders"]) != sorted(_parts(expected)):
        raise ValueError("its payments are others")
    elif expected.tendered != entry["amount"]:
        raise ValueError("its payments come to another sum")


def _parts(expected: Expected) -> list[list]:
    standing = Payment.Status.standing()
    rows = expected.payments.items()
    return [[pk, row["provider"], row["amount"]] for pk, row in rows if row["status"] in standing]


def _paid(expected: Expected, entry: Row, facts: Row) -> None:
    captured = facts["captured"]
    expected.payments[facts["payment"]] = _payment(entry, facts) | {
        "status": Payment.Status.CAPTURED if captured else Payment.Status.AUTHORISED,
        "settled_at": entry["at"] if captured else None,
        "received_amount": facts["received"],
    }


def _tender(expected: Expected, entry: Row, facts: Row) -> None:
    if facts["payment"] in expected.payments or expected.order is not None:
        raise ValueError("the payment came to something by then, or the order was sold")
    _paid(expected, entry, facts)
    expected.tendered += entry["amount"]


def _tender_undone(expected: Expected, entry: Row, facts: Row) -> None:
    row = expected.payments[facts["payment"]]
    _after(row, "status", Payment.Status.CAPTURED if facts["captured"] else Payment.Status.AUTHORISED)
    if expected.order is not None:
        raise ValueError("the order was sold by then")
    expected.tendered -= entry["amount"]
    if facts["captured"]:
        row |= {"status": Payment.Status.RETURNING, "decided_at": entry["at"], "settled_at": None}
    else:
        del expected.payments[facts["payment"]]


def _item(expected: Expected, entry: Row, facts: Row, item: list) -> None:
    line_id, ticket_id, seat_id, label, price_type, price, code = item
    both = {"order_id": entry["order_id"], "seat_id": seat_id, "price_type": price_type, "price": price}
    both["currency"] = entry["currency"]
    expected.lines[line_id] = both | {"label": label}
    expected.tickets[ticket_id] = both | {
        "line_id": line_id,
        "code": code,
        "showtime_id": facts["showtime"],
        "channel": facts["channel"],
        "provider": entry["provider"],
        "status": Ticket.Status.VALID,
        "issued_at": entry["at"],
        "admitted_at": None,
        "admitted_by_id": None,
        "refunded_at": None,
    }


def _payment(entry: Row, facts: Row) -> Row:
    return {
        "order_id": entry["order_id"],
        "provider": entry["provider"],
        "reference": facts["reference"],
        "amount": entry["amount"],
        "currency": entry["currency"],
        "created_at": facts["begun_at"],
        "decided_at": entry["at"],
        "operator_id": entry["operator_id"],
        "shift_id": entry["shift_id"],
        "received_amount": None,
        "disputed_at": None,
        "gift_card_id": facts.get("card"),
    }


def _after(row: Row, name: str, before: Any) -> None:
    """An entry must follow on what was so; a second one of the same doesn't. Raises ValueError."""
    if row[name] != before:
        raise ValueError(f"{name} is {row[name]} by then")


def _capture(expected: Expected, entry: Row, facts: Row) -> None:
    _after(expected.payments[facts["payment"]], "status", Payment.Status.AUTHORISED)
    expected.payments[facts["payment"]] |= {"status": Payment.Status.CAPTURED, "settled_at": entry["at"]}


def _unsold(expected: Expected, entry: Row, facts: Row) -> None:
    if facts["payment"] in expected.payments:
        raise ValueError("the payment came to something by then")
    waits = {"status": Payment.Status.RETURNING, "settled_at": None}
    expected.payments[facts["payment"]] = _payment(entry, facts) | waits


def _returned(expected: Expected, entry: Row, facts: Row) -> None:
    _after(expected.payments[facts["payment"]], "status", Payment.Status.RETURNING)
    expected.payments[facts["payment"]] |= {"status": Payment.Status.RETURNED, "settled_at": entry["at"]}


def _dispute(expected: Expected, entry: Row, facts: Row) -> None:
    expected.disputes.setdefault(facts["payment"], entry["at"])


def _refund(expected: Expected, entry: Row, facts: Row) -> None:
    order, value = expected.order, entry["amount"] + facts["fee"]
    if order is None or value != sum(expected.tickets[pk]["price"] for pk in facts["tickets"]):
        raise ValueError("it gives back what was not sold")
    order["refunded_amount"] += value
    order["refund_fee_amount"] += facts["fee"]
    if facts["whole"]:
        order |= {"status": Order.Status.REFUNDED, "closed_at": entry["at"]}
    for pk in facts["tickets"]:
        ticket = expected.tickets[pk]
        _after(ticket, "refunded_at", None)
        ticket |= {"status": Ticket.Status.REFUNDED, "refunded_at": entry["at"]}
        back = {"seat": ticket["seat_id"], "ticket": pk, "amount": -ticket["price"]}
        back |= {"actor": entry["operator_id"], "reason": entry["reason"]}
        expected.log[logged(SeatKind.RETURNED, entry, **back)] += 1
    shares = facts.get("shares", [facts])
    if (entry["amount"], facts["fee"]) != (sum(one["amount"] for one in shares), sum(one["fee"] for one in shares)):
        raise ValueError("its shares come to another sum")
    for share in shares:
        expected.refunds[share["refund"]] = _share(entry, share)


def _share(entry: Row, share: Row) -> Row:
    return {
        "payment_id": share["payment"],
        "method": share["method"],
        "shift_id": share["shift"],
        "reference": share["reference"],
        "amount": share["amount"],
        "currency": entry["currency"],
        "reason": entry["reason"],
        "operator_id": entry["operator_id"],
        "created_at": entry["at"],
        "handed_out_by_id": None,
        "fee_amount": share["fee"],
        "asked_at": share.get("asked_at"),
        "asked_tickets": share.get("asked_tickets", []),
        "decided_by_id": share.get("decided_by"),
        "decision": share.get("decision", ""),
        # Of one that isn't done yet the journal knows no more than that.
        "done": share["done"],
        "done_at": entry["at"] if share["done"] else None,
    }


def _paid_out(expected: Expected, entry: Row, facts: Row) -> None:
    if expected.order is None:
        raise ValueError("it pays out for nothing")
    # What is handed out at once is done with the refund itself, which says so.
    if facts["refund"] in expected.paid_out:
        raise ValueError("the refund was paid out by then")
    expected.paid_out.add(facts["refund"])
    expected.order["paid_back_amount"] += entry["amount"]
    done = {"done": True, "done_at": entry["at"], "handed_out_by_id": facts["handed_out_by"]}
    done |= {"method": entry["provider"], "shift_id": entry["shift_id"]}
    expected.refunds[facts["refund"]] |= done


def _payout_failed(expected: Expected, entry: Row, facts: Row) -> None:
    if expected.order is None:
        raise ValueError("it takes back what was never paid")
    expected.paid_out.remove(facts["refund"])
    expected.order["paid_back_amount"] -= entry["amount"]
    expected.refunds[facts["refund"]] |= {"done": False, "done_at": None}


def _move(expected: Expected, entry: Row, facts: Row) -> None:
    for ticket_id, old, new, label in facts["tickets"]:
        ticket = expected.tickets[ticket_id]
        _after(ticket, "seat_id", old)
        ticket["seat_id"] = new
        expected.lines[ticket["line_id"]] |= {"seat_id": new, "label": label}
        by = {"ticket": ticket_id, "actor": entry["operator_id"], "reason": entry["reason"]}
        expected.log[logged(SeatKind.RELEASED, entry, seat=old, **by)] += 1
        expected.log[logged(SeatKind.SOLD, entry, seat=new, **by)] += 1


def _admission(expected: Expected, entry: Row, facts: Row) -> None:
    _after(expected.tickets[facts["ticket"]], "status", Ticket.Status.VALID)
    admitted = {"admitted_at": entry["at"], "admitted_by_id": entry["operator_id"]}
    expected.tickets[facts["ticket"]] |= {"status": Ticket.Status.USED, **admitted}


def _admission_undone(expected: Expected, entry: Row, facts: Row) -> None:
    _after(expected.tickets[facts["ticket"]], "status", Ticket.Status.USED)
    nobody = {"admitted_at": None, "admitted_by_id": None}
    expected.tickets[facts["ticket"]] |= {"status": Ticket.Status.VALID, **nobody}


STEPS: dict[str, Callable[[Expected, Row, Row], None]] = {
    Kind.SALE: _sale,
    Kind.TENDER: _tender,
    Kind.TENDER_UNDONE: _tender_undone,
    Kind.DISPUTE: _dispute,
    Kind.CAPTURE: _capture,
    Kind.UNSOLD: _unsold,
    Kind.RETURNED: _returned,
    Kind.REFUND: _refund,
    Kind.PAID_OUT: _paid_out,
    Kind.PAYOUT_FAILED: _payout_failed,
    Kind.MOVE: _move,
    Kind.ADMISSION: _admission,
    Kind.ADMISSION_UNDONE: _admission_undone,
}
