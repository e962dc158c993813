"""``manage.py reconcile alipay bill.csv --since 2026-11-27``: holds a provider's statement against our tables."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cinema.days import add_days, midnight
from cinema.errors import CinemaError
from ticketing.money.providers import provider_named
from ticketing.money.reconciling import Reconciliation, compare_statement


class Command(BaseCommand):
    """Name every line that says other than our tables, and what is ours and isn't in the file."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The provider, its file, and the days that the file covers."""
        parser.add_argument("provider")
        parser.add_argument("file", type=Path)
        parser.add_argument("--since", type=date.fromisoformat, required=True, metavar="DATE", help="its first day")
        parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="its last day, else the same")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each difference; exit with an error if there is one."""
        since, last = options["since"], options["until"] or options["since"]
        span = (midnight(since), midnight(add_days(last, 1)))
        count, faults = Reconciliation(), 0
        try:
            lines = list(provider_named(options["provider"]).read_statement(options["file"].read_bytes()))
        except (CinemaError, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
        told = compare_statement(provider=options["provider"], lines=lines, since=span[0], until=span[1], count=count)
        for fault in told:
            self.stderr.write(fault)
            faults += 1
        said = f"{count.payments} payments and {count.refunds} refunds agree"
        foreign = f", {count.foreign} lines are of other tills" if count.foreign else ""
        if faults:
            raise CommandError(f"{said}{foreign}; {faults} differences found.")
        self.stdout.write(f"{said}{foreign}.")
