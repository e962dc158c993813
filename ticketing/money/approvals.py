"""Refunds that take a second person: asked for by one, approved or rejected by another.

Nothing happens to tickets or money while a refund waits. When it is approved, the money waits at the box office,
or goes the way it came; whoever asked hands it out within their own shift.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import Conflict, Forbidden, InvalidInput
from ticketing.money.models import Payment
from ticketing.money.own_orders import refuse_own_order
from ticketing.money.refund_models import Refund
from ticketing.money.refund_policy import fee_of, staff_policy
from ticketing.money.refunds import refund_order, standing_tickets
from ticketing.sale.models import Order
from ticketing.sale.orders import WrongOrderStatus


class AskedAlready(Conflict):
    """A refund of this order waits for its approval."""

    code = "refund_asked_already"
    message = _("A refund of this order waits for approval already.")


class RefundDecided(Conflict):
    """Somebody has approved or rejected it meanwhile."""

    code = "refund_decided"
    message = _("This refund has been decided already.")


class SecondPersonNeeded(Forbidden):
    """Who asked can't approve, nor can anybody without the permission."""

    code = "second_person_needed"
    message = _("A second person with the permission has to decide this.")


class RejectionNeedsReason(InvalidInput):
    """Whoever asked wants to know why not."""

    code = "rejection_needs_reason"
    message = _("Please say why it is not approved.")


def ask_for_refund(
    *, order: Order, now: datetime, by: User, reason: str, ticket_ids: Collection[int] | None = None
) -> Refund:
    """Have a second person decide about giving back these tickets. Raises WrongOrderStatus, OwnOrder, AskedAlready."""
    refuse_own_order(order=order, by=by)
    tickets = standing_tickets(order=order, ticket_ids=ticket_ids)
    if order.status != Order.Status.PAID or not tickets:
        raise WrongOrderStatus
    # Over which payments it is spread is worked out when it is decided; until then it hangs on the first.
    payment = Payment.objects.standing().filter(order=order).order_by("pk")[0]
    value = sum(ticket.price for ticket in tickets)
    fee = fee_of(staff_policy(by, now), [ticket.price for ticket in tickets])
    try:
        with transaction.atomic():
            return Refund.objects.create(
                payment=payment,
                method=payment.provider,
                amount=value - fee,
                fee_amount=fee,
                currency=order.currency,
                status=Refund.Status.ASKED,
                reason=reason[:200],
                operator=by,
                created_at=now,
                asked_at=now,
                asked_tickets=[ticket.pk for ticket in tickets],
            )
    except IntegrityError:
        raise AskedAlready from None


def approve_refund(*, refund_id: int, now: datetime, by: User, decision: str = "") -> Refund:
    """Give the tickets back as they were asked for. Two who decide at once: one does, the other hears so.

    Raises RefundDecided, SecondPersonNeeded, OwnOrder, WrongOrderStatus (they were given back meanwhile).
    """
    with transaction.atomic():
        refund = _decided(refund_id, by, decision)
        policy = staff_policy(refund.operator, refund.asked_at) if refund.operator and refund.asked_at else None
        refund_order(
            order=refund.payment.order,
            now=now,
            by=refund.operator,
            reason=refund.reason,
            ticket_ids=refund.asked_tickets,
            handed_out=False,
            policy=policy,
            asked=refund,
        )
    return refund


def reject_refund(*, refund_id: int, now: datetime, by: User, decision: str) -> Refund:
    """The tickets stay with their owner. Raises RefundDecided, SecondPersonNeeded, OwnOrder, RejectionNeedsReason."""
    if not decision.strip():
        raise RejectionNeedsReason(field="decision")
    with transaction.atomic():
        refund = _decided(refund_id, by, decision)
        refund.status, refund.failed_at = Refund.Status.REJECTED, now
        refund.save(update_fields=["status", "failed_at"])
    return refund


def _decided(refund_id: int, by: User, decision: str) -> Refund:
    found = Refund.objects.asked().select_related("payment__order", "operator")
    refund = found.filter(pk=refund_id).first()
    if refund is None:
        raise RefundDecided
    refuse_own_order(order=refund.payment.order, by=by)
    if refund.operator_id == by.pk or not by.has_perm("ticketing.approve_refund"):
        raise SecondPersonNeeded
    # The order's row is locked before the refund's, as everywhere.
    Order.objects.select_for_update(no_key=True).get(pk=refund.payment.order_id)
    waiting = Refund.objects.asked().filter(pk=refund.pk)
    if not waiting.update(decided_by=by, decision=decision.strip()[:200]):
        raise RefundDecided
    refund.decided_by, refund.decision = by, decision.strip()[:200]
    return refund
