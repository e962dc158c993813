"""Every column of every table of the house's sales is changed by SQL, every row removed, one added: verify names it.

What it doesn't name stands in the lists below, each with the reason.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from tests.ticketing.journal.house import House, sql, without_guards

pytestmark = pytest.mark.django_db

OTHER_TABLES = {
    "Hall": "a plan of the building; what was sold of it stands on lines and tickets",
    "Seat": "a plan of the building; what was sold of it stands on lines and tickets",
    "Showtime": "the programme, with a history of its own; what it asks for is no money yet",
    "PriceCard": "prices that nobody has paid yet",
    "PriceRule": "prices that nobody has paid yet",
    "CallOff": "what was decided, not what followed: its orders and refunds are compared",
    "ProviderEvent": "providers' words as they came, cleared by age; what followed from them is compared",
    "SandboxCharge": "the play bank's own book, which with a real provider lies there",
    "SandboxRefund": "the play bank's own book, which with a real provider lies there",
    "Verification": "what verifications found",
    "MoneyAlert": "what owners were told of rows that are compared themselves",
    "Till": "where a drawer stands; the entries of its shifts name its code",
    "RefundPolicy": "rules for what is to come; what they meant for a refund stands on it",
}
OTHER_COLUMNS = {
    "Claim.id": "the row's own number, to which nothing refers",
    "LedgerEntry.id": "the row's own number, to which nothing refers",
    "Order.idempotency_key": "how a request is told from its repetition",
    "Order.idempotency_digest": "how a request is told from its repetition",
    "Order.held_from": "whose budget a hold spent",
    "Payment.provider_reference": "what the provider calls it; with a wrong one it refuses what it is asked",
    "Payment.return_url": "where the browser went",
    "Payment.failed_at": "said of work under way, and named while it lasts",
    "Payment.last_error": "words",
    "Refund.provider_reference": "what the provider calls it",
    "Refund.failed_at": "said of work under way, and named while it lasts",
    "Refund.last_error": "words",
}
OTHER_ROWS = {
    "Order": ("orders at which no money came in", lambda row: row.status not in {"paid", "refunded"}),
    "OrderLine": ("orders at which no money came in", lambda row: row.order.status not in {"paid", "refunded"}),
    "Payment": (
        "attempts at which no money came in, or was let go of before it was taken",
        lambda row: row.status in {"declined", "pending", "created", "voided"},
    ),
    "LedgerEntry": ("of unpaid orders only holds", lambda row: row.order.status not in {"paid", "refunded"}),
}
TABLES = [
    model
    for model in apps.get_app_config("ticketing").get_models()
    if model.__name__ not in OTHER_TABLES and not model.__name__.startswith("Historical")  # who changed the programme
]


def name(model: type[models.Model]) -> str:
    return model.__name__


def columns(model: type[models.Model]) -> list[models.Field]:
    return [column for column in model._meta.concrete_fields if f"{name(model)}.{column.name}" not in OTHER_COLUMNS]


def rows_with_money(model: type[models.Model]) -> list[Any]:
    _reason, is_other = OTHER_ROWS.get(name(model), ("", lambda row: False))
    return [row for row in model._default_manager.order_by("pk") if not is_other(row)]


def samples(model: type[models.Model], count: int = 3) -> list[Any]:
    """One row for each kind or status there is of it, so many at most."""
    by_kind = {getattr(row, "kind", getattr(row, "status", "")): row for row in rows_with_money(model)}
    return list(by_kind.values())[:count]


def others(column: models.Field, value: Any) -> Iterator[Any]:
    """Values that might stand there instead, the likeliest forgery first."""
    if column.is_relation:
        known = column.related_model._default_manager.exclude(pk=value).order_by("pk")
        yield from known.values_list("pk", flat=True)[:3]
        yield None if column.null and value is not None else 987_654
    elif column.choices:
        yield from (word for word, _title in column.flatchoices if word != value)
    elif isinstance(column, models.JSONField):
        yield '{"cash": 1, "revenue:tickets": -1}'
    elif isinstance(column, models.DateTimeField):
        yield connection.ops.adapt_datetimefield_value((value or timezone.now()) - timedelta(days=365))
    elif isinstance(column, models.DateField):
        yield date(2001, 1, 1).isoformat()
    elif isinstance(column, models.UUIDField):
        yield column.get_db_prep_value(uuid4(), connection)
    elif isinstance(column, models.IntegerField):
        yield (value or 0) + 1
        yield (value or 0) + 1000
        yield (value or 0) - 1
    else:
        yield ("X" if not value or value[0] != "X" else "Y") + (value or "")[1:]


def changed(model: type[models.Model], row: Any, column: models.Field) -> bool:
    """Change it by SQL; False where the database itself refuses every other value."""
    table, key = model._meta.db_table, model._meta.pk.column
    for value in others(column, getattr(row, column.attname)):
        try:
            with transaction.atomic():
                statement = f'UPDATE "{table}" SET "{column.column}" = %s WHERE "{key}" = %s'
                return sql(statement, value, row.pk) == 1
        except IntegrityError:
            continue
    return False


def added(model: type[models.Model], row: Any) -> bool:
    """Add a row like this one by SQL, other only where two must not be alike; False where the database refuses it."""
    values = {column: getattr(row, column.attname) for column in model._meta.concrete_fields}
    for column in values:
        if column.primary_key:
            values[column] = 987_654 if isinstance(column, models.IntegerField) else "X"
        elif column.unique:
            values[column] = next(others(column, values[column]))
    names = ", ".join(f'"{column.column}"' for column in values)
    places = ", ".join(["%s"] * len(values))
    known = [value if column.unique else column.get_db_prep_save(value, connection) for column, value in values.items()]
    try:
        with transaction.atomic():
            return sql(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places})', *known) == 1
    except IntegrityError:
        return False


class Undone(Exception):
    """Ends the block that is to be forgotten."""


def fault_after(house: House, act: Any, *arguments: Any) -> str | None:
    """What verification names first once this was done; nothing is left of it. None where it can't be done."""
    found: str | None = None
    try:
        with transaction.atomic():
            found = house.first_fault() if act(*arguments) else None
            raise Undone
    except Undone:
        return found


def test_the_lists_name_only_what_there_is():
    known = {name(model) for model in apps.get_app_config("ticketing").get_models()}
    fields = {f"{name(model)}.{column.name}" for model in TABLES for column in model._meta.concrete_fields}

    assert OTHER_TABLES.keys() | OTHER_ROWS.keys() <= known
    assert OTHER_COLUMNS.keys() <= fields


@pytest.mark.parametrize("model", TABLES, ids=name)
def test_every_column_that_is_changed_and_every_row_that_is_removed_or_added_is_named(house, model):
    without_guards()
    delete = f'DELETE FROM "{model._meta.db_table}" WHERE "{model._meta.pk.column}" = %s'
    rows = rows_with_money(model)

    changes = {
        f"{row.pk}.{column.name}": fault_after(house, changed, model, row, column)
        for column in columns(model)
        for row in samples(model, 99 if isinstance(column, models.JSONField) else 3)
    }
    removed = {f"{row.pk} removed": fault_after(house, sql, delete, row.pk) for row in rows}
    additions = {f"{row.pk} added": fault_after(house, added, model, row) for row in samples(model)}

    assert [what for what, found in {**changes, **additions}.items() if found == ""] == []
    assert [what for what, found in removed.items() if not found] == []
    assert any(changes.values())
    assert house.faults() == []
