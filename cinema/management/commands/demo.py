"""``manage.py demo``: lays the demo cinema, or brings its programme up to date."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalog.models import Movie
from cinema.demo.lay import clear_cinema, lay_demo, top_up
from cinema.demo.log_ins import close_log_ins
from cinema.demo.people import ADMIN, CLERK, CUSTOMER


class Command(BaseCommand):
    """Real films, three halls, two weeks of showtimes ahead and two behind, customers and their orders."""

    help = (
        "Lays the demo cinema around today. Where there are films already it only fills up the programme of the demo "
        "films when it runs dry; --reset erases everything and lays it anew."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The switches."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is any film")
        parser.add_argument(
            "--reset", action="store_true", help="erase all films, halls, sales, talk and customers first"
        )
        parser.add_argument(
            "--close-log-ins", action="store_true", help="take the well-known passwords away, and do nothing else"
        )
        parser.add_argument("--force", action="store_true", help="do it although DEMO is not on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Lay, top up, reset or close, and say what was done."""
        if options["close_log_ins"]:
            names = ", ".join(user.username for user in close_log_ins())
            self.stdout.write(f"No password opens these any more: {names}." if names else "None was open.")
            return
        now, allowed = timezone.now(), settings.DEMO or options["force"]
        if options["reset"]:
            if not allowed:
                raise CommandError(
                    "--reset erases every film, hall, sale and customer. Set DEMO=on, or add --force if you mean it."
                )
            clear_cinema()
        if not Movie.objects.exists():
            if not allowed:
                raise CommandError(
                    "The demo cinema has log-ins whose passwords everybody knows. Set DEMO=on, or add --force."
                )
            count = lay_demo(now=now)
            self.stdout.write(f"Laid the demo cinema: {Movie.objects.count()} films, {count} showtimes.")
            for (name, password), who in ((ADMIN, "manager"), (CLERK, "box office"), (CUSTOMER, "customer")):
                self.stdout.write(f"Log in as {name} / {password} ({who}).")
        elif not options["if_empty"]:
            added = top_up(now=now)
            self.stdout.write(f"Added {added} showtimes." if added else "The programme is up to date.")
