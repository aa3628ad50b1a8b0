"""Of a comment only the mark that it is settled ever changes: the database itself refuses any other change."""

from django.db import migrations

TABLE = "declarations_comment"
KEPT = (
    *("id", "declaration_id", "submission_id", "path", "place", "quoted", "is_internal", "text"),
    *("author_id", "author_name", "author_place", "at", "parent_id"),
)
MESSAGE = "comments are append-only"


def create_triggers(apps, schema_editor):
    changes = {"update": f"UPDATE OF {', '.join(KEPT)}", "delete": "DELETE"}
    for name, change in changes.items():
        if schema_editor.connection.vendor == "postgresql":
            # The function is that of the review record.
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_no_{name} BEFORE {change} ON {TABLE} "
                "FOR EACH ROW EXECUTE FUNCTION declarations_refuse_change()"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_no_{name} BEFORE {change} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )


def drop_triggers(apps, schema_editor):
    where = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    for name in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_{name}{where}")


class Migration(migrations.Migration):
    dependencies = [("declarations", "0007_review_record_is_append_only_again")]
    operations = [migrations.RunPython(create_triggers, drop_triggers)]
