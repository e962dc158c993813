"""A report as rows and columns, and as files. Numbers stay numbers; words can never run as formulas."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import tablib
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext

from cinema.clock import local
from cinema.money import to_major

TEXT, COUNT, MONEY, PERCENT = "text", "count", "money", "percent"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Column:
    """A heading and what stands below it: text, count, money or percent. ``key`` is its name for programs."""

    key: str
    name: str | Promise
    kind: str = TEXT


@dataclass(frozen=True)
class Report:
    """Rows below columns with a row of totals; ``charted`` are the columns the chart shows.

    ``rows`` may be the first of more (``row_count``); the totals are always those of all.
    """

    key: str
    title: str | Promise
    columns: Sequence[Column]
    rows: list[list[Any]]
    totals: list[Any] = field(default_factory=list)
    charted: Sequence[int] = ()
    row_count: int = 0

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """Every row as the page shows it, each text with the kind of its column."""
        return [self._shown(row) for row in self.rows]

    @property
    def total_cells(self) -> list[tuple[str, str]]:
        """The totals as the page shows them."""
        return self._shown(self.totals)

    @property
    def chart(self) -> dict | None:
        """What the chart draws, or None where there is nothing to draw."""
        if not self.charted or not self.rows:
            return None
        return {
            "labels": [f"{row[0]:%m-%d}" if isinstance(row[0], date) else str(row[0]) for row in self.rows],
            "series": [
                {
                    "label": str(self.columns[at].name),
                    "values": [self._charted(row, at) for row in self.rows],
                }
                for at in self.charted
            ],
        }

    def _charted(self, row: list[Any], at: int) -> float:
        return float(in_file(row[at] or 0, self.columns[at].kind))

    def total(self, key: str) -> Any:
        """The total below a column."""
        return self.totals[self._at(key)]

    def values(self, key: str) -> list[Any]:
        """All values of a column."""
        return [row[self._at(key)] for row in self.rows]

    def _at(self, key: str) -> int:
        return [column.key for column in self.columns].index(key)

    def _shown(self, row: list[Any]) -> list[tuple[str, str]]:
        return [(column.kind, shown(value, column.kind)) for column, value in zip(self.columns, row, strict=True)]


def shown(value: Any, kind: str) -> str:
    """A value as people read it in the language of the page."""
    if value is None or (kind != TEXT and value == ""):
        return ""
    if kind == MONEY:
        return f"{to_major(value):,}"
    if kind == COUNT:
        return f"{value:,.0f}"
    if kind == PERCENT:
        return f"{number_format(value, 2 if isinstance(value, Decimal) else 1)}%"
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    return date_format(value, gettext("M j, D")) if isinstance(value, date) else str(value)


def as_file(report: Report, kind: str) -> bytes:
    """The report as ``csv`` (with a byte order mark, so that spreadsheets read it right) or ``xlsx``."""
    data = tablib.Dataset(headers=[plain(str(column.name)) for column in report.columns], title="Report")
    for row in [*report.rows, *([report.totals] if report.totals else [])]:
        data.append([in_file(value, column.kind) for value, column in zip(row, report.columns, strict=True)])
    if kind == "csv":
        return b"\xef\xbb\xbf" + data.export("csv").encode()
    return data.export("xlsx")


def in_file(value: Any, kind: str) -> Any:
    """A value as a column of a file takes it: money in major units."""
    return to_major(value) if kind == MONEY and isinstance(value, int) else plain(value)


def plain(value: Any) -> Any:
    """A value as a file takes it. Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text
