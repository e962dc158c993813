"""What the journal is told of the house's documents: days that were closed, returns that were filed."""

import hashlib
import json
from typing import Any

from cinema.money import house_currency
from ticketing.journal import Entry, Kind, plain, post
from ticketing.money.book_models import BusinessDay, FilmReturn


def digest(data: Any) -> str:
    """By what the journal knows figures that are too many for an entry: others have another."""
    told = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def post_return_filed(filed: FilmReturn) -> None:
    """A weekly return was filed, or corrected."""
    post(
        Entry(
            kind=Kind.RETURN_FILED,
            at=filed.filed_at,
            currency=filed.currency,
            amount=filed.gross_amount,
            operator=filed.filed_by,
            reason=filed.reason,
            facts={
                "return": filed.pk,
                "movie": filed.movie_id,
                "week": plain(filed.week_begins),
                "version": filed.version,
                "tickets": filed.tickets,
                "lines": digest(filed.lines),
                "changes": digest(filed.changes),
            },
        )
    )


def post_day_closed(day: BusinessDay) -> None:
    """A business day was closed: where it begins and ends in the journal, and its figures."""
    post(
        Entry(
            kind=Kind.DAY_CLOSED,
            at=day.closed_at,
            currency=house_currency(),
            operator=day.closed_by,
            reason=day.note,
            business_date=day.date,
            facts={
                "day": day.pk,
                "number": day.number,
                "first": day.first_seal,
                "head": day.head_seal,
                "mac": day.head_mac,
                "figures": digest(day.figures),
            },
        )
    )
