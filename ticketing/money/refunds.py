"""Giving money back: a whole order or some of its tickets."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import Conflict, Forbidden
from ticketing.money.models import Payment, Refund
from ticketing.money.payments import settle_refund, settled_or_later
from ticketing.sale.claims import announce_freed, release_seats
from ticketing.sale.ledger import record_returned
from ticketing.sale.models import Order, Ticket
from ticketing.sale.notifications import tell_refunded
from ticketing.sale.orders import WrongOrderStatus


class RefundClosed(Conflict):
    """Too late for the customer: the showtime is near or over, or somebody was admitted."""

    code = "refund_closed"
    message = _("This order can no longer be refunded.")
    v1_code = 30002


class ApprovalRequired(Forbidden):
    """A clerk's own word isn't enough: somebody was admitted with the ticket, or the film is over."""

    code = "approval_required"
    message = _("Used tickets, and any ticket once the film is over, are given back by a manager only.")


def refund_by_customer(*, order: Order, now: datetime) -> Order:
    """A customer gives the whole order back, while the house allows it. Raises WrongOrderStatus, RefundClosed."""
    if order.status != Order.Status.PAID:
        raise WrongOrderStatus
    if not order.may_be_refunded_by_customer(now):
        raise RefundClosed
    return refund_order(order=order, now=now, by=order.customer, spare_used=True)


def tickets_to_give_back(*, order: Order, by: User, now: datetime) -> QuerySet[Ticket]:
    """Those of the order's tickets that this member of staff may give back at ``now``.

    A clerk: the unused ones, until the film is over. Whoever may refund beyond those limits: all that stand.
    """
    standing = Ticket.objects.filter(order=order).exclude(status=Ticket.Status.REFUNDED)
    if by.has_perm("ticketing.refund_beyond_limits"):
        return standing
    return standing.filter(status=Ticket.Status.VALID, showtime__ends_at__gt=now)


def refund_by_staff(
    *, order: Order, now: datetime, by: User, reason: str = "", ticket_ids: Collection[int] | None = None
) -> Order:
    """A clerk or a manager gives back all tickets of an order that aren't yet, or those named.

    Raises WrongOrderStatus, RefundClosed, and ApprovalRequired where it takes a manager.
    """
    if order.status != Order.Status.PAID:
        raise WrongOrderStatus
    standing = Ticket.objects.filter(order=order).exclude(status=Ticket.Status.REFUNDED)
    wanted = set(standing.values_list("pk", flat=True))
    if ticket_ids is not None:
        wanted &= set(ticket_ids)
    allowed = set(tickets_to_give_back(order=order, by=by, now=now).values_list("pk", flat=True))
    if not wanted <= allowed:
        raise ApprovalRequired
    # Somebody may be let in between the look above and the refund: a clerk's then ends with a refusal.
    spare_used = not by.has_perm("ticketing.refund_beyond_limits")
    return refund_order(order=order, now=now, by=by, reason=reason, ticket_ids=ticket_ids, spare_used=spare_used)


def refund_order(
    *,
    order: Order,
    now: datetime,
    by: User | None,
    reason: str = "",
    ticket_ids: Collection[int] | None = None,
    spare_used: bool = False,
) -> Order:
    """Give back all tickets of a paid order that aren't yet, or those named; their seats are free at once.

    The order is refunded when no ticket is left. ``spare_used`` refuses if someone was admitted with one.
    Raises WrongOrderStatus, RefundClosed.
    """
    with transaction.atomic():
        refund = _refund(order, now, by, reason, ticket_ids, spare_used)
    settled_or_later(settle_refund, refund_id=refund.pk, now=now)
    order.refresh_from_db(fields=["status", "closed_at", "refunded_amount"])
    return order


def _refund(
    order: Order,
    now: datetime,
    by: User | None,
    reason: str,
    ticket_ids: Collection[int] | None,
    spare_used: bool,
) -> Refund:
    # The order's row is locked first, by a write that works on both databases: refunds of one order queue here.
    if not Order.objects.filter(pk=order.pk, status=Order.Status.PAID).update(status=Order.Status.PAID):
        raise WrongOrderStatus
    standing = list(
        Ticket.objects.filter(order=order)
        .exclude(status=Ticket.Status.REFUNDED)
        .select_related("line")
        .order_by("seat_id")
    )
    chosen = [ticket for ticket in standing if ticket_ids is None or ticket.pk in ticket_ids]
    if not chosen or (ticket_ids is not None and len(chosen) != len(set(ticket_ids))):
        raise WrongOrderStatus
    allowed = Ticket.objects.filter(pk__in=[ticket.pk for ticket in chosen])
    allowed = allowed.filter(status=Ticket.Status.VALID) if spare_used else allowed.exclude(status="refunded")
    if allowed.update(status=Ticket.Status.REFUNDED, refunded_at=now) != len(chosen):
        raise RefundClosed
    amount = sum((ticket.price for ticket in chosen), Decimal(0))
    payment = Payment.objects.get(order=order, status=Payment.Status.TAKEN)
    refund = Refund.objects.create(payment=payment, amount=amount, reason=reason[:200], operator=by, created_at=now)
    whole = len(chosen) == len(standing)
    Order.objects.filter(pk=order.pk).update(
        refunded_amount=F("refunded_amount") + amount,
        status=Order.Status.REFUNDED if whole else Order.Status.PAID,
        closed_at=now if whole else None,
    )
    freed = release_seats(order=order, seat_ids=[ticket.seat_id for ticket in chosen])
    record_returned(order=order, tickets=chosen, payment_id=payment.pk, now=now, actor=by, reason=reason[:200])
    tell_refunded(order=order, tickets=chosen, amount=amount, reason=reason[:200], by=by, now=now)
    announce_freed(showtime_id=order.showtime_id, seat_ids=freed)
    return refund
