"""Holding a provider's statement against the payments and refunds: whatever one side knows and the other doesn't."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from cinema.clock import after, before
from cinema.money import as_text
from ticketing.money.models import Payment
from ticketing.money.providers.statements import StatementLine
from ticketing.money.refund_models import Refund
from ticketing.money.settling import return_reference

EDGE = timedelta(minutes=15)  # near midnight the provider may count to another day than we do
PER_STATEMENT = 500  # references in one query
Status = Payment.Status
TAKEN = {Status.CAPTURED, Status.RETURNING, Status.RETURNED}


@dataclass
class Reconciliation:
    """How many lines agree, how many are other tills', and a sentence for each that is wrong."""

    payments: int = 0
    refunds: int = 0
    foreign: int = 0


def compare_statement(
    *, provider: str, lines: Iterable[StatementLine], since: datetime, until: datetime, count: Reconciliation
) -> Iterator[str]:
    """A sentence for every line that says other than our tables, and for what was ours in that time and isn't there."""
    lines = list(lines)
    wanted = [line.reference for line in lines if line.reference is not None]
    payments = _by_reference(Payment.objects.filter(provider=provider), wanted)
    refunds = _by_reference(Refund.objects.filter(payment__provider=provider), wanted)
    let_go = Payment.objects.filter(provider=provider, status__in=[Status.RETURNING, Status.RETURNED])
    returns = {return_reference(payment.reference): payment for payment in let_go.iterator()}
    seen: set[UUID] = set()
    for line in lines:
        if line.reference is None:
            count.foreign += 1
            continue
        seen.add(line.reference)
        if line.is_refund:
            fault = _refund_fault(line, refunds.get(line.reference), returns.get(line.reference))
            count.refunds += not fault
        else:
            fault = _payment_fault(line, payments.get(line.reference))
            count.payments += not fault
        if fault:
            yield fault
    yield from _left_out(provider, seen, after(since, EDGE), before(until, EDGE))


def _payment_fault(line: StatementLine, payment: Payment | None) -> str:
    if payment is None:
        return f"{line.number}: took {_sum(line)} for a payment {line.reference} that isn't known here."
    if (line.amount, line.currency) != (payment.amount, payment.currency):
        return f"{line.number}: took {_sum(line)} for payment {payment.reference} of {_sum(payment)}."
    if payment.status not in TAKEN:
        return f"{line.number}: took {_sum(line)} for payment {payment.reference}, which is {payment.status} here."
    return ""


def _refund_fault(line: StatementLine, refund: Refund | None, returned: Payment | None) -> str:
    known = refund or returned
    if known is None:
        return f"{line.number}: gave back {_sum(line)} for a refund {line.reference} that isn't known here."
    if (line.amount, line.currency) != (known.amount, known.currency):
        return f"{line.number}: gave back {_sum(line)} for {line.reference} of {_sum(known)}."
    if refund is not None and (refund.status != Refund.Status.DONE or refund.handed_out_by_id is not None):
        how = "handed out here too" if refund.handed_out_by_id else f"{refund.status} here"
        return f"{line.number}: gave back {_sum(line)} for refund {refund.reference}, which is {how}."
    return ""


def _by_reference(rows: QuerySet, wanted: list[UUID]) -> dict[UUID, Any]:
    parts = range(0, len(wanted), PER_STATEMENT)
    return {row.reference: row for at in parts for row in rows.filter(reference__in=wanted[at : at + PER_STATEMENT])}


def _left_out(provider: str, seen: set[UUID], since: datetime, until: datetime) -> Iterator[str]:
    within = (since, until)
    captured = Q(status=Status.CAPTURED, settled_at__range=within)
    returned = Q(status__in=[Status.RETURNING, Status.RETURNED], decided_at__range=within)
    for payment in Payment.objects.filter(captured | returned, provider=provider).order_by("pk"):
        if payment.reference not in seen:
            yield f"Payment {payment.reference} of {_sum(payment)} isn't in the statement."
    back = Refund.objects.filter(payment__provider=provider, status=Refund.Status.DONE, handed_out_by=None)
    for refund in back.filter(amount__gt=0, created_at__range=within, done_at__range=within).order_by("pk"):
        if refund.reference not in seen:
            yield f"Refund {refund.reference} of {_sum(refund)} isn't in the statement."


def _sum(row: StatementLine | Payment | Refund) -> str:
    return f"{as_text(row.amount, row.currency)} {row.currency}"
