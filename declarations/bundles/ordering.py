"""Ordering: what is taken of each declaration is looked up, with what the person may see, and fixed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.text import Truncator

from declarations import permissions, selectors
from declarations.bundles import tasks
from declarations.bundles.left_out import LeftOut, to_store
from declarations.enums import OPEN_BUNDLES, BundleKind
from declarations.models import Bundle, BundlePart, Declaration, Round, Submission
from declarations.models.bundle import MAX_TITLE
from perfgoals.accounts.enums import ROLES_READING_EVERYTHING
from perfgoals.accounts.models import User

MAX_DECLARATIONS = 5000
# Of one person at a time, so that nobody has to wait behind a colleague's whole evening of orders.
MAX_OPEN = 3
# Few enough that two workers end at about the same time, and that a killed one has little to do again.
PART_SIZE = 10
NOTHING_SUBMITTED = "尚未送审"
NOT_BEGUN = "尚未开始填报"


class OrderRefused(Exception):
    """An order that cannot be taken; its message, in Chinese, is for people."""


@dataclass(frozen=True)
class Chosen:
    """What a bundle is made of: the submissions by key, by year and department, and what is left out.

    `not_begun` are the departments that should have declared.
    """

    submissions: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    not_begun: tuple[LeftOut, ...] = ()

    @property
    def number(self) -> int:
        """How many declarations there are."""
        return len(self.submissions) + len(self.left_out)


def chosen_from(user: User, declarations: "QuerySet[Declaration]", whole: Round | None = None) -> Chosen:
    """Of each of the declarations that `user` may see, what is in force or else was submitted last.

    `whole` is the round that they are all of, if they are: then who reads everything is told of the departments that
    never began. Two queries, with those three. Raises OrderRefused where the declarations are too many.
    """
    visible = declarations.filter(permissions.visible_to(user))
    rows = list(
        visible.order_by("-round__fiscal_year", "department__code", "pk").values_list(
            "pk", "approved", "department__code", "department__name", "round__fiscal_year"
        )[: MAX_DECLARATIONS + 1]
    )
    if len(rows) > MAX_DECLARATIONS:
        raise OrderRefused(f"一次最多导出 {MAX_DECLARATIONS} 份申报表，请用查询条件缩小范围，分几次导出。")
    latest: dict[int, int] = {}
    seen: set[int] = set()
    submissions = Submission.objects.filter(permissions.visible_submissions_of_all(user))
    for pk, declaration in (
        submissions.filter(declaration__in=visible.order_by().values("pk"))
        .order_by("number")
        .values_list("pk", "declaration")
    ):
        latest[declaration] = pk
        seen.add(pk)
    taken, left_out = [], []
    for pk, approved, code, name, year in rows:
        found = approved if approved in seen else latest.get(pk)
        if found is not None:
            taken.append(found)
        else:
            # Whoever may not see a submission is not told that there is one.
            left_out.append(LeftOut(code, name, year, NOTHING_SUBMITTED))
    not_begun = []
    if whole and user.role in ROLES_READING_EVERYTHING:
        waiting = selectors.departments_without_declaration(whole).values_list("code", "name")
        not_begun = [LeftOut(code, name, whole.fiscal_year, NOT_BEGUN) for code, name in waiting]
    return Chosen(tuple(taken), tuple(left_out), tuple(not_begun))


def order(
    user: User,
    kind: BundleKind,
    title: str,
    declarations: "QuerySet[Declaration]",
    now: datetime,
    whole: Round | None = None,
) -> Bundle:
    """Take the order, of what `chosen_from` chooses, and put its tasks into the queue. Raises OrderRefused."""
    with transaction.atomic():
        # Two clicks at once are counted one after the other.
        User.objects.select_for_update().only("pk").get(pk=user.pk)
        if Bundle.objects.filter(requested_by=user, status__in=OPEN_BUNDLES).count() >= MAX_OPEN:
            raise OrderRefused(f"您已有 {MAX_OPEN} 项批量导出正在生成，请等待其中一项完成，或者取消后再导出。")
        chosen = chosen_from(user, declarations, whole)
        if not chosen.number:
            raise OrderRefused("没有可以导出的申报表。请核对所选内容或者查询条件。")
        if not chosen.submissions:
            raise OrderRefused(f"所选 {chosen.number} 份申报表都没有可以导出的送审稿，未导出。")
        bundle = Bundle.objects.create(
            requested_by=user,
            standing=standing_of(user),
            kind=kind,
            # Of long names and conditions, as much as fits.
            title=Truncator(title).chars(MAX_TITLE, truncate="…"),
            total=len(chosen.submissions),
            left_out=to_store((*chosen.left_out, *chosen.not_begun)),
            created_at=now,
        )
        BundlePart.objects.bulk_create(
            BundlePart(bundle=bundle, number=number, submissions=part)
            for number, part in enumerate(_parts(chosen.submissions))
        )
        tasks.start(bundle, now)
    return bundle


def standing_of(user: User) -> str:
    """The role and place on which it hangs what somebody may see."""
    return f"{user.role}/{user.department_id or ''}/{user.office_id or ''}"


def _parts(submissions: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(submissions), PART_SIZE):
        yield list(submissions[start : start + PART_SIZE])
