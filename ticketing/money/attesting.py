"""What the journal is told of money after the sale: captured, owed, paid out, come back."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from accounts.models import User
from ticketing.journal import Entry, Kind, accounts, plain, post, post_all
from ticketing.money.attesting_tills import till_of
from ticketing.money.models import Payment, Refund
from ticketing.sale.models import Ticket


def post_capture(payment: Payment, *, now: datetime) -> None:
    """What was reserved for a sale has been taken."""
    reserved = accounts.money_at(payment.provider, captured=False)
    post(_of_payment(Kind.CAPTURE, payment, accounts.money_at(payment.provider), reserved, now))


def post_unsold(payment: Payment, *, now: datetime) -> None:
    """Money was taken for what could not be sold: it is owed to whoever paid."""
    post(_of_payment(Kind.UNSOLD, payment, accounts.money_at(payment.provider), accounts.REFUNDS_OWED, now))


def post_returned(payment: Payment, *, now: datetime) -> None:
    """What was taken for nothing has gone back."""
    post(_of_payment(Kind.RETURNED, payment, accounts.REFUNDS_OWED, accounts.money_at(payment.provider), now))


def post_refund(refund: Refund, *, tickets: Collection[Ticket], whole: bool, now: datetime) -> None:
    """Tickets were given back and their price is owed; where it was handed out at once, that as well."""
    payment = refund.payment
    asked = Entry(
        kind=Kind.REFUND,
        at=now,
        currency=refund.currency,
        amount=refund.amount,
        postings={
            accounts.TICKETS: refund.amount + refund.fee_amount,
            accounts.REFUNDS_OWED: -refund.amount,
            accounts.FEES: -refund.fee_amount,
        },
        order_id=payment.order_id,
        provider=payment.provider,
        operator=refund.operator,
        reason=refund.reason,
        till=till_of(refund.shift),
        facts={
            "refund": refund.pk,
            "reference": plain(refund.reference),
            "payment": payment.pk,
            "tickets": sorted(ticket.pk for ticket in tickets),
            "whole": whole,
            "done": refund.status == Refund.Status.DONE,
            "fee": refund.fee_amount,
            **_approval(refund),
        },
    )
    paid_out = refund.status == Refund.Status.DONE and refund.amount
    post_all([asked, _payout(refund, refund.operator, now)] if paid_out else [asked])


def _approval(refund: Refund) -> dict[str, Any]:
    """Who asked when for which tickets, and who decided so; nothing where one person's word was enough."""
    if refund.asked_at is None:
        return {}
    return {
        "asked_at": plain(refund.asked_at),
        "asked_tickets": refund.asked_tickets,
        "decided_by": refund.decided_by_id,
        "decision": refund.decision,
    }


def post_paid_out(refund: Refund, *, now: datetime) -> None:
    """The money is with its owner: by the provider, or handed out by somebody in the house."""
    post(_payout(refund, refund.handed_out_by, now))


def post_payout_failed(refund: Refund, *, now: datetime) -> None:
    """The provider took back that it had paid: the money is there again, and still owed."""
    payment = refund.payment
    post(
        Entry(
            kind=Kind.PAYOUT_FAILED,
            at=now,
            currency=refund.currency,
            amount=refund.amount,
            postings={accounts.money_at(payment.provider): refund.amount, accounts.REFUNDS_OWED: -refund.amount},
            order_id=payment.order_id,
            provider=payment.provider,
            facts={"refund": refund.pk},
        )
    )


def _payout(refund: Refund, by: User | None, now: datetime) -> Entry:
    till = till_of(refund.shift)
    source = accounts.money_at(refund.method, till=till.till if till else "")
    return Entry(
        kind=Kind.PAID_OUT,
        at=now,
        currency=refund.currency,
        amount=refund.amount,
        postings={accounts.REFUNDS_OWED: refund.amount, source: -refund.amount},
        order_id=refund.payment.order_id,
        provider=refund.method,
        operator=by,
        till=till,
        facts={"refund": refund.pk, "handed_out_by": refund.handed_out_by_id},
    )


def _of_payment(kind: str, payment: Payment, into: str, out_of: str, now: datetime) -> Entry:
    return Entry(
        kind=kind,
        at=now,
        currency=payment.currency,
        amount=payment.amount,
        postings={into: payment.amount, out_of: -payment.amount},
        order_id=payment.order_id,
        provider=payment.provider,
        facts={
            "payment": payment.pk,
            "reference": plain(payment.reference),
            "begun_at": plain(payment.created_at),
        },
    )
