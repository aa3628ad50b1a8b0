"""What somebody orders of many declarations at once (批量导出), until it is cleaned up after a day."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from declarations.enums import OPEN_BUNDLES, BundleKind, BundleStatus

MAX_TITLE = 200


class Bundle(models.Model):
    """One order. What is taken of each declaration was fixed when it was ordered and stands in the parts.

    `standing` is the role and place of the person at that time: whoever has others since does not get the file.
    `left_out` lists the declarations of which nothing could be taken, and of a whole round the departments that have
    none, each with its reason in Chinese, and once there is a file also the tables, with their format, that could not
    be drawn.
    `assembled` counts what stands in the file already. `attempt` counts the workers that began to assemble it: only
    the latest may publish. `file` is the name in the folder of bundles, `file_name` that of the download.
    """

    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bundles")
    standing = models.CharField(max_length=100)
    kind = models.CharField("种类", max_length=20, choices=BundleKind)
    title = models.CharField("名称", max_length=MAX_TITLE)
    status = models.CharField("状态", max_length=20, choices=BundleStatus, default=BundleStatus.WAITING)
    total = models.PositiveIntegerField("申报表（份）")
    assembled = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    left_out = models.JSONField(default=list)
    error = models.TextField(blank=True)
    file = models.CharField(max_length=100, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    created_at = models.DateTimeField("提交时间")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "批量导出"
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], name="bundle_expires"),
            # Counted at every order.
            models.Index(fields=["requested_by", "status"], name="bundle_of_person"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="bundle_done_has_a_file",
                condition=Q(status=BundleStatus.DONE, size__isnull=False) & ~Q(file="")
                | ~Q(status=BundleStatus.DONE) & Q(file=""),
            ),
            models.CheckConstraint(
                name="bundle_finished_expires",
                condition=Q(status__in=sorted(OPEN_BUNDLES), finished_at__isnull=True, expires_at__isnull=True)
                | (~Q(status__in=sorted(OPEN_BUNDLES)) & Q(finished_at__isnull=False, expires_at__isnull=False)),
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_BUNDLES


class BundlePart(models.Model):
    """Some of the submissions of a bundle, by key, in the order in which they stand in it: the task of one worker.

    `progress` counts those whose tables are drawn. `refused` lists the tables that could not be drawn.
    """

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    submissions = models.JSONField()
    progress = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)
    enqueued_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["bundle", "number"], name="bundle_part_number_unique")]
