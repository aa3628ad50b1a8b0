from importlib import import_module

from django.db import migrations, models

record = import_module("declarations.migrations.0002_review_record_is_append_only")


class Migration(migrations.Migration):
    dependencies = [("declarations", "0006_earlier_reviews")]
    operations = [
        migrations.RemoveField(
            model_name="round",
            name="head_submits",
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "approved"), _negated=True),
                    models.Q(("approved", models.F("submission")), ("approved__isnull", False)),
                    _connector="OR",
                ),
                name="declaration_approved_is_in_force",
            ),
        ),
        migrations.RunPython(record.create_triggers, record.drop_triggers),
    ]
