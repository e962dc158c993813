"""What a migrated database holds before anything happened in it, and how to bring that back."""

from django.db import connection, transaction

# What the migrations themselves put into tables: the staff's groups with their permissions.
LAID: dict[str, tuple[list[str], list[tuple]]] = {}


def remember_what_migrations_laid() -> None:
    """Keep every row of the fresh test database, for the flush to put back."""
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            if rows := cursor.fetchall():
                LAID[table] = [column[0] for column in cursor.description], rows


def lay_again() -> None:
    """Put back what the migrations had laid."""
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (columns, rows) in LAID.items():
            names, places = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({places})", rows)
