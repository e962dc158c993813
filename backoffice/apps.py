from django.apps import AppConfig
from django.contrib.admin import apps as stock
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _


class BackofficeConfig(AppConfig):
    default = True
    name = "backoffice"
    verbose_name = _("Back office")

    def ready(self) -> None:
        """Have the demo's log-ins looked for before a house is opened."""
        from backoffice.demo.log_ins import nobody_knows_the_passwords  # noqa: PLC0415 - models are loaded only now

        register(nobody_knows_the_passwords, Tags.security, deploy=True)


class OfficeConfig(stock.AdminConfig):
    """Django's admin with the house's own site in place of the stock one."""

    default = False
    default_site = "backoffice.site.Office"
