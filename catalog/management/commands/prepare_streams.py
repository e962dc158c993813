"""``manage.py prepare_streams``: makes uploaded films and archives into streams, and takes away old ones."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from catalog.streams.work import prepare_waiting, sweep


class Command(BaseCommand):
    """Works until no upload is waiting. Safe to run at any time, and several times at once."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, sweep and say how much."""
        count = prepare_waiting(clock=timezone.now)
        sweep(now=timezone.now())
        self.stdout.write(f"Prepared: {count}.")
