"""The several payments of one order. What they come to stands in its ``tendered_amount``.

Each takes its part by one conditional update of the order's row, so that together they never exceed its sum, and the
one with which they reach it sells the order in the same transaction. Whoever changes them locks the order's row first.
"""

from datetime import datetime

from django.db.models import F

from accounts.models import User
from cinema.jobs import enqueue
from ticketing.journal import post
from ticketing.money.models import Payment
from ticketing.money.providers import label_of
from ticketing.sale.attesting import Tender, tender_entry
from ticketing.sale.models import Order
from ticketing.sale.orders import OtherSumDue, WrongOrderStatus


def named_payments(order: Order) -> list[Payment]:
    """What was paid for an order, or towards it, in the sequence in which it was; each with its ``label``."""
    standing = Payment.objects.standing().filter(order=order)
    payments = list(standing.select_related("gift_card").order_by("pk"))
    for payment in payments:
        payment.label = label_of(payment.provider)
    return payments


def tender_of(payment: Payment, *, captured: bool, is_posted: bool = False) -> Tender:
    """The payment as a sale and the journal see it."""
    return Tender(
        payment_id=payment.pk,
        reference=payment.reference,
        provider=payment.provider,
        amount=payment.amount,
        begun_at=payment.created_at,
        captured=captured,
        received=payment.received_amount,
        card=payment.gift_card_id,
        is_posted=is_posted,
    )


def earlier_tenders(order: Order) -> list[Tender]:
    """What was paid towards a pending order before: nothing, for nearly all, and then nothing is asked.

    Must run inside the transaction that sells it; the order's row stays locked, so that no part is let go of meanwhile.
    """
    if not order.tendered_amount:
        return []
    Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    standing = Payment.objects.standing().filter(order=order).order_by("pk")
    captured = Payment.Status.CAPTURED
    return [tender_of(payment, captured=payment.status == captured, is_posted=True) for payment in standing]


def take_part(*, payment: Payment, captured: bool, now: datetime) -> None:
    """Count the payment towards its order, which it doesn't pay in full; only while the order's hold runs.

    The money waits for the rest, and goes back by itself when that doesn't come in time. Must run inside a transaction
    that rolls back on an error. Raises WrongOrderStatus, OtherSumDue.
    """
    order = payment.order
    waiting = Order.objects.awaiting_payment(now).filter(pk=order.pk).exclude(customer__in=User.objects.banned(now))
    room = waiting.filter(tendered_amount__lt=F("total_amount") - payment.amount)
    if not room.update(tendered_amount=F("tendered_amount") + payment.amount):
        raise OtherSumDue if waiting.exists() else WrongOrderStatus
    order.tendered_amount += payment.amount
    post(tender_entry(order=order, tender=tender_of(payment, captured=captured), now=now, by=payment.operator))
    enqueue("release_parts", key=str(order.pk), run_at=order.expires_at, order_id=order.pk)
