"""What the review page shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from declarations import assessing, commenting, people, permissions, progress, queue, selectors, versions
from declarations.budget_chart import BudgetChart, budget_chart
from declarations.checks import Finding, run_checks
from declarations.comment_texts import active_texts
from declarations.commenting import Thread
from declarations.document import Document
from declarations.enums import DECISIONS, Status, Step
from declarations.forms.assessment import AssessmentForm, Points
from declarations.forms.steps import DecisionForm
from declarations.models import Assessment, Declaration, Event, Grade, Submission
from declarations.review_table import ReviewTable, review_table
from declarations.views.commenting import comments_context
from perfgoals.accounts.access import Request
from perfgoals.accounts.models import User


@dataclass(frozen=True)
class Typed:
    """What came with a request that was not taken, to be shown again; `step` is the decision that was chosen."""

    step: Step | None = None
    decision: DecisionForm | None = None
    assessment: AssessmentForm | None = None

    def texts(self) -> list[tuple[str, str]]:
        """What was typed, with what it is, for somebody who cannot send it any more; all points are one text."""
        forms = [form for form in (self.decision, self.assessment) if form is not None]
        fields = [field for form in forms for field in form if field.field.widget.attrs.get("data-draft")]
        texts = [(field, str(field.value() or "")) for field in fields if field.name != "reason"]
        typed = [(str(field.label), text) for field, text in texts if text and not isinstance(field.field, Points)]
        points = [f"{field.label}：{text}" for field, text in texts if text and isinstance(field.field, Points)]
        return [*typed, ("审核表", "\n".join(points))] if points else typed


@dataclass(frozen=True)
class PlacedFinding:
    """A finding with the id of the text of the official table that it is about."""

    finding: Finding
    anchor: str


@dataclass(frozen=True)
class Contents:
    """The submission with what is beside it."""

    review: ReviewTable
    findings: Sequence[PlacedFinding]
    chart: BudgetChart
    compared_with: str


def can_read(user: User, declaration: Declaration) -> bool:
    """Whether `user`, who sees the declaration, gets its review page: the bureau always, others while they decide."""
    if declaration.submission is None:
        return False
    return permissions.belongs_to_bureau(user) or permissions.reviews_now(user, declaration)


def review_context(
    request: Request, declaration: Declaration, *, only_changed: bool = False, typed: Typed | None = None
) -> dict[str, Any]:
    """The context of the review page of a declaration that was submitted; with `only_changed` it shows what changed.

    The number of queries does not depend on what was submitted and how often.
    """
    assert declaration.submission is not None  # noqa: S101  # `can_read` has looked
    user, now = request.user, timezone.now()
    events = list(selectors.events().filter(declaration=declaration))
    document = selectors.sealed_document(declaration.submission)
    threads = commenting.threads(user, declaration, document)
    contents = contents_of(user, declaration, declaration.submission, document, threads)
    return {
        "declaration": declaration,
        "submission": declaration.submission,
        "is_approved": declaration.submission_id == declaration.approved_id,
        "file_words": versions.IN_FORCE if declaration.submission_id == declaration.approved_id else versions.SUBMITTED,
        "events": events,
        "shows_scores": permissions.can_view_scores(user, declaration),
        "shows_internal": permissions.belongs_to_bureau(user),
        "review": contents.review,
        "only_changed": only_changed and contents.review.differs,
        "compared_with": contents.compared_with,
        "chart": contents.chart,
        "findings": contents.findings,
        "threads": threads,
        "neighbours": queue.neighbours(user, declaration),
        "came_back": _came_back(events),
        "adjustment": versions.adjustment_of(declaration),
        "assessments": _assessments(declaration.submission, events) if permissions.belongs_to_bureau(user) else [],
        **comments_context(user, declaration, threads, page="review", url_of=_anchor_urls(contents.review)),
        **state_context(user, declaration, events, now),
        **_decision_context(user, declaration, now, typed or Typed()),
    }


def state_context(user: User, declaration: Declaration, events: Sequence[Event], now: datetime) -> dict[str, Any]:
    """Where a declaration stands, and what `user` can do about it without deciding."""
    return {
        "waypoints": progress.waypoints(declaration),
        "waits_for": progress.waits_for(declaration),
        "is_overdue": declaration.due_at is not None and now >= declaration.due_at,
        "undoable": _undoable(user, declaration, events),
    }


def contents_of(
    user: User, declaration: Declaration, submission: Submission, document: Document, threads: Sequence[Thread]
) -> Contents:
    """One submission of the declaration as the official table, beside the one before and last year's."""
    earlier = selectors.earlier_documents(declaration)
    last_year = _last_year(document, earlier)
    previous = selectors.previous_submission(user, declaration, submission)
    findings = run_checks(document, earlier)
    review = review_table(
        document,
        previous=selectors.sealed_document(previous) if previous else None,
        last_year=last_year,
        origins=selectors.origins_of(declaration),
        findings=findings,
        remarks=commenting.by_path(threads),
    )
    return Contents(
        review,
        [PlacedFinding(finding, review.anchor(finding.path)) for finding in findings],
        budget_chart(document, last_year),
        _compared_with(declaration, previous),
    )


def _anchor_urls(review: ReviewTable) -> Callable[[str], str]:
    """Where a path stands in the page; empty for the whole."""

    def url(path: str) -> str:
        anchor = review.anchor(path)
        return f"#{anchor}" if anchor else ""

    return url


def _last_year(document: Document, earlier: Sequence[Document]) -> Document | None:
    return next((each for each in earlier if each.fiscal_year < document.fiscal_year), None)


def _compared_with(declaration: Declaration, previous: Submission | None) -> str:
    if previous is None:
        return ""
    is_in_force = previous.pk == declaration.approved_id
    return f"现行批复（第 {previous.number} 次送审）" if is_in_force else f"第 {previous.number} 次送审"


def _decision_context(user: User, declaration: Declaration, now: datetime, typed: Typed) -> dict[str, Any]:
    """What somebody needs who decides, or whose colleague does."""
    stage = declaration.stage
    context: dict[str, Any] = {
        "decides": permissions.can_decide(user, declaration),
        "can_take": permissions.can_take(user, declaration),
        "is_shared_out": permissions.can_be_assigned(declaration),
        "can_release": permissions.can_release(user, declaration),
        "can_assign": permissions.can_assign(user, declaration),
    }
    if context["can_assign"]:
        colleagues = people.office_reviewers(declaration).order_by("name")
        context["colleagues"] = [each for each in colleagues if each.pk != declaration.assignee_id]
    if not context["decides"] or stage is None or declaration.submission is None:
        return context | {"typed": typed.texts()}
    stages = permissions.stages_of(declaration)
    context |= {
        "decision": typed.decision or DecisionForm(),
        "chosen": typed.step,
        "is_echo": typed.decision is not None,
        "stage_before": next((each for each in reversed(stages) if each.position < stage.position), None),
        "is_last_stage": stage == stages[-1],
        "is_closed": now >= permissions.closes_at(declaration),
        "comment_texts": active_texts(),
    }
    if assessing.fills_in_form(declaration, stage):
        stored = assessing.assessment_of(declaration.submission, stage, user)
        context["assessment"] = typed.assessment or AssessmentForm(declaration=declaration, stored=stored)
        context["grades"] = Grade.objects.filter(round=declaration.round_id)
    return context


def _assessments(submission: Submission, events: Sequence[Event]) -> list[Assessment]:
    """The review forms on the submission that were filled in for a decision which stands."""
    decided = {
        (event.stage_id, event.actor_id)
        for event in events
        if event.submission_id == submission.pk and event.step in DECISIONS and not hasattr(event, "undone_by")
    }
    stored = (
        Assessment.objects.filter(submission=submission)
        .select_related("stage", "reviewer")
        .prefetch_related("scores__criterion")
        .order_by("stage__position", "pk")
    )
    return [
        each
        for each in stored
        if (each.stage_id, each.reviewer_id) in decided
        and any(score.points is not None or score.text for score in each.scores.all())
    ]


def _came_back(events: Sequence[Event]) -> Event | None:
    """By what the declaration was returned, to the department or a stage, since it was approved last."""
    for event in reversed(events):
        if event.step == Step.APPROVE and not hasattr(event, "undone_by"):
            return None
        if event.step in (Step.RETURN, Step.HAND_BACK) and not hasattr(event, "undone_by"):
            return event
    return None


def _undoable(user: User, declaration: Declaration, events: Sequence[Event]) -> Event | None:
    """The last event, where it is a decision that `user` can undo."""
    last = events[-1] if events else None
    if last is None or not permissions.can_undo(user, declaration, last) or declaration.submission is None:
        return None
    if declaration.status == Status.RETURNED:
        is_unchanged = selectors.document_of(declaration).digest() == declaration.submission.digest
        return last if is_unchanged else None
    return last
