"""Giving money back: a whole order or some of its tickets."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import Conflict, Forbidden
from cinema.jobs import enqueue
from ticketing.money.attesting import post_paid_out, post_payout_failed, post_refunds
from ticketing.money.gift_cards import lock_cards, put_back
from ticketing.money.own_orders import refuse_own_order
from ticketing.money.policy_models import RefundPolicy
from ticketing.money.providers import IN_HOUSE
from ticketing.money.refund_models import Refund
from ticketing.money.refund_policy import (
    beyond_limits,
    customers_policy,
    fee_of,
    may_be_refunded_by_customer,
    staff_policy,
)
from ticketing.money.refund_shares import Share, payout_of, shares_of
from ticketing.money.shifts import shift_to_book
from ticketing.sale.claims import announce_freed, release_seats
from ticketing.sale.ledger import record_returned
from ticketing.sale.models import Order, Ticket
from ticketing.sale.notifications import ToldShare, tell_paid_back, tell_refunded
from ticketing.sale.orders import WrongOrderStatus

WITH_DRAWER = "handed_out_by", "shift__till"


class RefundClosed(Conflict):
    """Too late for the customer: the showtime is near or over, or somebody was admitted."""

    code = "refund_closed"
    message = _("This order can no longer be refunded.")


class ApprovalRequired(Forbidden):
    """One's own word isn't enough: the rule for refunds wants a second person for this."""

    code = "approval_required"
    message = _("This takes the approval of a second person.")


class NothingToPayOut(Conflict):
    """It was paid out already, or its provider is at it."""

    code = "nothing_to_pay_out"
    message = _("This refund has been paid out already, or is on its way.")


def refund_by_customer(*, order: Order, now: datetime) -> Order:
    """A customer gives the whole order back, while the house allows it. Raises WrongOrderStatus, RefundClosed."""
    if order.status != Order.Status.PAID:
        raise WrongOrderStatus
    if not may_be_refunded_by_customer(order=order, now=now):
        raise RefundClosed
    policy = customers_policy(order, now)
    spare_used = not policy.used_tickets
    return refund_order(order=order, now=now, by=order.customer, spare_used=spare_used, handed_out=False, policy=policy)


def refund_by_staff(
    *, order: Order, now: datetime, by: User, reason: str = "", ticket_ids: Collection[int] | None = None
) -> Order:
    """A clerk or a manager gives back all tickets of an order that aren't yet, or those named.

    Raises WrongOrderStatus, RefundClosed, OwnOrder, and ApprovalRequired where it takes a second person.
    """
    refuse_own_order(order=order, by=by)
    if order.status != Order.Status.PAID:
        raise WrongOrderStatus
    tickets = standing_tickets(order=order, ticket_ids=ticket_ids)
    if beyond_limits(order=order, tickets=tickets, by=by, now=now):
        raise ApprovalRequired
    policy = staff_policy(by, now)
    # Somebody may be let in between the look above and the refund: a clerk's then ends with a refusal.
    return refund_order(
        order=order,
        now=now,
        by=by,
        reason=reason,
        ticket_ids=ticket_ids,
        spare_used=not policy.used_tickets,
        policy=policy,
    )


def standing_tickets(*, order: Order, ticket_ids: Collection[int] | None = None) -> list[Ticket]:
    """The order's tickets that weren't given back: all of them, or those named."""
    standing = Ticket.objects.filter(order=order).standing().select_related("line").order_by("pk")
    return [ticket for ticket in standing if ticket_ids is None or ticket.pk in ticket_ids]


def refund_order(
    *,
    order: Order,
    now: datetime,
    by: User | None,
    reason: str = "",
    ticket_ids: Collection[int] | None = None,
    spare_used: bool = False,
    handed_out: bool = True,
    policy: RefundPolicy | None = None,
    asked: Refund | None = None,
) -> Order:
    """Take back all tickets of a paid order that aren't yet, or those named; their seats are free at once.

    The order is refunded when no ticket is left; the money is on its way then, and a job has the provider pay it out.
    What was paid in the house counts as paid back where it is ``handed_out`` now, else it waits at the box office; so
    it does where the house has tills and whoever refunds has no shift open.
    ``spare_used`` refuses if someone was admitted with one; ``policy`` says what fee is kept; ``asked`` is the refund
    that waited for this.
    Raises WrongOrderStatus, RefundClosed.
    """
    with transaction.atomic():
        _refund(order, now, by, reason[:200], ticket_ids, spare_used, handed_out, policy, asked)
    order.refresh_from_db(fields=["status", "closed_at", "refunded_amount", "paid_back_amount", "refund_fee_amount"])
    return order


@transaction.atomic
def finish_refund(*, refund_id: int, now: datetime) -> bool:
    """The money is with its owner, who is told so. Once."""
    owed = Refund.objects.owed().filter(pk=refund_id)
    if not owed.update(status=Refund.Status.DONE, done_at=now, failed_at=None, last_error=""):
        return False
    refund = Refund.objects.select_related(*WITH_DRAWER, "payment__order__customer").get(pk=refund_id)
    orders = Order.objects.filter(pk=refund.payment.order_id)
    orders.update(paid_back_amount=F("paid_back_amount") + refund.amount)
    post_paid_out(refund, now=now)
    tell_paid_back(order=refund.payment.order, amount=refund.amount, now=now)
    return True


def refunds_of(order: Order, *, undecided: bool = False) -> list[Refund]:
    """The order's refunds, each with ``is_at_box_office``: whether a clerk can pay it out.

    For staff the ``undecided`` ones too, that wait for approval or didn't get it.
    """
    known = Refund.objects.all() if undecided else Refund.objects.decided()
    found = known.filter(payment__order=order).select_related("payment", "operator", "decided_by")
    refunds = list(found.order_by("pk"))
    for refund in refunds:
        waits = refund.status == Refund.Status.APPROVED and refund.payment.provider in IN_HOUSE
        refund.is_at_box_office = waits or refund.status == Refund.Status.FAILED
    return refunds


@transaction.atomic
def hand_out_refund(*, refund_id: int, now: datetime, by: User) -> Refund:
    """A clerk pays out what waits at the box office, a manager in cash what the provider refused to pay.

    Raises NothingToPayOut, ApprovalRequired, OwnOrder, ShiftNeeded.
    """
    owed = Refund.objects.owed().filter(pk=refund_id)
    if (refund := owed.select_related("payment__order").first()) is None:
        raise NothingToPayOut
    refuse_own_order(order=refund.payment.order, by=by)
    if owed.filter(status=Refund.Status.FAILED).exists() and not by.has_perm("ticketing.refund_beyond_limits"):
        raise ApprovalRequired
    waiting = owed.filter(Q(payment__provider__in=IN_HOUSE) | Q(status=Refund.Status.FAILED))
    if not waiting.exists():
        raise NothingToPayOut
    method = refund.payment.provider if refund.payment.provider in IN_HOUSE else "cash"
    shift = shift_to_book(method=method, by=by)
    # By its own columns alone: a join would become "id IN (SELECT …)", into which PostgreSQL does not look again for
    # whoever waited for the row, and two clerks would pay out the same refund.
    if not owed.update(handed_out_by=by, method=method, shift=shift) or not finish_refund(refund_id=refund_id, now=now):
        raise NothingToPayOut  # a colleague was quicker
    return Refund.objects.select_related("payment__order").get(pk=refund_id)


@transaction.atomic
def note_refund_failed(*, refund_id: int, why: str, now: datetime) -> None:
    """The provider won't pay it out, or took back that it had: staff have to pay it."""
    failed = {"status": Refund.Status.FAILED, "failed_at": now, "last_error": why[:300]}
    rows = Refund.objects.filter(pk=refund_id)
    if rows.owed().update(**failed) or not rows.filter(handed_out_by=None).update(**failed, done_at=None):
        return
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    orders = Order.objects.filter(pk=refund.payment.order_id)
    orders.update(paid_back_amount=F("paid_back_amount") - refund.amount)
    post_payout_failed(refund, now=now)


def _refund(
    order: Order,
    now: datetime,
    by: User | None,
    reason: str,
    ticket_ids: Collection[int] | None,
    spare_used: bool,
    handed_out: bool,
    policy: RefundPolicy | None,
    asked: Refund | None,
) -> None:
    chosen, whole = _taken_back(order, now, ticket_ids, spare_used)
    value = sum(ticket.price for ticket in chosen)
    fee = fee_of(policy, [ticket.price for ticket in chosen]) if policy else 0
    refunds = []
    shares = list(shares_of(order=order, value=value, fee=fee))
    lock_cards([share.payment for share in shares])
    for share in shares:
        refunds.append(_give_back(share, now, by, reason, handed_out, asked))
        asked = None  # the row that waited is the first share's
    paid_back = sum(refund.amount for refund in refunds if refund.status == Refund.Status.DONE)
    Order.objects.filter(pk=order.pk).update(
        refunded_amount=F("refunded_amount") + value,
        refund_fee_amount=F("refund_fee_amount") + fee,
        paid_back_amount=F("paid_back_amount") + paid_back,
        status=Order.Status.REFUNDED if whole else Order.Status.PAID,
        closed_at=now if whole else None,
    )
    freed = release_seats(order=order, seat_ids=[ticket.seat_id for ticket in chosen])
    record_returned(order=order, tickets=chosen, now=now, actor=by, reason=reason)
    post_refunds(refunds, tickets=chosen, whole=whole, now=now)
    told = [_told(refund) for refund in refunds if refund.amount]
    tell_refunded(order=order, tickets=chosen, shares=told, fee=fee, reason=reason, by=by, now=now)
    announce_freed(showtime_id=order.showtime_id, seat_ids=freed)


def _give_back(
    share: Share, now: datetime, by: User | None, reason: str, handed_out: bool, asked: Refund | None
) -> Refund:
    """One share's refund: paid out now, or by a job, or by whoever hands it out."""
    payment, payout = share.payment, payout_of(share, by=by, handed_out=handed_out)
    if payment.gift_card_id:
        put_back(payment=payment, amount=share.amount, now=now)
    refund = _written(
        asked,
        payment=payment,
        method=payment.provider,
        shift=payout.shift,
        amount=share.amount,
        fee_amount=share.fee,
        currency=payment.currency,
        reason=reason,
        operator=by,
        created_at=now,
        status=Refund.Status.DONE if payout.is_done else Refund.Status.APPROVED,
        done_at=now if payout.is_done else None,
    )
    if not payout.is_done and payment.provider not in IN_HOUSE:
        enqueue("send_refund", key=str(refund.pk), run_at=now, refund_id=refund.pk)
    return refund


def _told(refund: Refund) -> ToldShare:
    """Where this part of the money is, as its owner is told."""
    at_box_office = refund.payment.provider in IN_HOUSE
    card = refund.payment.gift_card.label if refund.payment.gift_card else ""
    is_done = refund.status == Refund.Status.DONE
    return ToldShare(refund.amount, is_done=is_done, at_box_office=at_box_office, gift_card=card)


def _taken_back(
    order: Order, now: datetime, ticket_ids: Collection[int] | None, spare_used: bool
) -> tuple[list[Ticket], bool]:
    """The tickets that admit nobody from now on, and whether they are all that the order still had."""
    # The order's row is locked first, by a write that works on both databases: refunds of one order queue here.
    if not Order.objects.filter(pk=order.pk, status=Order.Status.PAID).update(status=Order.Status.PAID):
        raise WrongOrderStatus
    standing = list(Ticket.objects.filter(order=order).standing().select_related("line").order_by("seat_id"))
    chosen = [ticket for ticket in standing if ticket_ids is None or ticket.pk in ticket_ids]
    if not chosen or (ticket_ids is not None and len(chosen) != len(set(ticket_ids))):
        raise WrongOrderStatus
    allowed = Ticket.objects.filter(pk__in=[ticket.pk for ticket in chosen])
    allowed = allowed.filter(status=Ticket.Status.VALID) if spare_used else allowed.standing()
    if allowed.update(status=Ticket.Status.REFUNDED, refunded_at=now) != len(chosen):
        raise RefundClosed
    return chosen, len(chosen) == len(standing)


def _written(asked: Refund | None, **facts: Any) -> Refund:
    """The refund's row: a new one, or that which waited for approval."""
    if asked is None:
        return Refund.objects.create(**facts)
    for name, value in facts.items():
        setattr(asked, name, value)
    asked.save()
    return asked
