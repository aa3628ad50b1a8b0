"""The log is a record: the database itself refuses to change or delete an entry, and to delete the head.

A migration that rebuilds one of these tables on SQLite drops its triggers; it has to create them again.
"""

from django.db import migrations

ENTRY, HEAD = "audit_logentry", "audit_loghead"
REFUSED = {ENTRY: ("UPDATE", "DELETE"), HEAD: ("DELETE",)}
MESSAGE = "the log is append-only"


def create_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        for table, changes in REFUSED.items():
            schema_editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE {' OR '.join(changes)} ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()"
            )
    else:
        for table, changes in REFUSED.items():
            for change in changes:
                create_sqlite_trigger(schema_editor, table, change)
        # OR REPLACE deletes the row that stood there without asking the DELETE trigger.
        create_sqlite_trigger(schema_editor, ENTRY, "INSERT", f"EXISTS (SELECT 1 FROM {ENTRY} WHERE number = NEW.number)")


def create_sqlite_trigger(schema_editor, table, change, condition="1"):
    schema_editor.execute(
        f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
        f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION audit_refuse_change() CASCADE")
    else:
        for trigger in (f"{ENTRY}_no_update", f"{ENTRY}_no_delete", f"{ENTRY}_no_insert", f"{HEAD}_no_delete"):
            schema_editor.execute(f"DROP TRIGGER {trigger}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(create_triggers, drop_triggers)]
