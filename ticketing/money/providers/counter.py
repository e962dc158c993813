"""Money that changes hands in the house itself, where the clerk is the provider."""

from django.utils.translation import gettext_lazy as _

from ticketing.money.models import Payment, Refund
from ticketing.money.providers.base import BadSignature, Notification


class InHouse:
    """Paid the moment the clerk says so; nobody outside has to be told."""

    name = ""

    def begin(self, payment: Payment) -> str:
        """Nothing to authorise elsewhere."""
        return ""

    def read_notification(self, body: bytes, signature: str) -> Notification:
        """Nobody outside may speak for the till. Raises BadSignature."""
        raise BadSignature

    def ask(self, payment: Payment) -> Notification | None:
        """Nobody outside knows anything."""
        return None

    def capture(self, payment: Payment) -> None:
        """The money is in the till."""

    def void(self, payment: Payment) -> None:
        """The money stayed with the customer."""

    def refund(self, refund: Refund) -> None:
        """The clerk hands it out."""


class CashProvider(InHouse):
    """Cash at the counter."""

    name = "cash"
    label = _("Cash")


class CounterCardProvider(InHouse):
    """The card terminal at the counter."""

    name = "card"
    label = _("Card at the counter")


class FreeProvider(InHouse):
    """Orders that cost nothing."""

    name = "free"
    label = _("Free of charge")
