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
        from cinema.demo.log_ins import nobody_knows_the_passwords  # noqa: PLC0415 - models are loaded only now

        register(nobody_knows_the_passwords, Tags.security, deploy=True)
