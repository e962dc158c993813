"""The journal for whoever keeps the accounts: what each account was debited and credited a day, and every posting."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backoffice.reports.table import MONEY, Column, Report, plain
from cinema.days import DayOf, Period
from cinema.money import to_major
from ticketing.journal import JournalEntry

SUMS = """
SELECT e.day, key, e.currency,
       SUM(CASE WHEN {value} > 0 THEN {value} ELSE 0 END), SUM(CASE WHEN {value} < 0 THEN -{value} ELSE 0 END)
FROM ({{entries}}) e, {each}(e.postings) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
STATEMENT = {
    "postgresql": SUMS.format(value="value::bigint", each="jsonb_each_text"),
    "sqlite": SUMS.format(value="value", each="json_each"),
}
LINE = [
    "seal", "entry", "at", "kind", "account", "debit", "credit", "currency", "order", "provider", "till", "shift",
    "operator", "reason",
]  # fmt: skip
FIELDS = [
    "seal__seq", "pk", "at", "kind", "postings", "currency", "order_id", "provider", "till", "shift_id", "operator_id",
    "reason",
]  # fmt: skip


def postings(*, period: Period) -> Report:
    """Debit and credit of every account on every day of the period; added up by the database."""
    entries = JournalEntry.objects.filter(period.holds("at")).order_by()
    dated = entries.annotate(day=DayOf("at", period.first, period.last)).values("day", "postings", "currency")
    statement, parameters = dated.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT[connection.vendor].format(entries=statement), parameters)
        rows = [
            [_day(day), account, currency, int(debit), int(credit)] for day, account, currency, debit, credit in cursor
        ]
    return Report(
        key="postings",
        title=_("Postings"),
        columns=[
            Column("day", _("Day")),
            Column("account", pgettext_lazy("books", "Account")),
            Column("currency", _("Currency")),
            Column("debit", _("Debit"), MONEY),
            Column("credit", _("Credit"), MONEY),
        ],
        rows=rows,
        totals=[_("Total"), "", "", sum(row[3] for row in rows), sum(row[4] for row in rows)],
        row_count=len(rows),
    )


def posting_lines(*, period: Period) -> Iterator[bytes]:
    """Every posting of the period as a line of CSV, in the order of the seals, piece by piece however many they are."""
    yield b"\xef\xbb\xbf" + _line(LINE)
    entries = JournalEntry.objects.filter(period.holds("at")).order_by("seal__seq", "pk")
    for seal, pk, at, kind, sums, currency, *rest in entries.values_list(*FIELDS).iterator(2_000):
        for account, amount in sorted(sums.items()):
            debit, credit = (to_major(max(sign * amount, 0), currency) or "" for sign in (1, -1))
            yield _line([seal, pk, at, kind, account, debit, credit, currency, *rest])


def _line(values: Iterable[Any]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([plain(value) for value in values])
    return text.getvalue().encode()


def _day(value: date | str) -> date:
    """SQLite gives days as text."""
    return value if isinstance(value, date) else date.fromisoformat(value)
