"""What the checks found most often, and why most was returned."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Sum, When

from declarations.checks.titles import TITLES
from declarations.enums import ReturnReason, Status, Step
from declarations.models import Event, SubmissionFinding
from declarations.statistics.scope import Scope


@dataclass(frozen=True)
class Frequency:
    """How often something was found, and on how many declarations."""

    title: str
    times: int
    declarations: int


def frequent_findings(scope: Scope) -> list[Frequency]:
    """The kinds of findings of what was submitted last, the most frequent first. One query.

    Of a draft it is what is in force, if anything: what was withdrawn is the bureau's no more.
    """
    current = Case(When(status=Status.DRAFT, then="approved"), default="submission")
    found = (
        SubmissionFinding.objects.filter(submission__in=scope.seen_declarations().values(current=current))
        .values(what=F("code"))
        .annotate(times=Sum("number"), declarations=Count("submission"))
    )
    return _sorted(found, lambda code: TITLES.get(code, code))


def return_reasons(scope: Scope) -> list[Frequency]:
    """The reasons for which declarations were returned to their departments, the most frequent first.

    One query, and one for the stages. What was undone was never returned; what a stage handed back to the one before
    it stayed in review.
    """
    returns = Event.objects.order_by().filter(
        # By the stages first, for these have an index: a database holds the rounds of many years.
        stage__in=scope.stages,
        declaration__in=scope.seen_declarations(),
        step=Step.RETURN,
        undone_by=None,
    )
    found = returns.values(what=F("reason")).annotate(
        times=Count("pk"), declarations=Count("declaration", distinct=True)
    )
    return _sorted(found, lambda reason: ReturnReason(reason).label)


def _sorted(rows: Iterable[Mapping[str, Any]], title: Callable[[str], str]) -> list[Frequency]:
    found = [Frequency(title(row["what"]), row["times"], row["declarations"]) for row in rows]
    return sorted(found, key=lambda entry: (-entry.times, -entry.declarations, entry.title))
