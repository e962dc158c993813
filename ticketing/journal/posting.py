"""Writing entries: one INSERT within the caller's transaction, whatever it attests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from ticketing.journal.models import JournalEntry, TicketSeries

SERIES, ENTRIES = TicketSeries._meta.db_table, JournalEntry._meta.db_table
BUYER = f"(SELECT pseudonym FROM {User._meta.db_table} WHERE id = %s)"  # noqa: S608 - names of ours
# A till's numbers are given in the statement that writes the entry, so that a sale costs one and no number is lost with
# a sale that fails. On PostgreSQL the till's row is locked until the sale has ended; SQLite lets one write at a time.
TAKE_NUMBERS = f"""
WITH taken AS (
    INSERT INTO {SERIES} (name, next_number) VALUES (%s, 1 + %s)
    ON CONFLICT (name) DO UPDATE SET next_number = {SERIES}.next_number + excluded.next_number - 1
    RETURNING next_number
)
"""  # noqa: S608
NUMBER = {
    "postgresql": "(SELECT next_number - %s FROM taken)",
    "sqlite": f"(SELECT COALESCE(MAX(first_number + ticket_count), 1) FROM {ENTRIES} WHERE series = %s)",  # noqa: S608
}
SUMS = {
    "postgresql": "SELECT key, currency, SUM(value::bigint) FROM ({}) e, jsonb_each_text(e.postings) GROUP BY 1, 2",
    "sqlite": "SELECT key, currency, SUM(value) FROM ({}) e, json_each(e.postings) GROUP BY 1, 2",
}
ENTRIES_PER_STATEMENT = 400


class Unbalanced(ValueError):
    """Postings that don't add up to nothing: a mistake in the program."""


@dataclass(frozen=True)
class TillShift:
    """Where in the house it happens: a till, whose drawer and ticket numbers are meant, and the shift at it."""

    shift_id: int
    till: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is to be posted. ``facts`` is plain JSON; ``tickets`` is how many get a number."""

    kind: str
    at: datetime
    currency: str
    amount: int = 0
    postings: Mapping[str, int] = field(default_factory=dict)
    order_id: int | None = None
    buyer_id: int | None = None  # the customer's id; what is written is their pseudonym
    provider: str = ""
    operator: User | None = None
    reason: str = ""
    till: TillShift | None = None
    business_date: date | None = None
    tickets: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


def post(entry: Entry) -> None:
    """Write the entry down, within the transaction at hand. Raises Unbalanced."""
    post_all([entry])


def post_all(entries: Iterable[Entry]) -> None:
    """Write all these entries down in one statement (two and more for hundreds). Raises Unbalanced."""
    waiting = list(entries)
    for first in range(0, len(waiting), ENTRIES_PER_STATEMENT):
        _insert(waiting[first : first + ENTRIES_PER_STATEMENT])


def balances(entries: QuerySet[JournalEntry]) -> dict[tuple[str, str], int]:
    """The sum on each (account, currency) over these entries, added up by the database."""
    try:
        statement, parameters = entries.order_by().values("postings", "currency").query.sql_with_params()
    except EmptyResultSet:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SUMS[connection.vendor].format(statement), parameters)
        return {(account, currency): int(total) for account, currency, total in cursor.fetchall()}


def _insert(entries: Sequence[Entry]) -> None:
    fields = [column for column in JournalEntry._meta.concrete_fields if not column.primary_key]
    numbered = [entry for entry in entries if entry.till and entry.tickets]
    if len(numbered) > 1:
        raise ValueError("Numbers of a till are given to one sale at a time.")
    values: list[Any] = []
    rows = []
    now = timezone.now()
    for entry in entries:
        row = _row(entry, now)
        places = []
        for column in fields:
            place, value = _place(column, row[column.attname], entry)
            places.append(place)
            values += value
        rows.append(f"({', '.join(places)})")
    prefix, before = "", list[Any]()
    if numbered and connection.vendor == "postgresql" and numbered[0].till:
        prefix, before = TAKE_NUMBERS, [numbered[0].till.till, numbered[0].tickets]
    names = ", ".join(connection.ops.quote_name(str(column.column)) for column in fields)
    statement = f"{prefix}INSERT INTO {ENTRIES} ({names}) VALUES {', '.join(rows)}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*before, *values])


def _place(column: Any, value: Any, entry: Entry) -> tuple[str, list[Any]]:
    """How a column's value is written in the statement, and with which parameters."""
    if column.attname == "buyer" and value is not None:
        return BUYER, [value]
    if column.attname == "first_number" and value is not None:
        return NUMBER[connection.vendor], [entry.tickets if connection.vendor == "postgresql" else value]
    as_it_is = value is None or isinstance(value, str | int)
    return "%s", [value if as_it_is else column.get_db_prep_save(value, connection)]


def _row(entry: Entry, now: datetime) -> dict[str, Any]:
    if sum(entry.postings.values()):
        raise Unbalanced(f"The postings of {entry.kind} add up to {sum(entry.postings.values())}: {entry.postings}")
    at_till = entry.till if entry.tickets else None
    return {
        "kind": str(entry.kind),
        "at": entry.at,
        "recorded_at": now,
        "business_date": entry.business_date,
        "shift_id": entry.till.shift_id if entry.till else None,
        "till": entry.till.till if entry.till else "",
        "series": at_till.till if at_till else "",
        "first_number": at_till.till if at_till else None,  # worked out in the statement
        "ticket_count": entry.tickets,
        "order_id": entry.order_id,
        "buyer": entry.buyer_id,  # looked up in the statement
        "provider": entry.provider,
        "operator_id": entry.operator.pk if entry.operator else None,
        "reason": entry.reason[:200],
        "amount": entry.amount,
        "currency": entry.currency,
        "postings": {account: amount for account, amount in entry.postings.items() if amount},
        "facts": dict(entry.facts),
    }
