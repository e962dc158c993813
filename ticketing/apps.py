from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


class TicketingConfig(AppConfig):
    name = "ticketing"
    verbose_name = _("Ticketing")

    def ready(self) -> None:
        """Have films ask before they leave the list, and payment providers say whether they have what they need."""
        # Models can't be loaded before this moment.
        from catalog.films import ask_before_taking_down  # noqa: PLC0415
        from ticketing.sale.film_changes import refuse_while_sold  # noqa: PLC0415

        ask_before_taking_down(refuse_while_sold)
        refuse_unready_providers()


def refuse_unready_providers() -> None:
    """Say what the payment providers that are switched on still lack. Raises ImproperlyConfigured."""
    from ticketing.money.providers import PROVIDERS  # noqa: PLC0415

    online = sorted(name for name, provider in PROVIDERS.items() if provider.is_online)
    for name in settings.PAYMENT_PROVIDERS:
        if name not in online:
            raise ImproperlyConfigured(
                f"PAYMENT_PROVIDERS names {name!r}, which is none. There are: {', '.join(online)}."
            )
        if missing := PROVIDERS[name].missing_settings():
            raise ImproperlyConfigured(f"The payment provider {name!r} needs {', '.join(missing)} as well.")
        taken = PROVIDERS[name].currencies
        if taken and settings.CURRENCY not in taken:
            raise ImproperlyConfigured(
                f"The payment provider {name!r} takes {', '.join(taken)} only, and CURRENCY is {settings.CURRENCY}. "
                f"Take it out of PAYMENT_PROVIDERS, or sell in {' or '.join(taken)}."
            )
