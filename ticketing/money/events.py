"""What providers say: stored once, word for word, before it is understood; then acted on, in any order."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from cinema.errors import CinemaError, InvalidInput
from ticketing.money.models import Payment, ProviderEvent
from ticketing.money.payments import (
    PaymentNotFound,
    decline_payment,
    expire_payment,
    find_payment,
    note_disputed,
    take_payment,
)
from ticketing.money.providers import provider_named
from ticketing.money.providers.base import Event, EventKind
from ticketing.money.refund_models import Refund
from ticketing.money.refunds import finish_refund, note_refund_failed

logger = logging.getLogger(__name__)
GRACE = timedelta(seconds=30)  # in which whoever received an event is still at it


class UnreadableEvent(InvalidInput):
    """The provider signed something that makes no sense here."""

    code = "unreadable_event"
    message = _("This notification cannot be read.")


def receive_event(*, provider: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Payment | None:
    """Take a provider's signed call-back, keep it, and act on it; hearing it twice changes nothing.

    Returns the payment that it is about, None where it is about none.

    Raises UnknownProvider, BadSignature, UnreadableEvent, PaymentNotFound.
    """
    speaker = provider_named(provider)
    speaker.check_signature(headers, body, now=now)
    event = _read(provider, body)
    kept = ProviderEvent(provider=provider, event_id=event.id[:200], body=body, received_at=now)
    ProviderEvent.objects.bulk_create([kept], ignore_conflicts=True)  # it may have come before
    return _handle(kept, event, now)


def handle_waiting_events(*, now: datetime) -> int:
    """Act on what was received and, for a crash or an outage, not yet acted on; returns how many there were."""
    waiting = ProviderEvent.objects.filter(handled_at=None, received_at__lte=now - GRACE).order_by("pk")
    count = 0
    for kept in list(waiting[:200]):
        try:
            _handle(kept, _read(kept.provider, bytes(kept.body)), now)
            count += 1
        except CinemaError as refusal:
            logger.warning("Event %s of %s: %s", kept.event_id, kept.provider, refusal.code)
    return count


def clear_old_events(*, before: datetime) -> int:
    """Forget what was handled before that moment; returns how many there were."""
    deleted, _by_model = ProviderEvent.objects.filter(handled_at__lt=before).delete()
    return deleted


def handle_event(*, provider: str, event: Event, now: datetime) -> Payment | None:
    """Act on what a provider says; returns the payment it is about. Raises PaymentNotFound for what isn't ours."""
    if event.kind == EventKind.OTHER and event.reference is None:
        return None  # kept, but of no consequence here
    payment = _payment_of(provider, event)
    if payment.provider != provider:
        raise PaymentNotFound
    match event.kind:
        case EventKind.AUTHORISED | EventKind.CAPTURED:
            return take_payment(
                payment=payment,
                amount=event.amount,
                captured=event.kind == EventKind.CAPTURED,
                currency=event.currency,
                now=now,
                provider_reference=event.provider_reference,
            )
        case EventKind.DECLINED:
            decline_payment(payment=payment, now=now, why=event.note)
        case EventKind.EXPIRED:
            expire_payment(payment=payment, now=now)
        case EventKind.REFUNDED:
            if (refund := _refund_of(event)).status != Refund.Status.FAILED:  # after a failure this is an old word
                finish_refund(refund_id=refund.pk, now=now)
        case EventKind.REFUND_FAILED:
            note_refund_failed(refund_id=_refund_of(event).pk, why=event.note, now=now)
        case EventKind.DISPUTED:
            note_disputed(payment=payment, why=event.note, now=now)
    payment.refresh_from_db()
    return payment


def _read(provider: str, body: bytes) -> Event:
    try:
        return provider_named(provider).read_event(body)
    except (ValueError, KeyError, TypeError, ArithmeticError) as fault:
        logger.exception("A notification of %s cannot be read", provider)
        raise UnreadableEvent from fault


def _handle(kept: ProviderEvent, event: Event, now: datetime) -> Payment | None:
    rows = ProviderEvent.objects.filter(provider=kept.provider, event_id=kept.event_id)
    try:
        payment = handle_event(provider=kept.provider, event=event, now=now)
    except PaymentNotFound as refusal:
        rows.update(handled_at=now, last_error=refusal.code)
        raise
    rows.update(handled_at=now, payment=payment, last_error="")
    return payment


def _payment_of(provider: str, event: Event) -> Payment:
    if event.kind in {EventKind.REFUNDED, EventKind.REFUND_FAILED}:
        return find_payment(reference=_refund_of(event).payment.reference)
    if event.reference is not None:
        return find_payment(reference=event.reference)
    known = Payment.objects.filter(provider=provider, provider_reference=event.provider_reference).first()
    if known is None or not event.provider_reference:
        raise PaymentNotFound
    return find_payment(reference=known.reference)


def _refund_of(event: Event) -> Refund:
    if event.reference is None:
        raise PaymentNotFound
    refund = Refund.objects.select_related("payment").filter(reference=event.reference).first()
    if refund is None:
        raise PaymentNotFound
    return refund
