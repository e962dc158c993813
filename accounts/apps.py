from importlib import import_module

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Hear what happens on allauth's pages; look at the filter of leaked passwords."""
        register(import_module("accounts.breached_passwords").filter_is_whole, Tags.security)
        import_module("accounts.hooks").connect()  # it imports models, which can't be loaded before now
