"""What was reviewed before gets the columns of the review bench."""

import json

from django.db import migrations
from django.db.models import F

from declarations.numbers import storable_amount

BUSINESS_RANK = 3


def heads_review(apps, schema_editor):
    """Where the department's head submitted, his review is now the first stage."""
    stages = apps.get_model("declarations", "ReviewStage").objects
    for round_ in apps.get_model("declarations", "Round").objects.filter(head_submits=True):
        for stage in stages.filter(round=round_).order_by("-position"):
            stage.position += 1
            stage.save()
        stages.create(round=round_, position=0, kind="department_head")


def fill_columns(apps, schema_editor):
    declarations = apps.get_model("declarations", "Declaration").objects
    events = apps.get_model("declarations", "Event").objects
    submissions = apps.get_model("declarations", "Submission").objects
    declarations.filter(submission__isnull=False).update(reached=BUSINESS_RANK)
    declarations.filter(status="approved").update(approved=F("submission"))
    for declaration in declarations.filter(status="in_review").iterator():
        last = events.filter(declaration=declaration).order_by("pk").last()
        # Not by `save`, which would say that it was changed just now.
        declarations.filter(pk=declaration.pk).update(stage_since=last.at)
    for submission in submissions.iterator():
        submission.total = storable_amount(json.loads(submission.document)["budget"]["total"])
        submission.save()
    contribute(apps)
    stages_of_events(apps)


def contribute(apps):
    """Whoever is known to have filled in or submitted; of a head who submitted that is now his review."""
    events = apps.get_model("declarations", "Event").objects
    submitted = events.filter(step="submit", declaration__round__head_submits=False)
    parts = set(events.filter(step="start").values_list("declaration", "actor"))
    parts |= set(submitted.values_list("declaration", "actor"))
    for name in ("DutyGoal", "MainTask", "Target", "Budget"):
        rows = apps.get_model("declarations", name).objects.filter(updated_by__isnull=False)
        parts |= set(rows.values_list("declaration", "updated_by"))
    contributions = apps.get_model("declarations", "Contribution")
    contributions.objects.bulk_create(
        contributions(declaration_id=declaration, user_id=user) for declaration, user in sorted(parts)
    )


def stages_of_events(apps):
    """The stage of each decision, by its printed name, and since when it had waited there."""
    kinds = {"业务科室审核": "business", "绩效科审核": "performance"}
    events = apps.get_model("declarations", "Event").objects
    stages = {
        (stage.round_id, stage.kind): stage for stage in apps.get_model("declarations", "ReviewStage").objects.all()
    }
    before = {}
    for event in events.select_related("declaration").order_by("pk"):
        stage = stages.get((event.declaration.round_id, kinds.get(event.stage_name)))
        if stage is not None:
            event.stage = stage
            event.stage_since = before.get(event.declaration_id)
            event.save()
        before[event.declaration_id] = event.at


class Migration(migrations.Migration):
    dependencies = [("declarations", "0005_review_bench")]
    operations = [
        migrations.RunPython(heads_review, migrations.RunPython.noop),
        migrations.RunPython(fill_columns, migrations.RunPython.noop),
    ]
