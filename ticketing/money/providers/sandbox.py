"""A bank to try things out with. It keeps a book of its own, signs what it says, and takes no real money."""

import hashlib
import hmac
import json
from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from ticketing.money.models import Payment, Refund, SandboxCharge
from ticketing.money.providers.base import BadSignature, Notification

Status = SandboxCharge.Status
TAKEABLE = {Status.AUTHORISED, Status.CAPTURED}


class SandboxProvider:
    """The bank's side of a payment: authorise, capture or void, refund."""

    name = "sandbox"
    label = _("Sandbox bank (no real money)")

    def begin(self, payment: Payment) -> str:
        """Open a charge; answers the bank's own page for it."""
        SandboxCharge.objects.get_or_create(reference=payment.reference, defaults={"amount": payment.amount})
        return reverse("ticketing:sandbox", kwargs={"reference": payment.reference})

    def decide(self, reference: UUID, *, authorise: bool) -> tuple[bytes, str]:
        """The customer's word at the bank; answers the signed notification. A second word changes nothing."""
        wanted = Status.AUTHORISED if authorise else Status.DECLINED
        SandboxCharge.objects.filter(reference=reference, status=Status.OPEN).update(status=wanted)
        charge = SandboxCharge.objects.get(reference=reference)
        word = {"reference": str(reference), "authorised": charge.status in TAKEABLE, "amount": str(charge.amount)}
        body = json.dumps(word).encode()
        return body, self.sign(body)

    def sign(self, body: bytes) -> str:
        """The bank's signature under a message."""
        key = hashlib.sha256(b"sandbox-bank:" + settings.SECRET_KEY.encode()).digest()
        return hmac.new(key, body, hashlib.sha256).hexdigest()

    def read_notification(self, body: bytes, signature: str) -> Notification:
        """What the bank says. Raises BadSignature for anything the bank didn't sign."""
        if not constant_time_compare(self.sign(body), signature):
            raise BadSignature
        message = json.loads(body)
        return Notification(
            reference=UUID(message["reference"]),
            authorised=message["authorised"],
            amount=Decimal(message["amount"]),
        )

    def ask(self, payment: Payment) -> Notification | None:
        """What the book says; nothing of a charge that is open or was never begun."""
        charge = SandboxCharge.objects.filter(reference=payment.reference).exclude(status=Status.OPEN).first()
        if charge is None:
            return None
        return Notification(reference=payment.reference, authorised=charge.status in TAKEABLE, amount=charge.amount)

    def capture(self, payment: Payment) -> None:
        """Take what was authorised."""
        SandboxCharge.objects.filter(reference=payment.reference, status=Status.AUTHORISED).update(
            status=Status.CAPTURED
        )

    def void(self, payment: Payment) -> None:
        """Let go of it; what was captured stays captured."""
        SandboxCharge.objects.filter(reference=payment.reference, status__in=[Status.OPEN, Status.AUTHORISED]).update(
            status=Status.VOIDED
        )

    def refund(self, refund: Refund) -> None:
        """Give money back. Book and refund are written in one transaction, so it happens once."""
        SandboxCharge.objects.filter(reference=refund.payment.reference, status=Status.CAPTURED).update(
            refunded_amount=F("refunded_amount") + refund.amount
        )
