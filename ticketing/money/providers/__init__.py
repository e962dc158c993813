"""The payment providers: one interface, and who implements it."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cinema.errors import InvalidInput
from ticketing.money.providers.base import Notification, Provider
from ticketing.money.providers.counter import CashProvider, CounterCardProvider, FreeProvider
from ticketing.money.providers.sandbox import SandboxProvider

__all__ = ["Notification", "Provider", "UnknownProvider", "online_providers", "provider_named"]

IN_HOUSE: dict[str, Provider] = {
    provider.name: provider for provider in (CashProvider(), CounterCardProvider(), FreeProvider())
}
ONLINE: dict[str, Provider] = {provider.name: provider for provider in (SandboxProvider(),)}


class UnknownProvider(InvalidInput):
    """No such provider, or the house doesn't take it."""

    code = "unknown_provider"
    message = _("This payment method is not available.")


def online_providers() -> list[Provider]:
    """Those a customer can choose, in the house's order."""
    return [ONLINE[name] for name in settings.PAYMENT_PROVIDERS]


def provider_named(name: str) -> Provider:
    """The provider of that name, online and switched on or in-house. Raises UnknownProvider."""
    if name in settings.PAYMENT_PROVIDERS and name in ONLINE:
        return ONLINE[name]
    if name in IN_HOUSE:
        return IN_HOUSE[name]
    raise UnknownProvider(field="provider")
