"""The queue: what somebody reviews, in tabs, narrowed by filters and sorted, and its place for going on from inside."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.expressions import OrderBy
from django.db.models.functions import Coalesce, Lag, Lead
from django.http import QueryDict
from django.utils import timezone

from declarations import permissions
from declarations.bulk import Selected
from declarations.enums import DECISIONS, QueueTab, StageKind, Status, Step
from declarations.forms.queue import ORDERS, QueueFilter
from declarations.models import Comment, Declaration, Event, RememberedQueue, Round
from perfgoals.accounts.models import User


@dataclass(frozen=True)
class QueueRow:
    """A declaration of the queue as `user` has it before him at a time."""

    declaration: Declaration
    user: User
    now: datetime

    @property
    def token(self) -> str:
        """What a step from the queue names: the declaration, and the submission and stage that were seen."""
        return Selected.of(self.declaration).token

    @property
    def last_day(self) -> datetime | None:
        """The last day on which the decision is in time."""
        due_at = self.declaration.due_at
        return timezone.localtime(due_at) - timedelta(seconds=1) if due_at else None

    @property
    def days_left(self) -> int:
        """Calendar days until the last day; negative once that is past."""
        return (self.last_day.date() - timezone.localdate(self.now)).days if self.last_day else 0

    @property
    def days_late(self) -> int:
        return max(-self.days_left, 0)

    @property
    def can_be_taken(self) -> bool:
        """Whether nobody deals yet with the declaration, which waits for the office of `user`."""
        return permissions.can_be_assigned(self.declaration) and self.declaration.assignee_id is None

    @property
    def is_mine(self) -> bool:
        return self.declaration.assignee_id == self.user.pk


@dataclass(frozen=True)
class Neighbours:
    """The declarations before and after one in the queue of somebody; None at its ends."""

    previous: Declaration | None = None
    next: Declaration | None = None


def tab_filter(user: User, tab: QueueTab) -> Q:
    """The filter for the declarations of a tab of `user`; never one that he may not see."""
    if tab == QueueTab.WAITING:
        return permissions.waiting_for(user)
    if tab == QueueTab.DECIDED:
        decisions = Event.objects.filter(declaration=OuterRef("pk"), actor=user, step__in=DECISIONS)
        return Q(permissions.visible_to(user), Exists(decisions))
    found = Q(pk__in=[])
    for kind, departments in permissions.departments_by_stage(user).items():
        came_here = Q(departments, reached__gte=kind.rank, round__in=Round.objects.filter(stages__kind=kind))
        found |= came_here & (_returned_from(kind) if tab == QueueTab.RETURNED else _passed(kind))
    return found


def narrowed(filters: QueueFilter, tab: QueueTab) -> "QuerySet[Declaration]":
    """The declarations of a tab that the filters let through; none where these are not valid."""
    return filters.apply(Declaration.objects.filter(tab_filter(filters.user, tab)))


def counts(filters: QueueFilter) -> dict[QueueTab, int]:
    """How many declarations each tab holds behind the filters. One query."""
    if not filters.is_valid():
        return dict.fromkeys(QueueTab, 0)
    first, *others = (
        narrowed(filters, tab).order_by().annotate(tab=Value(tab.value)).values("tab").annotate(number=Count("pk"))
        for tab in QueueTab
    )
    found = {row["tab"]: row["number"] for row in first.union(*others, all=True)}
    return {tab: found.get(tab, 0) for tab in QueueTab}


def rows(filters: QueueFilter) -> "QuerySet[Declaration]":
    """The declarations of the chosen tab in the chosen order, with what a row shows; `open_comments` counts those.

    Without the sealed texts. Whoever is not of the bureau has its internal comments not counted.
    """
    audience = Q() if permissions.belongs_to_bureau(filters.user) else Q(is_internal=False)
    comments = Comment.objects.filter(audience, declaration=OuterRef("pk"), parent=None, settled_at=None)
    number = comments.order_by().values("declaration").annotate(number=Count("pk")).values("number")
    found = narrowed(filters, filters.chosen_tab).order_by(*order_of(filters))
    return (
        found.select_related("round", "department", "stage", "assignee", "submission")
        .defer("submission__document")
        .annotate(open_comments=Coalesce(Subquery(number), 0))
    )


def shown(page: Iterable[Declaration], user: User, now: datetime) -> list[QueueRow]:
    """The declarations of a page of `rows` as `user` has them before him at `now`."""
    return [QueueRow(declaration, user, now) for declaration in page]


def order_of(filters: QueueFilter) -> list[OrderBy]:
    """The order that the filters ask for. Without one, what waits stands by urgency: what is overdue or due first
    comes first, then what waits longest; in the other tabs, what was submitted last.
    """
    if wanted := filters.chosen_order:
        field = F(ORDERS[wanted.removeprefix("-")][0])
        first = field.desc(nulls_last=True) if wanted.startswith("-") else field.asc(nulls_last=True)
        return [first, F("pk").asc()]
    if filters.chosen_tab == QueueTab.WAITING:
        return [F("due_at").asc(nulls_last=True), F("stage_since").asc(), F("pk").asc()]
    return [F("submission").desc()]


def remembered_query(user: User) -> str:
    """The tab, filters and order in which `user` had the queue last, as an address carries them. One query."""
    return RememberedQueue.objects.filter(user=user).values_list("query", flat=True).first() or ""


def remember(user: User, query: str) -> None:
    """Keep the tab, filters and order for the next time."""
    if query != remembered_query(user):
        RememberedQueue.objects.update_or_create(user=user, defaults={"query": query})


def neighbours(user: User, declaration: Declaration) -> Neighbours:
    """What stands before and after the declaration in the queue as `user` had it last.

    One that is not there, come to from the home page or a notice, stands among all that wait, by urgency. To be asked
    before a decision: afterwards the declaration has left its tab.
    """
    remembered = QueueFilter(QueryDict(remembered_query(user)), user=user)
    sides = _sides(remembered, declaration)
    if not sides and not narrowed(remembered, remembered.chosen_tab).filter(pk=declaration.pk).exists():
        sides = _sides(QueueFilter(QueryDict(), user=user), declaration)
    found = Declaration.objects.select_related("round", "department").filter(pk__in=sides)
    return Neighbours(**{sides[each.pk]: each for each in found})


def next_of(user: User, declaration: Declaration) -> Declaration | None:
    """Where `user` goes on once he has decided on the declaration: to the next one or, at the end, to the one before.

    To be asked before the decision, as `neighbours`.
    """
    beside = neighbours(user, declaration)
    return beside.next or beside.previous


def _sides(filters: QueueFilter, declaration: Declaration) -> dict[int, str]:
    """The keys of those beside the declaration in the queue with their side; none where it is alone or not there."""
    order = order_of(filters)
    beside = (
        narrowed(filters, filters.chosen_tab)
        .order_by()
        .annotate(before=Window(Lag("pk"), order_by=order), after=Window(Lead("pk"), order_by=order))
        .filter(Q(before=declaration.pk) | Q(after=declaration.pk))
        .values_list("pk", "before")
    )
    return {key: "next" if before == declaration.pk else "previous" for key, before in beside}


def _returned_from(kind: StageKind) -> Q:
    """What went back from the stage: to the department, or to an earlier stage and has not passed that again."""
    handed_back = Event.objects.filter(
        submission=OuterRef("submission"), step=Step.HAND_BACK, stage__kind=kind, undone_by=None
    )
    earlier = [each for each in StageKind if each.rank < kind.rank]
    return Q(status=Status.RETURNED) | Q(Exists(handed_back), status=Status.IN_REVIEW, stage__kind__in=earlier)


def _passed(kind: StageKind) -> Q:
    """What the stage has let go on: approved, or in a later stage."""
    later = [each for each in StageKind if each.rank > kind.rank]
    return Q(status=Status.APPROVED) | Q(status=Status.IN_REVIEW, stage__kind__in=later)
