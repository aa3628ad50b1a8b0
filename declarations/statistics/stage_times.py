"""The time that each stage of a round takes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from statistics import mean
from typing import Any

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from declarations.enums import DECISIONS
from declarations.models import Event, ReviewStage
from declarations.statistics.scope import Scope


@dataclass(frozen=True)
class StageTime:
    """How long a stage took to decide, and what waits in it now.

    The times are None where nothing was decided, `waiting_longest` where nothing waits.
    """

    stage: ReviewStage
    decided: int
    median: timedelta | None
    mean: timedelta | None
    longest: timedelta | None
    waiting: int
    waiting_longest: timedelta | None
    overdue: int


def stage_times(scope: Scope) -> list[StageTime]:
    """Each stage of the round, in order. Three queries, and one for the stages.

    A decision took from when the declaration had come to the stage, counted each time it came there; what was undone
    was never decided. Adjustments count like what was declared first.
    """
    decisions = _decisions(scope)
    decided: dict[int, Any] = {
        row["stage"]: row
        for row in decisions.values("stage").annotate(number=Count("pk"), mean=Avg("taken"), longest=Max("taken"))
    }
    medians = _medians(decisions)
    waiting: dict[int, Any] = {
        row["stage"]: row
        for row in scope.declarations()
        .order_by()
        .filter(stage__isnull=False)
        .values("stage")
        .annotate(number=Count("pk"), since=Min("stage_since"), overdue=Count("pk", filter=Q(due_at__lte=scope.now)))
    }
    times = []
    for stage in scope.stages:
        done: dict[str, Any] = decided.get(stage.pk, {})
        now: dict[str, Any] = waiting.get(stage.pk, {})
        since = now.get("since")
        times.append(
            StageTime(
                stage=stage,
                decided=done.get("number", 0),
                median=medians.get(stage.pk),
                mean=done.get("mean"),
                longest=done.get("longest"),
                waiting=now.get("number", 0),
                waiting_longest=scope.now - since if since else None,
                overdue=now.get("overdue", 0),
            )
        )
    return times


def _decisions(scope: Scope) -> "QuerySet[Event]":
    """The decisions that stand, each with the time it took as `taken`."""
    return (
        Event.objects.order_by()
        .filter(
            # By the stages first, for these have an index: a database holds the rounds of many years.
            stage__in=scope.stages,
            declaration__in=scope.declarations(),
            step__in=DECISIONS,
            undone_by=None,
            stage_since__isnull=False,
        )
        .annotate(taken=ExpressionWrapper(F("at") - F("stage_since"), output_field=DurationField()))
    )


def _medians(decisions: "QuerySet[Event]") -> dict[int, timedelta]:
    """The median time of each stage, by its key: the database answers with the one or two times in the middle."""
    # Of n times in their order the middle ones are those whose place, doubled, is n, n + 1 or n + 2.
    place = Window(RowNumber(), partition_by="stage", order_by="taken")
    from_middle = 2 * place - Window(Count("pk"), partition_by="stage")
    middle = decisions.annotate(from_middle=from_middle).filter(from_middle__range=(0, 2))
    times: dict[int, list[float]] = defaultdict(list)
    for stage, taken in middle.values_list("stage", "taken"):
        times[stage].append(taken.total_seconds())
    return {stage: timedelta(seconds=mean(seconds)) for stage, seconds in times.items()}
