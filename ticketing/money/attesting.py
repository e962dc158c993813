"""What the journal is told of money after the sale: captured, owed, paid out, come back."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from accounts.models import User
from ticketing.journal import Entry, Kind, accounts, plain, post, post_all
from ticketing.money.attesting_cards import card_facts
from ticketing.money.attesting_tills import till_of
from ticketing.money.models import Payment
from ticketing.money.refund_models import Refund
from ticketing.sale.attesting import SEVERAL
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


def post_part_undone(payment: Payment, *, captured: bool, now: datetime) -> None:
    """What was paid towards an order that isn't sold is let go of, or owed to whoever paid."""
    out_of = accounts.REFUNDS_OWED if captured else accounts.money_at(payment.provider, captured=False)
    undone = _of_payment(Kind.TENDER_UNDONE, payment, accounts.ADVANCES, out_of, now)
    post(replace(undone, facts={**undone.facts, "captured": captured}))


def post_dispute(payment: Payment, *, now: datetime) -> None:
    """The customer's bank contests a payment; no money has moved for it yet."""
    post(replace(_of_payment(Kind.DISPUTE, payment, "", "", now), postings={}))


def post_refunds(refunds: Sequence[Refund], *, tickets: Collection[Ticket], whole: bool, now: datetime) -> None:
    """Tickets were given back and their price is owed, over one payment or several; what was handed out at once too."""
    first, amount = refunds[0], sum(refund.amount for refund in refunds)
    fee, shift = sum(refund.fee_amount for refund in refunds), next((one.shift for one in refunds if one.shift), None)
    facts = {"tickets": sorted(ticket.pk for ticket in tickets), "whole": whole, "fee": fee}
    shares = [_share(refund) for refund in refunds]
    asked = Entry(
        kind=Kind.REFUND,
        at=now,
        currency=first.currency,
        amount=amount,
        postings={accounts.TICKETS: amount + fee, accounts.REFUNDS_OWED: -amount, accounts.FEES: -fee},
        order_id=first.payment.order_id,
        provider=first.method if len(refunds) == 1 else SEVERAL,
        operator=first.operator,
        reason=first.reason,
        till=till_of(shift),
        facts={**facts, **shares[0]} if len(refunds) == 1 else {**facts, "shares": shares},
    )
    paid_out = [refund for refund in refunds if refund.status == Refund.Status.DONE and refund.amount]
    post_all([asked, *(_payout(refund, refund.operator, now) for refund in paid_out)])


def _share(refund: Refund) -> dict[str, Any]:
    """What one payment gives back, and by which way."""
    return {
        "refund": refund.pk,
        "reference": plain(refund.reference),
        "payment": refund.payment_id,
        "method": refund.method,
        "amount": refund.amount,
        "fee": refund.fee_amount,
        "shift": refund.shift_id,
        "done": refund.status == Refund.Status.DONE,
        **_approval(refund),
    }


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
        facts={"refund": refund.pk, "handed_out_by": refund.handed_out_by_id, **card_facts(refund.payment)},
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
            **card_facts(payment),
        },
    )
