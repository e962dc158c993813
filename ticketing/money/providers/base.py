"""What a payment provider can do.

A payment is first authorised by the customer at the provider, who then notifies the house. Only when the seats are
the order's for good is the money captured; otherwise the authorisation is voided and nothing is ever charged.
``capture``, ``void`` and ``refund`` are called after the sale is committed and again by ``manage.py settle`` until they
succeed, so a provider must do each only once per reference. ``ask`` makes good a notification that was never heard.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from django.utils.functional import Promise

from cinema.errors import Forbidden
from ticketing.money.models import Payment, Refund


class BadSignature(Forbidden):
    """A notification that the provider didn't sign."""

    code = "bad_signature"
    message = "The signature does not match."


@dataclass(frozen=True)
class Notification:
    """What a provider says became of a payment, and of what amount it speaks."""

    reference: UUID
    authorised: bool
    amount: Decimal


class Provider(Protocol):
    """A way to pay."""

    name: str

    @property
    def label(self) -> str | Promise:
        """What customers know it by."""

    def begin(self, payment: Payment) -> str:
        """Announce the payment; answers the address where the customer authorises it, or "" if there is none."""

    def read_notification(self, body: bytes, signature: str) -> Notification:
        """What a call-back says. Raises BadSignature."""

    def ask(self, payment: Payment) -> Notification | None:
        """What became of a payment, or None while the customer hasn't decided."""

    def capture(self, payment: Payment) -> None:
        """Take the authorised money; again is harmless."""

    def void(self, payment: Payment) -> None:
        """Let go of what was authorised, if anything was; again is harmless."""

    def refund(self, refund: Refund) -> None:
        """Pay money back; again with the same reference is harmless."""
