from django.apps import AppConfig
from django.core.checks import Tags, register
from django.utils.translation import gettext_lazy as _

from cinema.checks import CHECKS


class CinemaConfig(AppConfig):
    name = "cinema"
    verbose_name = _("Cinema")

    def ready(self) -> None:
        """Have the house's own checks made."""
        for check in CHECKS:
            register(check, Tags.security, deploy=True)
