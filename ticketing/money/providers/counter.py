"""Money that changes hands in the house itself, where the clerk is the provider."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from ticketing.money.models import Payment
from ticketing.money.providers.base import Begun, Provider

GIFT_CARD = "gift_card"
ONTO_CARDS = frozenset({GIFT_CARD})  # what goes back goes onto the card, at once
AT_TILL = frozenset({"cash", "card"})  # whose money lies in a till, or was taken by the terminal beside it


class InHouse(Provider):
    """Paid the moment the clerk says so; nobody outside has to be told."""

    is_online = False

    def begin(self, payment: Payment, *, now: datetime, on_phone: bool = False, client_ip: str = "") -> Begun:
        """Nothing to authorise elsewhere."""
        return Begun(address="")


class CashProvider(InHouse):
    """Cash at the counter."""

    name = "cash"
    label = _("Cash")


class TerminalProvider(InHouse):
    """The card terminal at the counter."""

    name = "card"
    label = _("Card at the counter")


class GiftCardProvider(InHouse):
    """A gift card: money that came in when the card was sold."""

    name = GIFT_CARD
    label = _("Gift card")


class OfficeProvider(InHouse):
    """Orders that staff make paid by document: no clerk's till has the money, the day's close lists it apart."""

    name = "office"
    label = _("Office, by document")


class FreeProvider(InHouse):
    """Orders that cost nothing."""

    name = "free"
    label = _("Free of charge")
