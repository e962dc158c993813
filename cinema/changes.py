"""How what is kept between requests knows that it is still so: every change of what programme pages show leaves a mark.

Films and their people, halls, seats, showtimes, prices and ratings change a few times a day and are read with every
page. Triggers lay a row here for each statement that changes one of their tables, through whatever door, within its
own transaction. The marks are random, so their number and sum tell one state of those tables from every other,
whichever transaction was first to begin or to commit. Whatever is kept is kept under that version, which is read before
what it stands for: then what was read may be newer than its version says, never older.

Rows are only added, so nobody waits for anybody, and no number is counted up that all would have to lock.
"""

from decimal import Decimal

from django.apps.registry import Apps
from django.db import connection, migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.translation import gettext_lazy as _

Version = tuple[int, int | Decimal]

FUNCTION = """
CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO cinema_change (mark) VALUES (floor(random() * 4503599627370496)); RETURN NULL; END $$
"""
TRIGGERS = {
    "postgresql": [
        """
        CREATE TRIGGER {table}_notes_changes AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE{columns} ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION note_change()
        """
    ],
    "sqlite": [
        f"""
        CREATE TRIGGER {{table}}_notes_{name} AFTER {event} ON {{table}}
        BEGIN INSERT INTO cinema_change (mark) VALUES (random() >> 16); END
        """  # noqa: S608  written here
        for name, event in (("insert", "INSERT"), ("delete", "DELETE"), ("update", "UPDATE{columns}"))
    ],
}


class Change(models.Model):
    """One statement that changed what programme pages show."""

    mark = models.BigIntegerField()

    class Meta:
        verbose_name = _("change of the programme")
        verbose_name_plural = _("changes of the programme")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.mark)


def version() -> Version:
    """Which state of all watched tables this transaction sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(mark) FROM cinema_change")
        return cursor.fetchone()


@transaction.atomic
def gather_changes() -> None:
    """Put one mark in the place of all that are there; a new one, so that no version ever comes again."""
    watched = list(Change.objects.values_list("pk", flat=True))
    if len(watched) > 1:
        with connection.cursor() as cursor:
            random = "floor(random() * 4503599627370496)" if connection.vendor == "postgresql" else "random() >> 16"
            cursor.execute(f"INSERT INTO cinema_change (mark) VALUES ({random})")  # noqa: S608  one of these two
        Change.objects.filter(pk__in=watched).delete()


def begin_noting(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """For the migration that makes the table: what the triggers call."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION)


def watch(table: str, *columns: str) -> migrations.RunPython:
    """For a migration: note what changes in a table from now on; within rows only ``columns``, where any are named."""

    def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        vendor = schema_editor.connection.vendor
        for statement in TRIGGERS[vendor]:
            schema_editor.execute(statement.format(table=table, columns=f" OF {', '.join(columns)}" if columns else ""))

    return migrations.RunPython(lay, migrations.RunPython.noop)
