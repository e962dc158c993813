"""``manage.py verify``: proves that no seat had two owners, that all money adds up and that no work lies undone."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ticketing.money.verify.verdict import verify_books


class Command(BaseCommand):
    """Hold every table that the journal attests against it, and the journal against its seals."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--since 2026-11-01`` looks at what happened from that day on."""
        parser.add_argument("--since", type=date.fromisoformat, metavar="DATE", help="what happened since a day")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each fault; exit with an error if there is one."""
        verdict = verify_books(now=timezone.now(), since=options["since"])
        for fault in verdict.faults:
            self.stderr.write(fault)
        if verdict.faults:
            raise CommandError(f"{len(verdict.faults)} faults found.")
        head = f", sealed up to {verdict.kept.head[:16]}" if verdict.kept.head else ""
        self.stdout.write(f"The books are in order: {verdict.kept.entry_count} journal entries{head}.")
