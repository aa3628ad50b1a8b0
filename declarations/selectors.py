"""What is read from the database."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from declarations import document
from declarations.document import Document
from declarations.enums import EDITABLE_STATUSES, StageKind, Step
from declarations.models import Budget, Declaration, Event, ReviewStage, Round, Row, Submission, Target
from declarations.permissions import visible_submissions, visible_to
from indicators.models import IndicatorTemplate, PrimaryIndicator, SecondaryIndicator, TertiaryIndicator
from perfgoals.accounts.models import Department, User


def declarations() -> "QuerySet[Declaration]":
    """Declarations with all that permissions and lists look at, at a fixed number of queries."""
    return Declaration.objects.select_related(
        "round__template", "department__office", "department__superior", "stage", "assignee", "submission"
    ).prefetch_related("round__extensions", "round__stages", "contributions")


def declarations_of(user: User) -> "QuerySet[Declaration]":
    """The declarations that `user` may see."""
    return declarations().filter(visible_to(user))


def departments_without_declaration(round: Round) -> "QuerySet[Department]":
    """The active departments that have not begun to declare in the round, by code."""
    return Department.objects.filter(is_active=True).exclude(declarations__round=round).order_by("code")


def locked_declaration(declaration_id: int) -> Declaration:
    """The declaration, which nobody else can change before the transaction ends. Raises Declaration.DoesNotExist."""
    # Read again after the lock: PostgreSQL joins a row that it had to wait for with what the other tables held before.
    Declaration.objects.select_for_update().only("pk").get(pk=declaration_id)
    return declarations().get(pk=declaration_id)


def document_of(declaration: Declaration) -> Document:
    """The declaration's rows as they stand now. Six queries, whatever the number of rows."""
    targets: dict[int, list[document.Target]] = defaultdict(list)
    for row in declaration.target_rows.all():
        targets[row.secondary_id].append(target_of(row, str(row.key), common=row.tertiary_id is not None))
    template = declaration.round.template
    budget = declaration.budget
    return Document(
        title=template.title,
        fiscal_year=declaration.round.fiscal_year,
        department_code=declaration.department.code,
        department=declaration.department.name,
        points_total=template.points_total,
        with_task_amounts=template.with_task_amounts,
        duty_goals=tuple(document.Goal(key=str(g.key), text=g.text) for g in declaration.dutygoal_rows.all()),
        main_tasks=tuple(
            document.Task(key=str(t.key), name=t.name, content=t.content, amount=t.amount)
            for t in declaration.maintask_rows.all()
        ),
        budget=document.Budget(**{figure: getattr(budget, figure) for figure in document.BUDGET_LABELS}),
        indicators=groups_with(template, targets),
        printing=printing_of(template),
    )


def printing_of(template: IndicatorTemplate) -> document.Printing:
    """How the template wants the official table printed."""
    return document.Printing(
        orientation=template.orientation,
        amounts=template.amount_format,
        unit_column=template.unit_column,
        standard_column=template.standard_column,
        remark_column=template.remark_column,
        signatures=template.signature_lines,
    )


def groups_with(
    template: IndicatorTemplate, targets: Mapping[int, Iterable[document.Target]]
) -> tuple[document.PrimaryGroup, ...]:
    """The template's groups of both levels, each level-2 group with the targets given for its id. Two queries."""
    return tuple(
        document.PrimaryGroup(
            key=str(primary.pk),
            name=primary.name,
            kind=primary.kind,
            groups=tuple(
                document.SecondaryGroup(
                    key=str(secondary.pk),
                    name=secondary.name,
                    explanation=secondary.explanation,
                    allows_own=secondary.allows_own,
                    targets=tuple(targets.get(secondary.pk, ())),
                )
                for secondary in primary.secondaries.all()
            ),
        )
        for primary in template.primaries.prefetch_related("secondaries")
    )


def target_of(row: Target | TertiaryIndicator, key: str, *, common: bool) -> document.Target:
    """A declared indicator, or a common one of a template as it is declared first, as a value."""
    return document.Target(
        key=key,
        common=common,
        name=row.name,
        comparison=row.comparison,
        value=row.value,
        unit=row.unit,
        scoring_standard=row.scoring_standard,
        explanation=row.explanation,
        remark=row.remark,
    )


def rows_of(declaration: Declaration, model: type[Row], primary_id: int | None = None) -> "QuerySet[Row]":
    """The rows of a section in their order, with who changed them last; if given, those under a level-1 indicator."""
    related = ("updated_by", "tertiary") if model is Target else ("updated_by",)
    under = Q() if primary_id is None else Q(secondary__primary=primary_id)
    return model._default_manager.filter(under, declaration=declaration).select_related(*related)


def origins_of(declaration: Declaration) -> dict[str, str]:
    """For each row that was taken over its key and that of the row it comes from. Three queries."""
    return {
        str(key): str(origin)
        for rows in (declaration.dutygoal_rows, declaration.maintask_rows, declaration.target_rows)
        for key, origin in rows.filter(origin__isnull=False).values_list("key", "origin")
    }


def budget_of(declaration: Declaration) -> Budget:
    """The declaration's budget row with who changed it last."""
    return Budget.objects.select_related("updated_by").get(declaration=declaration)


def primaries_of(declaration: Declaration) -> list[PrimaryIndicator]:
    """The level-1 indicators of the declaration's template, in their order."""
    return list(PrimaryIndicator.objects.filter(template=declaration.round.template_id))


def groups_of(declaration: Declaration, primary_id: int) -> list[SecondaryIndicator]:
    """The level-2 indicators under a level-1 indicator of the declaration's template; empty where it is another's."""
    return list(
        # By `primary__pk`, which takes a number of any size from an address; `primary` fails on SQLite past 64 bits.
        SecondaryIndicator.objects.filter(
            primary__pk=primary_id, primary__template=declaration.round.template_id
        ).select_related("primary")
    )


def group_of(declaration: Declaration, group_id: int) -> SecondaryIndicator | None:
    """A level-2 indicator of the declaration's template; None where there is no such one in it."""
    return SecondaryIndicator.objects.filter(pk=group_id, primary__template=declaration.round.template_id).first()


def sealed_document(submission: Submission) -> Document:
    """The document as it was submitted."""
    return Document.model_validate_json(submission.document)


def current_document(declaration: Declaration) -> Document:
    """What was submitted while it is the bureau's; the rows while the department holds the pen.

    What was submitted keeps the department's name of that time.
    """
    submission = submission_shown(declaration)
    return sealed_document(submission) if submission else document_of(declaration)


def submission_shown(declaration: Declaration) -> Submission | None:
    """The submission that stands for the declaration while it is the bureau's."""
    return None if declaration.status in EDITABLE_STATUSES else declaration.submission


def events() -> "QuerySet[Event]":
    """The record of steps in order, each with its stage, its undoing and, as `number`, that of its submission.

    `is_internal` says that an office of the bureau handed the declaration back to another: why is its own business.
    """
    earlier_office = ReviewStage.objects.filter(round=OuterRef("stage__round"), kind=StageKind.BUSINESS)
    return Event.objects.select_related("stage", "undone_by").annotate(
        number=F("submission__number"),
        is_internal=Q(step=Step.HAND_BACK, stage__kind=StageKind.PERFORMANCE) & Q(Exists(earlier_office)),
    )


def submissions_of(user: User, declaration: Declaration) -> "QuerySet[Submission]":
    """The submissions of the declaration that `user`, who may see the declaration, may see; in order."""
    return declaration.submissions.filter(visible_submissions(user, declaration))


def previous_submission(user: User, declaration: Declaration, submission: Submission) -> Submission | None:
    """What `user` has seen before this submission: an earlier one of the same revision or else what was approved.

    So nobody compares with an adjustment that was given up, nor with what has never come to him.
    """
    approvals = Event.objects.filter(submission=OuterRef("pk"), step=Step.APPROVE, undone_by__isnull=True)
    counts = Q(revision=submission.revision) | Q(Exists(approvals))
    return submissions_of(user, declaration).filter(counts, number__lt=submission.number).last()


def last_return(declaration: Declaration) -> Event | None:
    """The event by which the declaration was returned last, where it has not been submitted again since.

    No query where the declaration's events are fetched already.
    """
    if declaration.status not in EDITABLE_STATUSES:
        return None
    events = list(declaration.events.all())
    return events[-1] if events and events[-1].step == Step.RETURN else None


def earlier_documents(declaration: Declaration) -> tuple[Document, ...]:
    """What is in force for the department in other rounds, the latest year first. One query."""
    approved = Submission.objects.filter(
        pk__in=Declaration.objects.filter(department=declaration.department_id, approved__isnull=False)
        .exclude(pk=declaration.pk)
        .values("approved")
    ).order_by("-declaration__round__fiscal_year")
    return tuple(sealed_document(submission) for submission in approved)
