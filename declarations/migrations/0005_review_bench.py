"""The review bench: work of a stage, decisions, comments, the review form, notices.

The append-only triggers step aside until 0007: SQLite makes these tables anew to change them.
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

record = import_module("declarations.migrations.0002_review_record_is_append_only")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_office_heads_and_mail"),
        ("declarations", "0004_stages_by_kind"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(record.drop_triggers, record.create_triggers),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "verbose_name": "审核表",
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(blank=True, max_length=200)),
                ("place", models.CharField(max_length=500)),
                ("quoted", models.TextField(blank=True)),
                ("is_internal", models.BooleanField(default=False, verbose_name="仅财政局内部可见")),
                ("text", models.TextField(max_length=2000, verbose_name="意见")),
                ("author_name", models.CharField(max_length=50)),
                ("author_place", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "审核意见",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="CommentText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=50, unique=True, verbose_name="名称")),
                ("text", models.TextField(max_length=2000, verbose_name="意见内容")),
                ("is_active", models.BooleanField(default=True, verbose_name="启用")),
            ],
            options={
                "verbose_name": "常用意见",
                "ordering": ["title"],
            },
        ),
        migrations.CreateModel(
            name="Contribution",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="Criterion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("aspect", models.CharField(max_length=50, verbose_name="审核内容")),
                ("name", models.CharField(max_length=50, verbose_name="审核要点")),
                ("question", models.TextField(max_length=1000, verbose_name="具体内容")),
                ("points", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="分值")),
            ],
            options={
                "verbose_name": "审核要点",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="Grade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.CharField(max_length=20, verbose_name="等级")),
                ("threshold", models.DecimalField(decimal_places=2, max_digits=6, verbose_name="不低于（分）")),
                ("may_pass", models.BooleanField(default=True, verbose_name="可以通过")),
            ],
            options={
                "verbose_name": "等级",
                "ordering": ["-threshold"],
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=100)),
                ("address", models.EmailField(max_length=254)),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True)),
            ],
            options={
                "verbose_name": "待发邮件",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("waiting", "待审核"),
                            ("passed", "审核通过"),
                            ("approved", "批复"),
                            ("returned", "退回"),
                            ("handed_back", "退回上一环节"),
                            ("undone", "撤销办理"),
                            ("assigned", "分派"),
                            ("commented", "审核意见"),
                            ("due", "即将到期"),
                            ("overdue", "逾期"),
                        ],
                        max_length=20,
                    ),
                ),
                ("key", models.CharField(max_length=100)),
                ("text", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                ("in_daily_mail", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "通知",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="RememberedQueue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("query", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="Score",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="得分")),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="意见")),
            ],
        ),
        migrations.CreateModel(
            name="SubmissionFinding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=50)),
                ("number", models.PositiveIntegerField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="event",
            name="event_return_has_a_reason",
        ),
        migrations.RemoveIndex(
            model_name="declaration",
            name="declaration_queue",
        ),
        migrations.AddField(
            model_name="declaration",
            name="approved",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="declarations.submission",
                verbose_name="现行批复",
            ),
        ),
        migrations.AddField(
            model_name="declaration",
            name="assignee",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="经办人",
            ),
        ),
        migrations.AddField(
            model_name="declaration",
            name="due_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="办理期限"),
        ),
        migrations.AddField(
            model_name="declaration",
            name="reached",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="declaration",
            name="revision",
            field=models.PositiveSmallIntegerField(default=1, editable=False, verbose_name="版次"),
        ),
        migrations.AddField(
            model_name="declaration",
            name="stage_since",
            field=models.DateTimeField(editable=False, null=True, verbose_name="进入环节时间"),
        ),
        migrations.AddField(
            model_name="event",
            name="grade",
            field=models.CharField(blank=True, max_length=20, verbose_name="等级"),
        ),
        migrations.AddField(
            model_name="event",
            name="score",
            field=models.DecimalField(decimal_places=2, max_digits=6, null=True, verbose_name="得分"),
        ),
        migrations.AddField(
            model_name="event",
            name="stage",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="declarations.reviewstage",
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="stage_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="event",
            name="undoes",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by",
                to="declarations.event",
            ),
        ),
        migrations.AddField(
            model_name="reviewstage",
            name="target_days",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="办理时限（天）"),
        ),
        migrations.AddField(
            model_name="round",
            name="adjustments_close_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="调整截止时间"),
        ),
        migrations.AddField(
            model_name="round",
            name="scoring",
            field=models.CharField(
                choices=[("none", "不填写"), ("commented", "只写意见，不评分"), ("scored", "评分并评定等级")],
                default="none",
                max_length=20,
                verbose_name="审核表",
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="revision",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="版次"),
        ),
        migrations.AddField(
            model_name="submission",
            name="total",
            field=models.DecimalField(decimal_places=6, max_digits=15, null=True, verbose_name="部门预算总额（万元）"),
        ),
        migrations.AddField(
            model_name="submission",
            name="warnings",
            field=models.PositiveIntegerField(null=True, verbose_name="系统提示"),
        ),
        migrations.AlterField(
            model_name="event",
            name="step",
            field=models.CharField(
                choices=[
                    ("start", "开始填报"),
                    ("submit", "送审"),
                    ("withdraw", "撤回"),
                    ("pass", "审核通过"),
                    ("approve", "批复"),
                    ("return", "退回"),
                    ("hand_back", "退回上一环节"),
                    ("undo", "撤销办理"),
                    ("adjust", "申请调整"),
                    ("cancel_adjustment", "终止调整"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="declaration",
            index=models.Index(fields=["status", "stage", "due_at"], name="declaration_queue"),
        ),
        migrations.AddConstraint(
            model_name="declaration",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "in_review"), ("assignee__isnull", True), _connector="OR"),
                name="declaration_assigned_while_in_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step__in", ["return", "hand_back"]), _negated=True),
                    models.Q(models.Q(("reason", ""), _negated=True), models.Q(("text", ""), _negated=True)),
                    _connector="OR",
                ),
                name="event_return_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("step", "undo"), ("undoes__isnull", False)),
                    models.Q(("step", "undo"), _negated=True),
                    _connector="OR",
                ),
                name="event_undoes_a_decision",
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="reviewer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="stage",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="declarations.reviewstage"
            ),
        ),
        migrations.AddField(
            model_name="assessment",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="assessments", to="declarations.submission"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="declaration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="declarations.declaration"
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="parent",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="declarations.comment",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="settled_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="declarations.submission"
            ),
        ),
        migrations.AddField(
            model_name="contribution",
            name="declaration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="contributions", to="declarations.declaration"
            ),
        ),
        migrations.AddField(
            model_name="contribution",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="criterion",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="criteria", to="declarations.round"
            ),
        ),
        migrations.AddField(
            model_name="grade",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="grades", to="declarations.round"
            ),
        ),
        migrations.AddField(
            model_name="mail",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="comment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to="declarations.comment",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="declaration",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notices",
                to="declarations.declaration",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="event",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="declarations.event"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notices", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="rememberedqueue",
            name="user",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="score",
            name="assessment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="scores", to="declarations.assessment"
            ),
        ),
        migrations.AddField(
            model_name="score",
            name="criterion",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="declarations.criterion"
            ),
        ),
        migrations.AddField(
            model_name="submissionfinding",
            name="submission",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="declarations.submission"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                fields=("submission", "stage", "reviewer"), name="assessment_once_a_reviewer"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at__isnull", True), ("settled_by__isnull", True)),
                    models.Q(("settled_at__isnull", False), ("settled_by__isnull", False)),
                    _connector="OR",
                ),
                name="comment_settled_at_and_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("parent__isnull", True), ("settled_at__isnull", True), _connector="OR"),
                name="comment_answer_is_not_settled",
            ),
        ),
        migrations.AddConstraint(
            model_name="contribution",
            constraint=models.UniqueConstraint(fields=("declaration", "user"), name="contribution_once_a_user"),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.UniqueConstraint(fields=("round", "position"), name="criterion_position_unique"),
        ),
        migrations.AddConstraint(
            model_name="criterion",
            constraint=models.CheckConstraint(condition=models.Q(("points__gt", 0)), name="criterion_points_positive"),
        ),
        migrations.AddConstraint(
            model_name="grade",
            constraint=models.UniqueConstraint(fields=("round", "label"), name="grade_label_unique"),
        ),
        migrations.AddConstraint(
            model_name="grade",
            constraint=models.UniqueConstraint(fields=("round", "threshold"), name="grade_threshold_unique"),
        ),
        migrations.AddConstraint(
            model_name="grade",
            constraint=models.CheckConstraint(
                condition=models.Q(("threshold__gte", 0)), name="grade_threshold_not_negative"
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(condition=models.Q(("sent_at", None)), fields=["next_try_at"], name="mail_to_send"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=models.Q(("read_at", None)), fields=["user"], name="notice_unread"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("in_daily_mail", True)), fields=["user"], name="notice_for_daily_mail"
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(fields=("user", "key"), name="mail_once_a_user"),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(fields=("user", "key"), name="notice_once_a_user"),
        ),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.UniqueConstraint(fields=("assessment", "criterion"), name="score_once_a_criterion"),
        ),
        migrations.AddConstraint(
            model_name="score",
            constraint=models.CheckConstraint(
                condition=models.Q(("points", None), ("points__gte", 0), _connector="OR"), name="score_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="submissionfinding",
            constraint=models.UniqueConstraint(fields=("submission", "code"), name="submission_finding_once_a_code"),
        ),
    ]
