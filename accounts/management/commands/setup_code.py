"""``manage.py setup_code``: the code with which a house that has no administrator is claimed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.administrators import HouseClaimed, new_setup_code


class Command(BaseCommand):
    """Makes a fresh code and prints it; the one before is worthless from then on, on every machine."""

    help = "Prints a one-time code that registers the first administrator; every earlier code ends."

    def add_arguments(self, parser: CommandParser) -> None:
        """The switch."""
        parser.add_argument("--if-unclaimed", action="store_true", help="say nothing where there is an administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print it, or say that there is an administrator already."""
        try:
            code = new_setup_code(now=timezone.now())
        except HouseClaimed:
            if options["if_unclaimed"]:
                return
            raise CommandError(
                "There is an administrator already. A forgotten password: manage.py changepassword NAME. "
                "Nobody left who knows one: manage.py createsuperuser."
            ) from None
        self.stdout.write(
            f"\n  Nobody is in charge of this cinema yet. Its set-up code, good once:\n\n      {code}\n\n"
            f"  Open {settings.SITE_URL}/account/setup/ and enter it there, or send it as setupCode to\n"
            f"  {settings.SITE_URL}/api/v1/auth/admin/register. Another one: python manage.py setup_code\n"
        )
