from django.apps import AppConfig
from django.contrib.admin import apps as stock
from django.utils.translation import gettext_lazy as _


class BackofficeConfig(AppConfig):
    default = True
    name = "backoffice"
    verbose_name = _("Back office")


class OfficeConfig(stock.AdminConfig):
    """Django's admin with the house's own site in place of the stock one."""

    default = False
    default_site = "backoffice.site.Office"
