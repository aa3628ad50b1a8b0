"""What the review page shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from declarations import permissions, selectors
from declarations.checks import Finding, run_checks
from declarations.exports.table import Table, layout
from declarations.forms.steps import ApprovalForm, ReturnForm
from declarations.models import Declaration


@dataclass(frozen=True)
class PlacedFinding:
    """A finding with the id of the element of the official table that it is about."""

    finding: Finding
    anchor: str


def review_context(declaration: Declaration, approval: ApprovalForm, return_: ReturnForm) -> dict[str, Any]:
    """The context of the review page of a declaration that is in review."""
    assert declaration.submission is not None and declaration.stage is not None  # noqa: S101, PT018  # by constraint
    document = selectors.sealed_document(declaration.submission)
    table = layout(document)
    findings = run_checks(document, selectors.earlier_documents(declaration))
    return {
        "declaration": declaration,
        "submission": declaration.submission,
        "is_closed": timezone.now() >= permissions.closing_time(declaration.round, declaration.department),
        "is_last_stage": not declaration.round.stages.filter(position__gt=declaration.stage.position).exists(),
        "table": table,
        "findings": placed(findings, table),
        "events": declaration.events.all(),
        "approval": approval,
        "return_form": return_,
    }


def placed(findings: Iterable[Finding], table: Table) -> list[PlacedFinding]:
    """The findings, each with the cell of its path or, where that has none, the nearest one of its row or section."""
    anchors: dict[str, str] = {}
    for cell in table.cells():
        if cell.anchor:
            parts = cell.path.split("/")
            for length in range(len(parts), 0, -1):
                anchors.setdefault("/".join(parts[:length]), cell.anchor)
    header = f"row-{table.header.number}"
    return [PlacedFinding(finding, _nearest(finding.path, anchors) or header) for finding in findings]


def _nearest(path: str, anchors: dict[str, str]) -> str:
    while path and path not in anchors:
        path = path.rpartition("/")[0]
    return anchors.get(path, "")
