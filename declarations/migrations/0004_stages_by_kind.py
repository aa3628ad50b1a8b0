"""Stages are named by who decides in them, and not by a kind of office."""

from django.db import migrations, models

STAGES = [
    ("department_head", "部门负责人"),
    ("superior", "主管部门"),
    ("business", "业务科室"),
    ("performance", "绩效科"),
]


class Migration(migrations.Migration):
    dependencies = [("declarations", "0003_filling_in")]

    operations = [
        migrations.RemoveConstraint("reviewstage", "stage_office_kind_unique"),
        migrations.RenameField("reviewstage", "office_kind", "kind"),
        migrations.AlterField("reviewstage", "kind", models.CharField("审核环节", max_length=20, choices=STAGES)),
        migrations.AddConstraint(
            "reviewstage", models.UniqueConstraint(fields=["round", "kind"], name="stage_kind_unique")
        ),
    ]
