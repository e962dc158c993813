"""``manage.py settle``: tells providers and customers what they have not heard yet. Run it every minute."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.mailing import send_letters
from ticketing.money.payments import settle_open
from ticketing.sale.ticket_documents import papers_for


class Command(BaseCommand):
    """Capture, void and refund what is decided but not yet settled; mail the letters that wait. Safe at any time."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Settle, send, and say how much."""
        self.stdout.write(f"Settled: {settle_open()}.")
        self.stdout.write(f"Letters sent: {send_letters(now=timezone.now(), enclose=papers_for)}.")
