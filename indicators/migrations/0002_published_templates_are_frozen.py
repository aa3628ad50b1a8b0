"""A published template never changes: the database itself refuses it, whatever the path.

A migration that alters one of the four tables on SQLite has to drop these triggers first and create them again:
SQLite rebuilds the table, which drops its triggers and breaks those that look at it.
"""

from django.db import migrations

TEMPLATE = "indicators_indicatortemplate"
PRIMARY = "indicators_primaryindicator"
SECONDARY = "indicators_secondaryindicator"
TERTIARY = "indicators_tertiaryindicator"
MESSAGE = "a published indicator template cannot be changed; copy it to a new version"

# For each table of the tree, the template that a row of it belongs to.
OWNER = {
    PRIMARY: "{row}.template_id",
    SECONDARY: f"(SELECT p.template_id FROM {PRIMARY} p WHERE p.id = {{row}}.primary_id)",
    TERTIARY: (
        f"(SELECT p.template_id FROM {SECONDARY} s JOIN {PRIMARY} p ON p.id = s.primary_id "
        "WHERE s.id = {row}.secondary_id)"
    ),
}
# A row may leave a template and enter another one: both are asked.
ROWS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def create_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        create_on_postgresql(schema_editor)
    else:
        create_on_sqlite(schema_editor)


def create_on_postgresql(schema_editor):
    schema_editor.execute(
        "CREATE FUNCTION indicators_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    schema_editor.execute(
        f"CREATE TRIGGER {TEMPLATE}_frozen BEFORE UPDATE OR DELETE ON {TEMPLATE} FOR EACH ROW "
        "WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION indicators_refuse_change()"
    )
    # FOR SHARE: a change of the tree and a publication at the same moment wait for one another.
    schema_editor.execute(
        "CREATE FUNCTION indicators_refuse_if_published(template bigint) RETURNS void LANGUAGE plpgsql AS $$ "
        "DECLARE published timestamptz; BEGIN "
        f"SELECT published_at INTO published FROM {TEMPLATE} WHERE id = template FOR SHARE; "
        "IF published IS NOT NULL THEN "
        f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; END $$"
    )
    for table, owner in OWNER.items():
        old, new = owner.format(row="OLD"), owner.format(row="NEW")
        schema_editor.execute(
            f"CREATE FUNCTION {table}_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP <> 'INSERT' THEN PERFORM indicators_refuse_if_published({old}); END IF; "
            f"IF TG_OP <> 'DELETE' THEN PERFORM indicators_refuse_if_published({new}); RETURN NEW; END IF; "
            "RETURN OLD; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {table}_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse_change()"
        )


def create_on_sqlite(schema_editor):
    # OR REPLACE deletes the row that stood there without asking the DELETE trigger, so INSERT and UPDATE ask for it too.
    replaced = (
        f"EXISTS (SELECT 1 FROM {TEMPLATE} WHERE published_at IS NOT NULL "
        "AND (id = NEW.id OR (name = NEW.name AND version = NEW.version)))"
    )
    conditions = {
        "INSERT": replaced,
        "UPDATE": f"OLD.published_at IS NOT NULL OR {replaced}",
        "DELETE": "OLD.published_at IS NOT NULL",
    }
    for change, condition in conditions.items():
        create_sqlite_trigger(schema_editor, TEMPLATE, change, condition)
    for table, owner in OWNER.items():
        replaced = f"(SELECT {owner.format(row='standing')} FROM {table} standing WHERE standing.id = NEW.id)"
        for change, rows in ROWS.items():
            owners = [owner.format(row=row) for row in rows] + ([replaced] if "NEW" in rows else [])
            condition = f"EXISTS (SELECT 1 FROM {TEMPLATE} WHERE published_at IS NOT NULL AND id IN ({', '.join(owners)}))"
            create_sqlite_trigger(schema_editor, table, change, condition)


def create_sqlite_trigger(schema_editor, table, change, condition):
    schema_editor.execute(
        f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
        f"WHEN {condition} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for table in OWNER:
            schema_editor.execute(f"DROP FUNCTION {table}_refuse_change() CASCADE")
        schema_editor.execute("DROP FUNCTION indicators_refuse_if_published(bigint)")
        schema_editor.execute("DROP FUNCTION indicators_refuse_change() CASCADE")
    else:
        for table in (TEMPLATE, *OWNER):
            for change in ROWS:
                schema_editor.execute(f"DROP TRIGGER {table}_no_{change.lower()}")


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_initial")]
    operations = [migrations.RunPython(create_triggers, drop_triggers)]
