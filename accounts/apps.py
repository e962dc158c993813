from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Hear what happens on allauth's pages."""
        import_module("accounts.hooks").connect()  # it imports models, which can't be loaded before now
