"""What a migrated database holds before anything happened in it, and how to bring that back quickly.

Django empties every table after a transactional test and asks every app to lay its rows anew; with this many tables
that takes longer than the test. Here only tables that hold what they didn't hold before are emptied.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction

# What the migrations themselves put into tables: the staff's groups with their permissions.
LAID: dict[str, tuple[list[str], list[tuple]]] = {}
TABLES: list[str] = []


def remember_what_migrations_laid() -> None:
    """Keep every row of the fresh test database, to be put back after each transactional test."""
    TABLES[:] = connection.introspection.django_table_names(only_existing=True)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {quoted(table)}")
            if rows := cursor.fetchall():
                LAID[table] = [column[0] for column in cursor.description], rows


def bring_back() -> None:
    """Leave the database as the migrations left it."""
    changed = [*tables_with_rows(name for name in TABLES if name not in LAID), *filter(is_changed, LAID)]
    if not changed:
        return
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        before, after = triggers_of(cursor, changed)
        for statement in before:
            cursor.execute(statement)
        for table in changed:
            cursor.execute(f"DELETE FROM {quoted(table)}")
        for table in filter(LAID.__contains__, changed):
            lay_again(cursor, table)
        for statement in after:
            cursor.execute(statement)


def quoted(table: str) -> str:
    """Its name, as statements have it."""
    return connection.ops.quote_name(table)


def tables_with_rows(tables: Iterable[str]) -> list[str]:
    """Those that hold anything, asked for all at once."""
    parts = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quoted(table)})" for table in tables]
    found: list[str] = []
    with connection.cursor() as cursor:
        for first in range(0, len(parts), 100):  # SQLite joins 500 of them at most
            cursor.execute(" UNION ALL ".join(parts[first : first + 100]))
            found += [name for (name,) in cursor.fetchall()]
    return found


def is_changed(table: str) -> bool:
    """Whether a table no longer holds just what was laid."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {quoted(table)}")
        return sorted(map(repr, cursor.fetchall())) != sorted(map(repr, LAID[table][1]))


def lay_again(cursor: Any, table: str) -> None:
    """Put back what the migrations had laid into it."""
    columns, rows = LAID[table]
    names, places = ", ".join(map(quoted, columns)), ", ".join(["%s"] * len(columns))
    cursor.executemany(f"INSERT INTO {quoted(table)} ({names}) VALUES ({places})", rows)


def triggers_of(cursor: Any, tables: Sequence[str]) -> tuple[list[str], list[str]]:
    """Statements that silence the tables' triggers, some of which refuse every DELETE, and those that end it."""
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        found = [(name, made) for name, made, table in cursor.fetchall() if table in tables]
        return [f'DROP TRIGGER "{name}"' for name, _ in found], [made for _, made in found]
    cursor.execute(
        "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid WHERE NOT tgisinternal"
    )
    guarded = [name for (name,) in cursor.fetchall() if name in tables]
    silence = [f"ALTER TABLE {quoted(table)} DISABLE TRIGGER USER" for table in guarded]
    speak = [f"ALTER TABLE {quoted(table)} ENABLE TRIGGER USER" for table in guarded]
    # A table whose foreign keys are still to be looked at can't be altered.
    return silence, ["SET CONSTRAINTS ALL IMMEDIATE", *speak]
