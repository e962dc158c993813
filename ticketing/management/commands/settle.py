"""``manage.py settle``: tells providers what they have not heard yet. ``manage.py work`` does it every minute."""

from typing import Any

from django.core.management.base import BaseCommand

from ticketing.money.payments import settle_open


class Command(BaseCommand):
    """Capture, void and refund what is decided but not yet settled. Safe at any time."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Settle, and say how much."""
        self.stdout.write(f"Settled: {settle_open()}.")
