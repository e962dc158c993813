"""Closed days and filed returns against what the journal says of them."""

from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model, Q

from ticketing.journal import JournalEntry, Kind, plain
from ticketing.money.attesting_books import digest
from ticketing.money.book_models import BusinessDay, FilmReturn
from ticketing.money.verify.tills import Row, differences

RETURN = [
    "movie_id", "week_begins", "version", "tickets", "gross_amount", "currency", "reason", "filed_at", "filed_by_id",
    "lines", "changes",
]  # fmt: skip
DAY = [
    "number", "date", "closed_at", "closed_by_id", "note", "first_seal", "head_seal", "head_mac", "figures",
]  # fmt: skip
DIGESTED = {"lines", "changes", "figures"}


def compare_books(begin: datetime | None) -> Iterator[str]:
    """All documents, or only those of the days since."""
    days = yield from _expected(Kind.DAY_CLOSED, "day", _day, begin)
    yield from differences("Business day", days, _rows(BusinessDay, days, "closed_at", DAY, begin))
    returns = yield from _expected(Kind.RETURN_FILED, "return", _return, begin)
    yield from differences("Filed return", returns, _rows(FilmReturn, returns, "filed_at", RETURN, begin))


def _expected(
    kind: str, key: str, read: Callable[[Row], Row], begin: datetime | None
) -> Generator[str, None, dict[int, Row]]:
    entries = JournalEntry.objects.filter(kind=kind).order_by("pk")
    if begin is not None:
        entries = entries.filter(Q(at__gte=begin) | Q(recorded_at__gte=begin))
    expected: dict[int, Row] = {}
    for entry in entries.values().iterator(1_000):
        told = {name: plain(value) for name, value in entry.items()}
        try:
            if told["facts"][key] in expected:
                yield f"Journal entry {told['id']} says again what another has said."
            expected.setdefault(told["facts"][key], read(told))
        except (KeyError, TypeError) as fault:  # somebody has changed what it says
            yield f"Journal entry {told['id']} makes no sense ({type(fault).__name__}: {fault})."
    return expected


def _day(entry: Row) -> Row:
    facts = entry["facts"]
    return {
        "number": facts["number"],
        "date": entry["business_date"],
        "closed_at": entry["at"],
        "closed_by_id": entry["operator_id"],
        "note": entry["reason"],
        "first_seal": facts["first"],
        "head_seal": facts["head"],
        "head_mac": facts["mac"],
        "figures": facts["figures"],
    }


def _return(entry: Row) -> Row:
    facts = entry["facts"]
    return {
        "movie_id": facts["movie"],
        "week_begins": facts["week"],
        "version": facts["version"],
        "tickets": facts["tickets"],
        "gross_amount": entry["amount"],
        "currency": entry["currency"],
        "reason": entry["reason"],
        "filed_at": entry["at"],
        "filed_by_id": entry["operator_id"],
        "lines": facts["lines"],
        "changes": facts["changes"],
    }


def _rows(
    model: type[Model], wanted: dict[int, Row], at: str, columns: list[str], begin: datetime | None
) -> dict[int, Row]:
    rows = model._default_manager.order_by("pk")
    if begin is not None:
        rows = rows.filter(Q(pk__in=list(wanted)) | Q(**{f"{at}__gte": begin}))
    found = rows.values("pk", *columns).iterator(1_000)
    return {row.pop("pk"): {name: _told(name, value) for name, value in row.items()} for row in found}


def _told(name: str, value: Any) -> Any:
    return digest(value) if name in DIGESTED else plain(value)
