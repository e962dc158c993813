"""Giving back what was paid towards an order that was never paid in full: it was given up, or its time ran out."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from cinema.clock import after
from cinema.jobs import enqueue
from ticketing.money.attesting import post_part_undone, post_returned
from ticketing.money.gift_cards import put_back
from ticketing.money.models import Payment
from ticketing.sale.models import Order
from ticketing.sale.notifications import tell_part_returned

Status = Payment.Status
GRACE = timedelta(minutes=10)  # for whoever is at a provider's with the rest when their time runs out


def release_parts(*, order_id: int, now: datetime) -> datetime | None:
    """Give back the parts of an order that will not be paid in full; returns when to look again, None when it is done.

    Doing it again changes nothing.
    """
    order = Order.objects.select_related("customer").get(pk=order_id)
    if order.status in Order.Status.with_money():
        return None
    if order.status == Order.Status.PENDING:
        is_at_it = Payment.objects.open().filter(order=order).exists()
        ends_at = after(order.expires_at, GRACE) if is_at_it else order.expires_at
        if now < ends_at:
            return ends_at
    for payment_id in Payment.objects.standing().filter(order=order).order_by("pk").values_list("pk", flat=True):
        give_back_part(payment_id=payment_id, now=now)
    return None


@transaction.atomic
def give_back_part(*, payment_id: int, now: datetime, why: str = "not_paid_in_full", by_customer: bool = False) -> bool:
    """Let go of one part, or send it back where it was taken; its customer is told, unless it was their word. Once."""
    payment = Payment.objects.select_related("order__customer", "order__showtime__movie").get(pk=payment_id)
    order = payment.order
    unsold = Order.objects.filter(pk=order.pk, status__in=[Order.Status.PENDING, Order.Status.CANCELLED])
    if not unsold.update(tendered_amount=F("tendered_amount")):  # the order's row is locked before the payment's
        return False
    # Locked as well: its provider may say at this very moment that what was reserved has been taken.
    payment.status = Payment.objects.select_for_update(no_key=True).get(pk=payment.pk).status
    if payment.status not in Status.standing():
        return False
    unsold.update(tendered_amount=F("tendered_amount") - payment.amount)
    captured = payment.status == Status.CAPTURED
    changed = {"decided_at": now, "last_error": why[:300]}
    if payment.gift_card_id:
        put_back(payment=payment, amount=payment.amount, now=now)
        changed |= {"status": Status.RETURNED, "settled_at": now}
    else:
        changed |= {"status": Status.RETURNING if captured else Status.VOIDING, "settled_at": None}
        job = "return_payment" if captured else "void_payment"
        enqueue(job, key=str(payment.pk), run_at=now, payment_id=payment.pk)
    Payment.objects.filter(pk=payment.pk).update(**changed)
    post_part_undone(payment, captured=captured, now=now)
    if payment.gift_card_id:
        post_returned(payment, now=now)
    if not by_customer:
        card = payment.gift_card.label if payment.gift_card else ""
        tell_part_returned(order=order, amount=payment.amount, was_charged=captured, gift_card=card, now=now)
    return True
