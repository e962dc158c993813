"""Paying an order: start, hear the provider's word, sell, and settle with the provider.

The sale and its payment are decided in one transaction; only then is the provider told to capture or to void. A crash
in between loses nothing: ``settle_open`` asks the provider and tells it again.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cinema.errors import CinemaError, NotFound
from ticketing.money.models import Payment, Refund
from ticketing.money.providers import IN_HOUSE, Notification, UnknownProvider, provider_named
from ticketing.programme.showtimes import ShowtimeChanged
from ticketing.sale.claims import SeatsTaken, transaction_in_turn
from ticketing.sale.holds import SalesClosed
from ticketing.sale.models import Claim, Order
from ticketing.sale.notifications import tell_not_sold
from ticketing.sale.orders import WrongOrderStatus, sell_order

logger = logging.getLogger(__name__)
ATTEMPTS = 3
WITH_ORDER = "order__showtime__movie", "order__showtime__hall", "order__customer"


class PaymentNotFound(NotFound):
    """No payment has this reference."""

    code = "payment_not_found"
    message = _("There is no such payment.")


class PaymentDeclined(CinemaError):
    """The provider said no; the order still waits."""

    code = "payment_declined"
    message = _("The payment was declined. Nothing was charged.")


def start_payment(*, order: Order, provider: str, now: datetime, return_url: str = "") -> Payment:
    """Begin to pay a pending order. An order that costs nothing is free whatever the provider.

    Raises WrongOrderStatus, SalesClosed, SeatsTaken (its hold ran out and others have the seats), UnknownProvider.
    """
    if order.status != Order.Status.PENDING:
        raise WrongOrderStatus
    if not order.showtime.is_on_sale(now):
        raise SalesClosed
    if order.is_expired(now) and (lost := _seats_of_others(order, now)):
        raise SeatsTaken(labels=lost)
    chosen = provider_named(provider if order.total_amount else "free")
    if order.total_amount and chosen.name == "free":
        raise UnknownProvider(field="provider")
    return Payment.objects.create(
        order=order, provider=chosen.name, amount=order.total_amount, return_url=return_url, created_at=now
    )


def payment_address(payment: Payment) -> str:
    """Where the customer authorises the payment; "" where nothing is to be authorised elsewhere."""
    return provider_named(payment.provider).begin(payment)


def find_payment(*, reference: UUID) -> Payment:
    """The payment with its order. Raises PaymentNotFound."""
    found = Payment.objects.select_related(*WITH_ORDER).filter(reference=reference).first()
    if found is None:
        raise PaymentNotFound
    return found


def hear_provider(*, provider: str, body: bytes, signature: str, now: datetime) -> Payment:
    """Take a provider's signed notification and act on it; hearing it twice changes nothing.

    Raises UnknownProvider, BadSignature, PaymentNotFound.
    """
    notification = provider_named(provider).read_notification(body, signature)
    payment = find_payment(reference=notification.reference)
    if payment.provider != provider:
        raise PaymentNotFound
    return decide_payment(payment=payment, notification=notification, now=now)


def decide_payment(*, payment: Payment, notification: Notification, now: datetime) -> Payment:
    """Sell the order for an authorised payment, or note the refusal; then settle with the provider.

    If the order can no longer be sold, or another amount was authorised, the payment is voided: nothing is charged.
    Deciding twice changes nothing; a yes that comes after a no is let go of again.
    """
    if payment.status == Payment.Status.STARTED:
        outcome = _outcome(payment, notification, now)
        if outcome != Payment.Status.TAKEN:  # which was decided together with the sale
            _let_go(payment, outcome, now)
    payment.refresh_from_db()
    if notification.authorised and payment.status != Payment.Status.TAKEN:
        Payment.objects.filter(pk=payment.pk).update(settled_at=None)
        payment.settled_at = None
    settled_or_later(settle_payment, payment=payment, now=now)
    return payment


def _outcome(payment: Payment, notification: Notification, now: datetime) -> str:
    if not notification.authorised:
        return Payment.Status.DECLINED
    if notification.amount != payment.amount:
        logger.error("payment %s voided: %s instead of %s", payment.pk, notification.amount, payment.amount)
        return Payment.Status.VOIDED
    for _attempt in range(ATTEMPTS):
        try:
            take_payment(payment=payment, now=now)
            return Payment.Status.TAKEN
        except ShowtimeChanged:
            continue  # a new price, say: what was bought can be sold all the same, or the next look refuses it
        except CinemaError as refusal:
            logger.info("payment %s voided: %s", payment.pk, refusal.code)
            break
    return Payment.Status.VOIDED


def take_payment(*, payment: Payment, now: datetime, by: User | None = None) -> None:
    """Sell the order for this payment, both or neither. The constraint on payments lets one per order through.

    Raises WrongOrderStatus, SeatsTaken, SalesClosed, ShowtimeChanged.
    """
    with transaction_in_turn():
        sell_order(order=payment.order, payment_id=payment.pk, method=payment.provider, now=now, by=by)
        if not _decide(payment, Payment.Status.TAKEN, now):
            raise WrongOrderStatus


def pay_in_house(*, order: Order, provider: str, now: datetime, by: User | None) -> Payment:
    """Pay at the counter, by a clerk's word, or for nothing: order sold and payment taken in one go.

    Raises what ``start_payment`` and ``take_payment`` raise, and then nothing has happened.
    """
    with transaction.atomic():
        payment = start_payment(order=order, provider=provider, now=now)
        if payment.provider not in IN_HOUSE:
            raise UnknownProvider(field="provider")
        take_payment(payment=payment, now=now, by=by)
    payment.refresh_from_db()
    settled_or_later(settle_payment, payment=payment, now=now)
    return payment


def settle_payment(*, payment: Payment, now: datetime) -> None:
    """Tell the provider what was decided: capture what was sold, void what was not. Again is harmless."""
    if payment.settled_at or payment.status == Payment.Status.STARTED:
        return
    provider = provider_named(payment.provider)
    if payment.status == Payment.Status.TAKEN:
        provider.capture(payment)
    else:
        provider.void(payment)
    Payment.objects.filter(pk=payment.pk).update(settled_at=now)
    payment.settled_at = now


@transaction.atomic
def settle_refund(*, refund_id: int, now: datetime) -> None:
    """Have the provider pay a refund out, once."""
    rows = Refund.objects.select_related("payment").select_for_update(of=("self",), no_key=True)
    refund = rows.get(pk=refund_id)
    if refund.settled_at is None:
        settle_payment(payment=refund.payment, now=now)
        provider_named(refund.payment.provider).refund(refund)
        Refund.objects.filter(pk=refund.pk).update(settled_at=now)


def settle_open(*, now: datetime | None = None) -> int:
    """Make good whatever a crash or an outage left undone; answers how many things were settled.

    Payments whose notification was never heard are asked after and decided; what was decided is told to the providers.
    A provider that is away is left for the next time. Any number of these may run at once, beside the house at work.
    """
    now = now or timezone.now()
    unheard = Payment.objects.filter(status=Payment.Status.STARTED).select_related(*WITH_ORDER)
    asked = [settled_or_later(_ask_after, payment=payment, now=now) for payment in list(unheard)]
    payments = Payment.objects.filter(settled_at=None).exclude(status=Payment.Status.STARTED)
    told = [settled_or_later(settle_payment, payment=payment, now=now) for payment in payments]
    refunds = Refund.objects.filter(settled_at=None).values_list("pk", flat=True)
    paid = [settled_or_later(settle_refund, refund_id=refund_id, now=now) for refund_id in refunds]
    return sum([*asked, *told, *paid])


def settled_or_later(settle: Callable[..., bool | None], **what: Any) -> bool:
    """Whether a word with the provider did something. If it is away the sale stands; ``settle_open`` tries again."""
    try:
        return settle(**what) is not False
    except Exception:
        logger.exception("A provider could not be told; manage.py settle will try again")
        return False


def _ask_after(*, payment: Payment, now: datetime) -> bool:
    """Decide a payment by what its provider knows of it, or call it off when its order can't be sold any more."""
    notification = provider_named(payment.provider).ask(payment)
    if notification is None:
        order = payment.order
        if order.status == Order.Status.PENDING and order.showtime.is_on_sale(now):
            return False  # the customer may still be at the provider's
        notification = Notification(reference=payment.reference, authorised=False, amount=payment.amount)
    decide_payment(payment=payment, notification=notification, now=now)
    return True


@transaction.atomic
def _let_go(payment: Payment, outcome: str, now: datetime) -> None:
    if _decide(payment, outcome, now) and outcome == Payment.Status.VOIDED:
        tell_not_sold(order=payment.order, now=now)


def _decide(payment: Payment, status: str, now: datetime) -> bool:
    started = Payment.objects.filter(pk=payment.pk, status=Payment.Status.STARTED)
    return bool(started.update(status=status, decided_at=now))


def _seats_of_others(order: Order, now: datetime) -> list[str]:
    others = Claim.objects.filter(showtime_id=order.showtime_id).exclude(order=order)
    live = others.exclude(status=Claim.Status.HELD, held_until__lte=now)
    lines = order.lines.filter(seat_id__in=live.values("seat_id"))
    return list(lines.values_list("label", flat=True))
