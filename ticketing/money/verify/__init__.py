"""Proving the books: holds every table that the journal attests against it, and names what is not as it says.

``find_faults`` compares rows, ``find_chain_faults`` looks whether the journal itself is what was sealed. What is beyond
both stands in ``docs/journal.md``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.db import connection, transaction

from cinema.days import midnight
from ticketing.money.verify.bank import compare_bank
from ticketing.money.verify.books import compare_books
from ticketing.money.verify.chain import find_chain_faults
from ticketing.money.verify.gift_cards import compare_gift_cards
from ticketing.money.verify.seats import compare_seats
from ticketing.money.verify.tables import compare_tables
from ticketing.money.verify.tills import compare_tills
from ticketing.money.verify.unfinished import LATE, name_unfinished

__all__ = ["LATE", "find_chain_faults", "find_faults", "one_moment"]


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything within as it stood at one moment, beside a house at work, without keeping anyone waiting."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")  # Django's own would be IMMEDIATE, and stop all sales meanwhile
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def find_faults(*, now: datetime, since: date | None = None) -> Iterator[str]:
    """Everything that doesn't add up, a sentence each; nothing when the books are in order.

    With a date only what has to do with the days from it on.
    """
    begin = midnight(since) if since else None
    yield from compare_seats(now, begin)
    yield from compare_tables(begin)
    yield from compare_tills(begin)
    yield from compare_gift_cards()
    yield from compare_books(begin)
    yield from compare_bank()
    yield from name_unfinished(now)
