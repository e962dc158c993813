"""What the database promises beyond constraints Django can write: no overlapping showtimes, a ledger and a
journal nobody edits.

PostgreSQL has an exclusion constraint for the first, SQLite a trigger; both have triggers for the second. Laid by the
first migration. Laying a demo anew needs the triggers out of the way for a moment.
"""

from django.apps.registry import Apps
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NO_OVERLAP = """
CREATE TRIGGER showtimes_do_not_overlap_{name} BEFORE {event} ON ticketing_showtime
WHEN NEW.status <> 'cancelled' AND EXISTS (
    SELECT 1 FROM ticketing_showtime other
    WHERE other.hall_id = NEW.hall_id AND other.id <> COALESCE(NEW.id, 0) AND other.status <> 'cancelled'
      AND other.starts_at < NEW.clears_at AND other.clears_at > NEW.starts_at
)
BEGIN SELECT RAISE(ABORT, 'showtimes_do_not_overlap'); END
"""
OVERLAP = {
    "postgresql": [
        """
        ALTER TABLE ticketing_showtime ADD CONSTRAINT showtimes_do_not_overlap EXCLUDE USING gist (
            int8range(hall_id, hall_id, '[]') WITH &&, tstzrange(starts_at, clears_at) WITH &&
        ) WHERE (status <> 'cancelled')
        """
    ],
    "sqlite": [
        NO_OVERLAP.format(name=event.split()[0].lower(), event=event)
        for event in ("INSERT", "UPDATE OF hall_id, starts_at, clears_at, status")
    ],
}
# The log of seats, the journal and its seals. The name of a guard is what its trigger is called.
GUARDED = {
    "ledger": "ticketing_ledgerentry",
    "journal": "ticketing_journalentry",
    "seals": "ticketing_seal",
}
GUARD = {
    "postgresql": [
        """
        CREATE FUNCTION {name}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the {name} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$
        """,
        """
        CREATE TRIGGER {name}_is_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {name}_is_append_only()
        """,
        """
        CREATE TRIGGER {name}_is_never_emptied BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}_is_append_only()
        """,
    ],
    "sqlite": [
        """
        CREATE TRIGGER IF NOT EXISTS {name}_is_append_only_update BEFORE UPDATE ON {table}
        BEGIN SELECT RAISE(ABORT, 'the {name} is append-only'); END
        """,
        """
        CREATE TRIGGER IF NOT EXISTS {name}_is_append_only_delete BEFORE DELETE ON {table}
        BEGIN SELECT RAISE(ABORT, 'the {name} is append-only'); END
        """,
        # INSERT OR REPLACE would erase the old row without asking the trigger on DELETE.
        """
        CREATE TRIGGER IF NOT EXISTS {name}_is_append_only_insert BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})
        BEGIN SELECT RAISE(ABORT, 'the {name} is append-only'); END
        """,
    ],
}
UNGUARD = {
    "postgresql": [
        "DROP TRIGGER IF EXISTS {name}_is_never_emptied ON {table}",
        "DROP TRIGGER IF EXISTS {name}_is_append_only ON {table}",
        "DROP FUNCTION IF EXISTS {name}_is_append_only()",
    ],
    "sqlite": [
        "DROP TRIGGER IF EXISTS {name}_is_append_only_update",
        "DROP TRIGGER IF EXISTS {name}_is_append_only_delete",
        "DROP TRIGGER IF EXISTS {name}_is_append_only_insert",
    ],
}


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the database keep these promises."""
    for statement in OVERLAP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)
    seal_ledger(schema_editor.connection)


def seal_ledger(connection: BaseDatabaseWrapper) -> None:
    """From now on no row of the log of seats, the journal and its seals can be changed or erased."""
    _run(connection, GUARD)


def unseal_ledger(connection: BaseDatabaseWrapper) -> None:
    """Let such rows be erased: only for laying a demo or test database anew."""
    _run(connection, UNGUARD)


def _run(connection: BaseDatabaseWrapper, statements: dict[str, list[str]]) -> None:
    with connection.cursor() as cursor:
        for name, table in GUARDED.items():
            key = "seq" if name == "seals" else "id"
            for statement in statements[connection.vendor]:
                cursor.execute(statement.format(name=name, table=table, key=key))
