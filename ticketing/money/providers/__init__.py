"""The payment providers. Whoever stands in a file of this package is found; the settings say who is switched on."""

from importlib import import_module
from pkgutil import iter_modules

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cinema.errors import InvalidInput
from ticketing.money.providers.base import Provider


class UnknownProvider(InvalidInput):
    """No such provider, or the house doesn't take it."""

    code = "unknown_provider"
    message = _("This payment method is not available.")


def _found(kind: type[Provider]) -> list[Provider]:
    inner = [provider for below in kind.__subclasses__() for provider in _found(below)]
    return [kind(), *inner] if hasattr(kind, "name") else inner


for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
PROVIDERS: dict[str, Provider] = {provider.name: provider for provider in _found(Provider)}
IN_HOUSE = frozenset(name for name, provider in PROVIDERS.items() if not provider.is_online)


def online_providers() -> list[Provider]:
    """Those a customer can choose, in the house's order."""
    return [PROVIDERS[name] for name in settings.PAYMENT_PROVIDERS]


def online_provider(name: str) -> Provider:
    """The online provider of that name that is switched on. Raises UnknownProvider."""
    if name not in settings.PAYMENT_PROVIDERS or name not in PROVIDERS:
        raise UnknownProvider(field="provider")
    return PROVIDERS[name]


def label_of(name: str) -> str:
    """What people call a way to pay."""
    return str(PROVIDERS[name].label) if name in PROVIDERS else name


def provider_named(name: str) -> Provider:
    """Any provider there is, switched on or not: what was begun with it has to be ended. Raises UnknownProvider."""
    try:
        return PROVIDERS[name]
    except KeyError:
        raise UnknownProvider(field="provider") from None
