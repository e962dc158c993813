"""What the database holds beyond constraints Django can write: a security log nobody edits.

Rows may be erased once they are ``KEPT_AT_LEAST_DAYS`` old, so that the house can keep them for as long as it says and
no longer; before that nobody can, whatever the settings are.
"""

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KEPT_AT_LEAST_DAYS = 90
SEAL = {
    "postgresql": [
        f"""
        CREATE OR REPLACE FUNCTION security_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
            IF TG_OP = 'DELETE' THEN
                IF OLD.at < now() - interval '{KEPT_AT_LEAST_DAYS} days' THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION 'the security log is append-only' USING ERRCODE = 'integrity_constraint_violation';
        END $$
        """,
        """
        CREATE TRIGGER security_log_is_append_only BEFORE UPDATE OR DELETE ON accounts_securityevent
        FOR EACH ROW EXECUTE FUNCTION security_log_is_append_only()
        """,
        """
        CREATE TRIGGER security_log_is_never_emptied BEFORE TRUNCATE ON accounts_securityevent
        FOR EACH STATEMENT EXECUTE FUNCTION security_log_is_append_only()
        """,
    ],
    "sqlite": [
        """
        CREATE TRIGGER IF NOT EXISTS security_log_is_append_only_update BEFORE UPDATE
        ON accounts_securityevent BEGIN SELECT RAISE(ABORT, 'the security log is append-only'); END
        """,
        f"""
        CREATE TRIGGER IF NOT EXISTS security_log_is_append_only_delete BEFORE DELETE
        ON accounts_securityevent WHEN OLD.at >= datetime('now', '-{KEPT_AT_LEAST_DAYS} days')
        BEGIN SELECT RAISE(ABORT, 'the security log is append-only'); END
        """,
        # INSERT OR REPLACE would erase the old row without asking the trigger on DELETE.
        """
        CREATE TRIGGER IF NOT EXISTS security_log_is_append_only_insert BEFORE INSERT ON accounts_securityevent
        WHEN EXISTS (SELECT 1 FROM accounts_securityevent WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the security log is append-only'); END
        """,
    ],
}


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the security log append-only."""
    for statement in SEAL[schema_editor.connection.vendor]:
        schema_editor.execute(statement)
