"""What we tell providers, and ask them: capture, void, return, refund, ask. Each is done by a job.

None of it runs inside a transaction or a request. Every function looks first whether its work is still to be done,
and a provider does each only once per reference, so a job that died half-way is simply done again.
"""

from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from django.db import transaction

from cinema.clock import after, elapsed
from cinema.jobs import enqueue
from ticketing.money.attesting import post_returned
from ticketing.money.events import handle_event
from ticketing.money.models import Payment
from ticketing.money.payments import WITH_ORDER, expire_payment, note_captured
from ticketing.money.providers import IN_HOUSE, provider_named
from ticketing.money.providers.base import EventKind, Provider, ProviderUnavailable
from ticketing.money.refund_models import Refund
from ticketing.money.refunds import finish_refund
from ticketing.sale.models import Order
from ticketing.sale.notifications import tell_sold

Status = Payment.Status
PAUSES = [timedelta(minutes=minutes) for minutes in (2, 5, 15, 60, 240)]  # between questions to a provider
LOOKED_AFTER = timedelta(days=6)  # a refund that takes its time; ends before its job's deadline, which means failure


def follow_up_sale(*, order_id: int, now: datetime) -> None:
    """What comes of a sale: its customer is told, and money that was reserved for it is to be captured.

    Must run inside a transaction that also marks it as done, for a letter isn't to be written twice.
    """
    order = Order.objects.select_related("customer", "showtime__movie", "showtime__hall").get(pk=order_id)
    if order.status == Order.Status.PAID:
        tell_sold(order=order, now=order.paid_at or now)
    reserved = Payment.objects.filter(order=order, status=Status.AUTHORISED, settled_at=None)
    for payment_id in reserved.values_list("pk", flat=True):
        enqueue("capture_payment", key=str(payment_id), run_at=now, payment_id=payment_id)


def capture_payment(*, payment_id: int, now: datetime) -> None:
    """Take the money that was reserved for an order that is sold. Raises ProviderUnavailable, ProviderRefused."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.status != Status.AUTHORISED:
        return
    ready_provider(payment.provider).capture(payment, now=now)
    note_captured(payment=payment, now=now)


def void_payment(*, payment_id: int, now: datetime) -> None:
    """Let go of what was reserved, or close what nobody decided. Raises ProviderUnavailable, ProviderRefused."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.status not in {Status.VOIDING, Status.EXPIRED} or payment.settled_at is not None:
        return
    provider = ready_provider(payment.provider)
    if payment.status == Status.EXPIRED:  # we gave up; the customer may have said yes in that very moment
        event = provider.ask(payment, now=now)
        if event is not None and event.kind in {EventKind.AUTHORISED, EventKind.CAPTURED}:
            handle_event(provider=payment.provider, event=event, now=now)
            return
    provider.void(payment, now=now)
    after = Status.VOIDED if payment.status == Status.VOIDING else payment.status
    _confirmed(payment, payment.status, after, now)


def return_payment(*, payment_id: int, now: datetime) -> datetime | None:
    """Give back what a provider took at once for an order that couldn't be sold; returns when to look again whether
    the provider has done it, None when there is nothing more to do.

    Raises ProviderUnavailable, ProviderRefused.
    """
    payment = Payment.objects.get(pk=payment_id)
    if payment.status != Status.RETURNING:
        return None
    back = Refund(
        payment=payment, reference=return_reference(payment.reference), amount=payment.amount, currency=payment.currency
    )
    back.created_at = payment.decided_at or now
    if not ready_provider(payment.provider).refund(back, now=now):
        return _look_again(back.created_at, now)
    with transaction.atomic():
        if _confirmed(payment, Status.RETURNING, Status.RETURNED, now):
            post_returned(payment, now=now)
    return None


def return_reference(reference: UUID) -> UUID:
    """What a provider knows the return of a payment by, which has no row of its own."""
    return uuid5(NAMESPACE_OID, f"return {reference}")


def send_refund(*, refund_id: int, now: datetime) -> datetime | None:
    """Have the provider pay a refund out; returns when to look again whether it has, where it tells later.

    None when it is done, or none of ours to do. What is still to be captured is captured first. Raises
    ProviderUnavailable, ProviderRefused.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.status in {Refund.Status.DONE, Refund.Status.ASKED} or refund.payment.provider in IN_HOUSE:
        return None  # a clerk hands out what was paid in the house
    provider = ready_provider(refund.payment.provider)
    capture_payment(payment_id=refund.payment_id, now=now)
    Refund.objects.filter(pk=refund.pk, status=Refund.Status.APPROVED).update(status=Refund.Status.SENT)
    if not provider.refund(refund, now=now):
        return _look_again(refund.created_at, now)
    finish_refund(refund_id=refund_id, now=now)
    return None


def note_payment_failed(*, payment_id: int, why: str, now: datetime) -> None:
    """The provider won't do what was decided: staff have to look."""
    unsettled = Payment.objects.filter(pk=payment_id, settled_at=None)
    unsettled.update(failed_at=now, last_error=why[:300])


def ask_payment(*, payment_id: int, now: datetime) -> datetime | None:
    """Ask what became of a payment whose call-back never came; returns when to ask again, None when it is decided.

    Ends when the customer can no longer say yes there, or the order can no longer be sold. Raises ProviderUnavailable.
    """
    payment = Payment.objects.select_related(*WITH_ORDER).get(pk=payment_id)
    if payment.status not in Status.open():
        return None
    provider, order = ready_provider(payment.provider), payment.order
    event = provider.ask(payment, now=now)
    if event is not None:
        handle_event(provider=payment.provider, event=event, now=now)
        return None
    ends_at = after(payment.created_at, provider.window)
    if now >= ends_at or order.status != Order.Status.PENDING or not order.showtime.is_on_sale(now):
        expire_payment(payment=payment, now=now)
        return None
    return min(after(now, _pause(payment.created_at, now)), ends_at)


def ready_provider(name: str) -> Provider:
    """The provider that something is owed to or by, switched on or not. Raises ProviderUnavailable where its keys are
    gone: until they are back nothing can be said to it.
    """
    provider = provider_named(name)
    if missing := provider.missing_settings():
        raise ProviderUnavailable(f"{name}: {', '.join(missing)}")
    return provider


def _look_again(began_at: datetime, now: datetime) -> datetime | None:
    """When to look again after a refund; after a week no more, since then ``verify`` and staff have it long since."""
    later = after(now, _pause(began_at, now))
    return later if elapsed(began_at, later) < LOOKED_AFTER else None


def _pause(began_at: datetime, now: datetime) -> timedelta:
    asked_for = elapsed(began_at, now)
    return next((pause for pause in PAUSES if pause >= asked_for), PAUSES[-1])


def _confirmed(payment: Payment, before: str, after: str, now: datetime) -> bool:
    waiting = Payment.objects.filter(pk=payment.pk, status=before, settled_at=None)
    return bool(waiting.update(status=after, settled_at=now, failed_at=None))
