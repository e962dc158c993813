"""The staff's roles as groups."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from backoffice.roles import lay_roles


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the groups."""
    lay_roles(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("catalog", "0001_initial"),
        ("cinema", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("social", "0001_initial"),
        ("ticketing", "0001_initial"),
    ]
    operations = [migrations.RunPython(lay, migrations.RunPython.noop, elidable=False)]
