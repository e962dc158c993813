"""``manage.py verify``: proves that no seat had two owners, that all money adds up and that no work lies undone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cinema.jobs.health import find_undone
from ticketing.models import LedgerEntry
from ticketing.money.verify import find_faults, one_moment


class Command(BaseCommand):
    """Replay the ledger and compare it with orders, tickets, claims, payments and the bank."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each fault; exit with an error if there is one."""
        with one_moment():
            now = timezone.now()
            faults = [*find_faults(now=now), *find_undone(now=now)]
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} faults found.")
        self.stdout.write(f"The books are in order: {LedgerEntry.objects.count()} ledger entries replayed.")
