"""What the review page shows."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from declarations import permissions, selectors
from declarations.budget_chart import budget_chart
from declarations.checks import Finding, run_checks
from declarations.forms.steps import ApprovalForm, ReturnForm
from declarations.models import Declaration
from declarations.review_table import review_table


@dataclass(frozen=True)
class PlacedFinding:
    """A finding with the id of the text of the official table that it is about."""

    finding: Finding
    anchor: str


def review_context(
    declaration: Declaration, approval: ApprovalForm, return_: ReturnForm, *, only_changed: bool = False
) -> dict[str, Any]:
    """The context of the review page of a declaration that is in review; with `only_changed` it shows what changed."""
    assert declaration.submission is not None and declaration.stage is not None  # noqa: S101, PT018  # by constraint
    document = selectors.sealed_document(declaration.submission)
    earlier = selectors.earlier_documents(declaration)
    last_year = next((each for each in earlier if each.fiscal_year < document.fiscal_year), None)
    previous = selectors.previous_submission(declaration.submission)
    findings = run_checks(document, earlier)
    review = review_table(
        document,
        previous=selectors.sealed_document(previous) if previous else None,
        last_year=last_year,
        origins=selectors.origins_of(declaration),
        findings=findings,
    )
    return {
        "declaration": declaration,
        "submission": declaration.submission,
        "is_closed": timezone.now() >= permissions.closes_at(declaration),
        "is_last_stage": not declaration.round.stages.filter(position__gt=declaration.stage.position).exists(),
        "review": review,
        "only_changed": only_changed and review.differs,
        "compared_with": f"第 {previous.number} 次送审" if previous else "",
        "chart": budget_chart(document, last_year),
        "findings": [PlacedFinding(finding, review.anchor(finding.path)) for finding in findings],
        "events": declaration.events.all(),
        "approval": approval,
        "return_form": return_,
    }
