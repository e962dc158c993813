"""What elsewhere commands do every minute, within the one process of ``python3 run.py`` and every few seconds."""

import logging
import threading
import time

from django.db import connections
from django.utils import timezone

from accounts.mailing import send_letters
from catalog.streams.uploads import see_to_work
from ticketing.money.payments import settle_open
from ticketing.sale.ticket_documents import papers_for

logger = logging.getLogger(__name__)

LETTERS_SECONDS = 5
ROUNDS_A_SETTLING = 12


def start_rounds() -> None:
    """Beside serving: mail letters and see to uploads soon after they came, settle with the providers every minute."""
    threading.Thread(target=_go_round, name="rounds", daemon=True).start()


def _go_round() -> None:
    done = 0
    while True:
        time.sleep(LETTERS_SECONDS)
        done += 1
        try:
            send_letters(now=timezone.now(), enclose=papers_for)
            see_to_work(now=timezone.now())
            if done % ROUNDS_A_SETTLING == 0:
                settle_open()
        except Exception:
            logger.exception("Letters, uploads or payments could not be seen to; the next round tries again")
        finally:
            connections.close_all()
