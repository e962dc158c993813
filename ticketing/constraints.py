"""What the database promises beyond constraints Django can write: no overlapping showtimes, a ledger nobody edits.

PostgreSQL has an exclusion constraint for the first, SQLite a trigger; both have triggers for the second. Laid by the
first migration. Emptying a test database on SQLite needs the ledger's triggers out of the way for a moment.
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
SEAL = {
    "postgresql": [
        """
        CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$
        """,
        """
        CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE ON ticketing_ledgerentry
        FOR EACH ROW EXECUTE FUNCTION ledger_is_append_only()
        """,
        """
        CREATE TRIGGER ledger_is_never_emptied BEFORE TRUNCATE ON ticketing_ledgerentry
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()
        """,
    ],
    "sqlite": [
        f"""
        CREATE TRIGGER IF NOT EXISTS ledger_is_append_only_{event.lower()} BEFORE {event} ON ticketing_ledgerentry
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
        """
        for event in ("UPDATE", "DELETE")
    ]
    + [
        # INSERT OR REPLACE would erase the old row without asking the trigger on DELETE.
        """
        CREATE TRIGGER IF NOT EXISTS ledger_is_append_only_insert BEFORE INSERT ON ticketing_ledgerentry
        WHEN EXISTS (SELECT 1 FROM ticketing_ledgerentry WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END
        """
    ],
}
UNSEAL = {
    "postgresql": [
        "DROP TRIGGER IF EXISTS ledger_is_never_emptied ON ticketing_ledgerentry",
        "DROP TRIGGER IF EXISTS ledger_is_append_only ON ticketing_ledgerentry",
        "DROP FUNCTION IF EXISTS ledger_is_append_only()",
    ],
    "sqlite": [
        "DROP TRIGGER IF EXISTS ledger_is_append_only_update",
        "DROP TRIGGER IF EXISTS ledger_is_append_only_delete",
        "DROP TRIGGER IF EXISTS ledger_is_append_only_insert",
    ],
}


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the database keep these promises."""
    for statement in OVERLAP[schema_editor.connection.vendor]:
        schema_editor.execute(statement)
    seal_ledger(schema_editor.connection)


def seal_ledger(connection: BaseDatabaseWrapper) -> None:
    """From now on no ledger row can be changed or erased."""
    _run(connection, SEAL)


def unseal_ledger(connection: BaseDatabaseWrapper) -> None:
    """Let ledger rows be erased: only for laying a demo or test database anew."""
    _run(connection, UNSEAL)


def _run(connection: BaseDatabaseWrapper, statements: dict[str, list[str]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
