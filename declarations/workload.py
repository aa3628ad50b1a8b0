"""What each person of an office has before him, and how quickly he decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q

from declarations import permissions
from declarations.enums import DECISIONS
from declarations.models import Declaration, Event
from declarations.people import colleagues_of
from perfgoals.accounts.models import User

DECIDED_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Workload:
    """The load of `person`, or what nobody has taken where that is None; `days` is the mean until a decision.

    `decided` counts the decisions of the last 30 days that were not undone; without any, `days` is None.
    """

    person: User | None
    waiting: int
    overdue: int
    decided: int = 0
    days: float | None = None


def workloads(head: User, now: datetime) -> list[Workload]:
    """The load of everybody in the office of `head`, by name, and last what nobody has taken. Three queries.

    Whoever was switched off is left out unless something still waits for him.
    """
    waiting = {
        assignee: (number, overdue)
        for assignee, number, overdue in Declaration.objects.filter(permissions.waiting_for(head))
        .order_by()
        .values_list("assignee")
        .annotate(number=Count("pk"), overdue=Count("pk", filter=Q(due_at__lte=now)))
    }
    colleagues = colleagues_of(head).order_by("name", "pk")
    decisions = Event.objects.filter(
        actor__in=colleagues.order_by(), step__in=DECISIONS, undone_by=None, at__gt=now - DECIDED_WITHIN
    )
    took = ExpressionWrapper(F("at") - F("stage_since"), output_field=DurationField())
    decided = {
        actor: (number, mean)
        for actor, number, mean in decisions.order_by()
        .values_list("actor")
        .annotate(number=Count("pk"), mean=Avg(took))
    }
    loads = []
    for person in colleagues:
        number, mean = decided.get(person.pk, (0, None))
        if person.is_active or person.pk in waiting:
            loads.append(
                Workload(
                    person,
                    *waiting.get(person.pk, (0, 0)),
                    decided=number,
                    days=mean / timedelta(days=1) if mean is not None else None,
                )
            )
    return [*loads, Workload(None, *waiting.get(None, (0, 0)))]
