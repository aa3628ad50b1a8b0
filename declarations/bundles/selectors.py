"""What people see of their bundles."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Sum

from declarations.bundles.contents import FORMATS
from declarations.bundles.left_out import LeftOut, left_out_of
from declarations.bundles.ordering import standing_of
from declarations.enums import BundleKind, BundleStatus
from declarations.models import Bundle
from perfgoals.accounts.models import User
from perfgoals.workers.models import Worker
from perfgoals.workers.recovery import SILENCE

# How many of what is left out the page names; the file names all of it.
LEFT_OUT_SHOWN = 20
# What drawing the tables is of the whole work, in a hundred.
DRAWING = 90
ASSEMBLING = {BundleKind.ARCHIVE: "打包", BundleKind.BOOK: "装订", BundleKind.SUMMARY: "汇总"}


@dataclass(frozen=True)
class Row:
    """A bundle as the page shows it."""

    bundle: Bundle
    drawn: int

    @property
    def percent(self) -> int:
        """How far it is; the hundredth is the file itself."""
        bundle = self.bundle
        share = DRAWING if FORMATS[BundleKind(bundle.kind)] else 0
        drawn = self.drawn if share else 0
        return min((drawn * share + bundle.assembled * (100 - share)) // bundle.total, 99)

    @property
    def doing(self) -> str:
        """What is being done, in Chinese."""
        bundle = self.bundle
        if bundle.status == BundleStatus.WAITING:
            return "排队中"
        if self.drawn < bundle.total and FORMATS[BundleKind(bundle.kind)]:
            return f"正在生成表格：{self.drawn} / {bundle.total} 份"
        return f"正在{ASSEMBLING[BundleKind(bundle.kind)]}：{bundle.assembled} / {bundle.total} 份"

    @property
    def not_drawn(self) -> list[LeftOut]:
        """The tables that should be in the file, but could not be drawn."""
        return [left for left in left_out_of(self.bundle) if left.format]

    @property
    def not_taken(self) -> list[LeftOut]:
        """The declarations of which nothing could be taken, or that were never begun."""
        return [left for left in left_out_of(self.bundle) if not left.format]

    @property
    def left_out(self) -> list[LeftOut]:
        """What is left out, as far as it is shown: first what nobody expects."""
        return [*self.not_drawn, *self.not_taken][:LEFT_OUT_SHOWN]

    @property
    def left_out_more(self) -> int:
        """How many more are left out than are shown."""
        return max(len(self.bundle.left_out) - LEFT_OUT_SHOWN, 0)


def bundles_of(user: User, now: datetime) -> "QuerySet[Bundle]":
    """What `user` has ordered in the role and at the place that he has now, and has not expired; the latest first."""
    mine = Bundle.objects.filter(requested_by=user, standing=standing_of(user))
    return mine.exclude(expires_at__lte=now)


def row_of(bundle: Bundle) -> Row:
    """The bundle, fetched `with_progress`, as the page shows it."""
    return Row(bundle, bundle.drawn or 0)  # type: ignore[attr-defined]


def with_progress(bundles: "QuerySet[Bundle]") -> "QuerySet[Bundle]":
    """The same bundles with the number of declarations of which the tables are drawn."""
    return bundles.annotate(drawn=Sum("parts__progress")).order_by("-pk")


def is_anybody_at_work(now: datetime) -> bool:
    """Whether a worker has said lately that it is there."""
    return Worker.objects.filter(seen_at__gt=now - SILENCE).exists()
