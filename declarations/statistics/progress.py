"""How far the departments of a round are, in number and in money."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, FilteredRelation, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from declarations.enums import EDITABLE_STATUSES, Status
from declarations.statistics.scope import Scope
from perfgoals.accounts.models import Department


@dataclass(frozen=True)
class Tally:
    """How many departments, and the total budget that they have submitted, in 万元."""

    number: int = 0
    money: Decimal = Decimal(0)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.number + other.number, self.money + other.money)


@dataclass(frozen=True)
class Progress:
    """Departments by how far they are.

    The first five part them: each department stands in exactly one. What is approved stays so, with the money that
    is in force, while an adjustment of it is under way; that it is being adjusted, `adjusting` says in addition.
    `overdue` are those that have nothing with the bureau and nothing in force though the round has closed for them;
    `stage_overdue` those whose declaration, or adjustment, waits in a stage past its date.
    """

    not_begun: Tally
    draft: Tally
    in_review: tuple[Tally, ...]
    returned: Tally
    approved: Tally
    adjusting: Tally
    overdue: Tally
    stage_overdue: Tally

    @property
    def reviewed(self) -> Tally:
        """What is in review, in whatever stage."""
        return sum(self.in_review, Tally())

    @property
    def submitted(self) -> Tally:
        """What is in review or approved: the department has done its part."""
        return self.reviewed + self.approved

    @property
    def missing(self) -> Tally:
        """What the department has still to submit, or to submit again."""
        return self.not_begun + self.draft + self.returned

    @property
    def declared(self) -> Tally:
        """All departments that should declare."""
        return self.submitted + self.missing

    def __add__(self, other: "Progress") -> "Progress":
        return Progress(
            self.not_begun + other.not_begun,
            self.draft + other.draft,
            tuple(own + others for own, others in zip(self.in_review, other.in_review, strict=True)),
            self.returned + other.returned,
            self.approved + other.approved,
            self.adjusting + other.adjusting,
            self.overdue + other.overdue,
            self.stage_overdue + other.stage_overdue,
        )


@dataclass(frozen=True)
class Group:
    """The departments of one office, or of one superior department and itself."""

    key: int
    name: str
    progress: Progress


def by_office(scope: Scope) -> list[Group]:
    """Each office that has departments in the scope. One query, and one for the stages."""
    return _groups(scope, key=F("office"), title=F("office__name"), place=F("office__name"))


def by_superior(scope: Scope) -> list[Group]:
    """Each superior department with itself and those directly under it, the one with most missing first.

    A department without a superior stands for itself. One query, and one for the stages.
    """
    groups = _groups(
        scope,
        key=Coalesce("superior", "pk"),
        title=Coalesce("superior__name", "name"),
        place=Coalesce("superior__code", "code"),
    )
    return sorted(groups, key=lambda group: -group.progress.missing.number)


def total(scope: Scope, groups: Iterable[Group]) -> Progress:
    """All of `groups` together."""
    nothing = Tally()
    none = Progress(nothing, nothing, (nothing,) * len(scope.stages), *(nothing,) * 5)
    return sum((group.progress for group in groups), none)


def joined_with_declarations(scope: Scope) -> "QuerySet[Department]":
    """The departments with their declaration of the round as `own` and their extension as `extended`, if any."""
    return scope.departments().alias(
        own=FilteredRelation("declarations", condition=Q(declarations__round=scope.round)),
        extended=FilteredRelation("extensions", condition=Q(extensions__round=scope.round)),
    )


def is_missing() -> Q:
    """Of `joined_with_declarations`: nothing was submitted, or it came back, and nothing is in force."""
    return Q(own__pk=None) | Q(own__status__in=EDITABLE_STATUSES, own__approved=None)


def is_overdue(scope: Scope) -> Q:
    """Of `joined_with_declarations`: it is missing, and the round has closed for the department."""
    if scope.now < scope.round.closes_at:
        return Q(pk__in=[])
    return is_missing() & (Q(extended__pk=None) | Q(extended__closes_at__lte=scope.now))


def _groups(scope: Scope, **grouping: Any) -> list[Group]:
    first = Q(own__approved=None)
    wheres = {
        "not_begun": Q(own__pk=None),
        "draft": first & Q(own__status=Status.DRAFT),
        "returned": first & Q(own__status=Status.RETURNED),
        "approved": Q(own__approved__isnull=False),
        "adjusting": Q(own__approved__isnull=False) & ~Q(own__status=Status.APPROVED),
        "overdue": is_overdue(scope),
        "stage_overdue": Q(own__due_at__lte=scope.now),
        **{f"stage_{stage.pk}": first & Q(own__stage=stage) for stage in scope.stages},
    }
    # A draft has at most a submission that was withdrawn.
    money = Case(
        When(own__reached__lt=scope.reached, then=None),
        When(own__approved__isnull=False, then="own__approved__total"),
        When(~Q(own__status=Status.DRAFT), then="own__submission__total"),
    )
    counted: Any = (
        joined_with_declarations(scope)
        .values(**grouping)
        .annotate(
            **{f"{name}_number": Count("pk", filter=where) for name, where in wheres.items()},
            **{f"{name}_money": Sum(money, filter=where) for name, where in wheres.items()},
        )
        .order_by()
    )
    rows = sorted(counted, key=lambda row: (row["place"], row["key"]))
    return [Group(row["key"], row["title"], _progress(scope, row)) for row in rows]


def _progress(scope: Scope, row: dict[str, Any]) -> Progress:
    def tally(name: str) -> Tally:
        return Tally(row[f"{name}_number"], row[f"{name}_money"] or Decimal(0))

    return Progress(
        not_begun=tally("not_begun"),
        draft=tally("draft"),
        in_review=tuple(tally(f"stage_{stage.pk}") for stage in scope.stages),
        returned=tally("returned"),
        approved=tally("approved"),
        adjusting=tally("adjusting"),
        overdue=tally("overdue"),
        stage_overdue=tally("stage_overdue"),
    )
