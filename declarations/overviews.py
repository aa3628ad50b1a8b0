"""What the home page tells each kind of people about declarations."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from declarations import permissions, selectors
from declarations.enums import Status, Step
from declarations.models import Declaration, Event, Round
from perfgoals.accounts.models import Department, User


@dataclass(frozen=True)
class DepartmentRound:
    """A round as it stands for one department, and what `user` of that department can do in it now.

    `adjustment` is the step that began the adjustment under way.
    """

    round: Round
    declaration: Declaration | None
    closes_at: datetime
    last_return: Event | None
    adjustment: Event | None
    now: datetime
    user: User

    @property
    def is_upcoming(self) -> bool:
        return self.now < self.round.opens_at

    @property
    def is_closed(self) -> bool:
        return self.now >= self.closes_at

    @property
    def is_returned(self) -> bool:
        return self.declaration is not None and self.declaration.status == Status.RETURNED

    @property
    def days_left(self) -> int:
        """Calendar days until the day on which the round closes."""
        return (timezone.localdate(self.closes_at) - timezone.localdate(self.now)).days

    @property
    def may_start(self) -> bool:
        return self.declaration is None and permissions.can_start(self.user, self.round, self.now)

    @property
    def may_edit(self) -> bool:
        return self.declaration is not None and permissions.can_edit(self.user, self.declaration, self.now)

    @property
    def may_submit(self) -> bool:
        return self.declaration is not None and permissions.can_submit(self.user, self.declaration, self.now)


@dataclass(frozen=True)
class RoundCounts:
    """How many declarations of a round stand in each status, as far as somebody may see them."""

    round: Round
    numbers: Counter[str]
    not_begun: int

    def by_status(self) -> list[tuple[str, str, int]]:
        """Each status with its label and number."""
        return [(value, label, self.numbers[value]) for value, label in Status.choices]


def rounds_of_department(user: User, department: Department, now: datetime) -> list[DepartmentRound]:
    """Every round as it stands for the department of `user`: what was returned first, then by closing time.

    A fixed number of queries, whatever the number of rounds.
    """
    declarations = {d.round_id: d for d in without_documents(selectors.declarations()).filter(department=department)}
    steps = Event.objects.filter(declaration__department=department, step__in=[Step.RETURN, Step.ADJUST])
    latest = {
        (event.declaration_id, event.step): event
        for event in steps.select_related("submission").defer("submission__document").order_by("pk")
    }
    rounds = [
        DepartmentRound(
            round=round,
            declaration=(declaration := declarations.get(round.pk)),
            closes_at=permissions.closes_at(declaration)
            if declaration
            else permissions.closing_time(round, department),
            last_return=latest.get((declaration.pk, Step.RETURN)) if declaration else None,
            adjustment=latest.get((declaration.pk, Step.ADJUST)) if declaration and declaration.is_adjusting else None,
            now=now,
            user=user,
        )
        for round in Round.objects.prefetch_related("extensions")
    ]
    return sorted(rounds, key=lambda entry: (not entry.is_returned, entry.closes_at))


def counts_by_round(user: User) -> list[RoundCounts]:
    """For each round, the latest first, how many declarations `user` sees in each status. Three queries.

    `not_begun` counts the active departments whose declaration `user` does not see or that have none.
    """
    groups = (
        Declaration.objects.filter(permissions.visible_to(user))
        .order_by()
        .values_list("round", "status")
        .annotate(number=Count("pk"), of_active=Count("pk", filter=Q(department__is_active=True)))
    )
    numbers: dict[int, Counter[str]] = defaultdict(Counter)
    begun: Counter[int] = Counter()
    for round_id, status, number, of_active in groups:
        numbers[round_id][status] = number
        begun[round_id] += of_active
    active = Department.objects.filter(is_active=True).count()
    return [RoundCounts(round, numbers[round.pk], active - begun[round.pk]) for round in Round.objects.all()]


def without_documents(declarations: "QuerySet[Declaration]") -> "QuerySet[Declaration]":
    """The same declarations without the sealed texts, which a list does not show."""
    return declarations.defer("submission__document", "round__template__guidance")
