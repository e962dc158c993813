"""The journal: what happened to money, tickets and admissions, in double entry, written once and sealed.

A domain function posts what it did within its own transaction, by one INSERT::

    post(Entry(kind=Kind.CASH_IN, at=now, amount=5000, currency="CNY", operator=clerk,
               postings={accounts.cash("2"): 5000, accounts.FLOATS: -5000}))

The package stands below the sale, since moves of showtimes post as well; it knows orders and people by their numbers
only. ``ticketing.journal.sealing`` lays the seals afterwards, ``ticketing.money.verify`` holds the tables against it.
"""

from ticketing.journal import accounts
from ticketing.journal.models import JournalEntry, Seal
from ticketing.journal.plain import plain
from ticketing.journal.posting import Entry, TillShift, balances, post, post_all
from ticketing.journal.sealing import head, seal_waiting

Kind = JournalEntry.Kind

__all__ = [
    "Entry", "JournalEntry", "Kind", "Seal", "TillShift", "accounts", "balances", "head", "plain", "post",
    "post_all", "seal_waiting",
]  # fmt: skip
