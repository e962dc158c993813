"""``manage.py settle``: tells the payment providers what a crash or an outage kept from them."""

from typing import Any

from django.core.management.base import BaseCommand

from ticketing.payments import settle_open


class Command(BaseCommand):
    """Capture, void and refund what is decided but not yet settled. Safe to run at any time."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Settle and say how much."""
        self.stdout.write(f"Settled: {settle_open()}.")
