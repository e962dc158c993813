"""A bank to try things out with. It keeps a book of its own, signs what it says, and takes no real money.

It can be as difficult as a real one: its page offers to decline, to ask for a code first, to keep silent, to tell
everything twice, to be away, or to refuse capture and refund for good (:class:`SandboxCharge.Mood`).
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from cinema.money import as_text, to_minor
from ticketing.money.models import Payment
from ticketing.money.providers.base import (
    BadSignature,
    Begun,
    Call,
    Event,
    EventKind,
    Provider,
    ProviderRefused,
    ProviderUnavailable,
)
from ticketing.money.refund_models import Refund
from ticketing.money.sandbox_models import SandboxCharge, SandboxRefund

Status, Mood = SandboxCharge.Status, SandboxCharge.Mood
SIGNATURE_HEADER = "X-Signature"
KINDS = {
    Status.AUTHORISED: EventKind.AUTHORISED,
    Status.CAPTURED: EventKind.AUTHORISED,
    Status.DECLINED: EventKind.DECLINED,
    Status.VOIDED: EventKind.DECLINED,
}
TOKENS = {"success": True, "decline": False}


class SandboxProvider(Provider):
    """The bank's side of a payment: authorise, capture or void, refund."""

    name = "sandbox"
    label = _("Sandbox bank (no real money)")
    tokens = tuple(TOKENS)
    window = timedelta(minutes=30)

    def begin(self, payment: Payment, *, now: datetime, on_phone: bool = False, client_ip: str = "") -> Begun:
        """Open a charge; returns the bank's own page for it."""
        charge = SandboxCharge(reference=payment.reference, amount=payment.amount, currency=payment.currency)
        SandboxCharge.objects.bulk_create([charge], ignore_conflicts=True)  # asked again it is there already
        address = reverse("ticketing:sandbox", kwargs={"reference": payment.reference})
        return Begun(address=address, provider_reference=payment.reference.hex)

    def decide(self, reference: UUID, *, authorise: bool, now: datetime, mood: str = Mood.FRIENDLY) -> list[Call]:
        """The customer's word at the bank; returns the bank's signed call-backs. A second word changes nothing."""
        wanted = Status.AUTHORISED if authorise else Status.DECLINED
        undecided = SandboxCharge.objects.filter(reference=reference, status=Status.OPEN)
        undecided.update(status=wanted, mood=mood, decided_at=now)
        charge = SandboxCharge.objects.get(reference=reference)
        match charge.mood:
            case Mood.SILENT | Mood.AWAY:
                return []
            case Mood.DOUBLED:
                return [self.call(charge, number=2), self.call(charge, number=1), self.call(charge, number=2)]
            case _:
                return [self.call(charge)]

    def call(self, charge: SandboxCharge, *, number: int = 1) -> Call:
        """A call-back that says how the charge stands."""
        kind = KINDS.get(Status(charge.status), EventKind.OTHER)
        word = {
            "id": f"{charge.reference.hex}-{kind}-{number}",
            "kind": kind,
            "reference": str(charge.reference),
            "amount": as_text(charge.amount, charge.currency),
            "currency": charge.currency,
        }
        body = json.dumps(word).encode()
        return {SIGNATURE_HEADER: self.sign(body)}, body

    def sign(self, body: bytes) -> str:
        """The bank's signature under a message."""
        key = hashlib.sha256(b"sandbox-bank:" + settings.SECRET_KEY.encode()).digest()
        return hmac.new(key, body, hashlib.sha256).hexdigest()

    def take_token(self, payment: Payment, token: str, *, now: datetime) -> list[Call]:
        """The customer's word without the bank's page: ``success`` or ``decline``."""
        return self.decide(payment.reference, authorise=TOKENS[token], now=now)

    def check_signature(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> None:
        """Raise BadSignature for anything the bank didn't sign."""
        if not constant_time_compare(self.sign(body), headers.get(SIGNATURE_HEADER, "")):
            raise BadSignature

    def read_event(self, body: bytes) -> Event:
        """What the bank says."""
        message = json.loads(body)
        return Event(
            id=message["id"],
            kind=EventKind(message["kind"]),
            reference=UUID(message["reference"]),
            amount=to_minor(message["amount"], message["currency"]),
            currency=message["currency"],
        )

    def ask(self, payment: Payment, *, now: datetime) -> Event | None:
        """What the book says; nothing of a charge that is open or was never begun."""
        charge = SandboxCharge.objects.filter(reference=payment.reference).exclude(status=Status.OPEN).first()
        if charge is None:
            return None
        self._reach(charge, now)
        _headers, body = self.call(charge)
        return self.read_event(body)

    def capture(self, payment: Payment, *, now: datetime) -> None:
        """Take what was authorised."""
        charge = self._charge(payment, now)
        if charge.mood == Mood.KEEPS_MONEY:
            raise ProviderRefused(_("The card was blocked meanwhile."))
        SandboxCharge.objects.filter(pk=charge.pk, status=Status.AUTHORISED).update(status=Status.CAPTURED)

    def void(self, payment: Payment, *, now: datetime) -> None:
        """Let go of it; what was captured stays captured."""
        charge = SandboxCharge.objects.filter(reference=payment.reference).first()
        if charge is not None:
            self._reach(charge, now)
            open_or_reserved = SandboxCharge.objects.filter(
                pk=charge.pk, status__in=[Status.OPEN, Status.AUTHORISED, Status.DECLINED]
            )
            open_or_reserved.update(status=Status.VOIDED)

    def refund(self, refund: Refund, *, now: datetime) -> bool:
        """Give money back, once per reference."""
        charge = self._charge(refund.payment, now)
        if charge.mood == Mood.KEEPS_REFUND:
            raise ProviderRefused(_("The customer's account was closed."))
        with transaction.atomic():
            _paid, is_new = SandboxRefund.objects.get_or_create(
                reference=refund.reference,
                defaults={"charge": charge, "amount": refund.amount, "currency": refund.currency},
            )
            if is_new:
                taken = SandboxCharge.objects.filter(pk=charge.pk, status=Status.CAPTURED)
                if not taken.update(refunded_amount=F("refunded_amount") + refund.amount):
                    raise ProviderUnavailable  # the capture is still to come
        return True

    def _charge(self, payment: Payment, now: datetime) -> SandboxCharge:
        charge = SandboxCharge.objects.filter(reference=payment.reference).first()
        if charge is None:
            raise ProviderRefused(_("The bank knows no such charge."))
        self._reach(charge, now)
        return charge

    def _reach(self, charge: SandboxCharge, now: datetime) -> None:
        if charge.is_away(now):
            raise ProviderUnavailable
