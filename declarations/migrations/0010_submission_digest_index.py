"""Anybody may look a digest up: it is found by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("declarations", "0009_deleted_rows")]
    operations = [
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(fields=["digest"], name="submission_digest"),
        ),
    ]
