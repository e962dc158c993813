"""Dying at a named place, as in a power cut: no handler runs, nothing is flushed."""

import functools
import importlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

from django.apps import AppConfig

PLACES = {
    "hold written, not committed": "ticketing.sale.holds announce_seats after",
    "hold committed": "ticketing.views.seats hold_seats after",
    "payment started": "ticketing.money.online start_payment after",
    "charge opened at the bank": "ticketing.money.online begin_payment after",
    "authorised at the bank": "ticketing.views.payment receive_event before",
    "sale written, not committed": "ticketing.sale.orders announce_seats after",
    "sale committed, not answered": "ticketing.views.payment receive_event after",
    "sold, nobody told": "ticketing.money.settling follow_up_sale after",
    "told, not captured": "ticketing.money.settling capture_payment before",
    "captured, not marked": "ticketing.money.providers.sandbox SandboxProvider.capture after",
    "refund written, not committed": "ticketing.money.refunds announce_freed after",
    "refund committed, not paid out": "ticketing.money.settling send_refund before",
    "paid out, not marked": "ticketing.money.providers.sandbox SandboxProvider.refund after",
    "seals written, not committed": "ticketing.journal.sealing Seal.objects.bulk_create after",
    "seals committed, head not kept": "ticketing.journal.heads keep before",
    "sealed, day not begun": "ticketing.money.days seal_waiting after",
    "day written, not committed": "ticketing.money.days post_day_closed after",
    "day committed, not answered": "backoffice.views.days close_day after",
    "cancelled, not committed": "ticketing.sale.orders record_released after",
}


class Mortal(AppConfig):
    """Wraps each place; whether it kills is read from the file when it is reached."""

    name = "tests.ticketing.mortal"

    def ready(self) -> None:
        """Everything is loaded: wrap."""
        for place, where in PLACES.items():
            module, path, moment = where.split()
            owner: object = importlib.import_module(module)
            *parents, name = path.split(".")
            for parent in parents:
                owner = getattr(owner, parent)
            setattr(owner, name, mortal(getattr(owner, name), place, moment))


def mortal(function: Callable, place: str, moment: str) -> Callable:
    """The function, before or after which the process may die."""

    @functools.wraps(function)
    def wrapped(*args: object, **kwargs: object) -> object:
        if moment == "before":
            die_at(place)
        result = function(*args, **kwargs)
        if moment == "after":
            die_at(place)
        return result

    return wrapped


def die_at(place: str) -> None:
    """Kill this process if the file names this place."""
    order = Path(os.environ["DIE_FILE"])
    if order.exists() and order.read_text() == place:
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
