"""``manage.py verify``: proves that no seat ever had two owners and that all money adds up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ticketing.models import LedgerEntry
from ticketing.money.verify import find_faults, one_moment


class Command(BaseCommand):
    """Replay the ledger and compare it with orders, tickets, claims, payments and the bank."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each fault; exit with an error if there is one."""
        with one_moment():
            faults = list(find_faults(now=timezone.now()))
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults found.")
        self.stdout.write(f"The books are in order: {LedgerEntry.objects.count()} ledger entries replayed.")
