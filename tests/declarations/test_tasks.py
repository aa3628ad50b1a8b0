"""Tables drawn in the background: when, which, and what becomes of those that cannot be drawn."""

import pytest
from django_tasks_db.models import DBTaskResult

from declarations import imprints, tasks
from declarations.enums import StageKind, Step
from declarations.exports import Format, kept
from declarations.exports.drawing import DrawingRefused
from declarations.models import Declaration, Submission
from declarations.workflow import StepRefused
from tests.declarations import builders, situations

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Format, str]]:
    """Format and status of each file that was drawn."""
    told: list[tuple[Format, str]] = []

    def draw(sealed: str, format: Format, imprint: object) -> bytes:
        told.append((format, imprint.status))
        return b"%PDF-"

    monkeypatch.setattr(kept, "draw", draw)
    return told


def waiting() -> list[int]:
    """The numbers of the submissions whose tables are to be drawn, in order."""
    results = DBTaskResult.objects.filter(task_path="declarations.tasks.keep_tables")
    found = [Submission.objects.get(pk=result.args_kwargs["args"][0]).number for result in results]
    DBTaskResult.objects.all().delete()
    return sorted(found)


def numbers_after(made: Declaration, act, *arguments: object) -> list[int]:
    waiting()
    act(made, *arguments)
    return waiting()


def test_each_step_renews_the_tables_that_say_something_else_since() -> None:
    made = builders.declaration(round=builders.round_(stages=situations.TWO_STAGES))
    assert numbers_after(made, builders.submit) == [1]
    assert numbers_after(made, builders.withdraw) == [1]
    assert numbers_after(made, builders.submit) == [2]
    assert numbers_after(made, builders.approve) == [2]
    assert numbers_after(made, builders.hand_back) == [2]
    assert numbers_after(made, builders.return_) == [2]
    builders.submit(made)
    builders.approve(made)
    assert numbers_after(made, builders.approve) == [3]
    assert numbers_after(made, builders.undo) == [3]
    builders.approve(made)
    assert numbers_after(made, builders.adjust) == []
    assert numbers_after(made, builders.cancel_adjustment) == []
    builders.adjust(made)
    builders.change(made)
    assert numbers_after(made, builders.submit) == [4]
    situations.pass_to(made, StageKind.PERFORMANCE)
    assert numbers_after(made, builders.approve) == [3, 4]
    assert numbers_after(made, builders.undo) == [3, 4]


def test_step_that_is_refused_renews_nothing() -> None:
    made = builders.declaration(situations.STATUSES[situations.FIRST_REVIEW])
    waiting()
    with pytest.raises(StepRefused):
        builders.take(made, Step.APPROVE, builders.reviewer_of(made), digest="0" * 64)
    assert waiting() == []


def test_tables_are_kept_as_the_submission_stands_when_they_are_drawn(drawn) -> None:
    made = builders.declaration(situations.STATUSES[situations.FIRST_REVIEW])
    builders.approve(made)
    for _ in range(2):
        tasks.keep_tables.call(made.submission.pk)
    imprint = imprints.of_submission(made, made.submission)
    assert imprint.status.startswith("已批复")
    assert drawn == [(Format.PDF, imprint.status), (Format.WORKBOOK, imprint.status)]
    assert all(kept.is_kept(made.submission.document, format, imprint) for format in tasks.KEPT_FORMATS)


def test_format_that_is_refused_does_not_keep_the_other_from_being_drawn(monkeypatch, caplog) -> None:
    made = builders.declaration(situations.STATUSES[situations.FIRST_REVIEW])

    def draw(sealed: str, format: Format, imprint: object) -> bytes:
        if format == Format.PDF:
            raise DrawingRefused("用时过长。")
        return b"PK"

    monkeypatch.setattr(kept, "draw", draw)
    tasks.keep_tables.call(made.submission.pk)
    imprint = imprints.of_submission(made, made.submission)
    found = [kept.is_kept(made.submission.document, format, imprint) for format in tasks.KEPT_FORMATS]
    assert found == [False, True]
    assert caplog.messages == [f"No pdf of submission {made.submission.pk}: 用时过长。"]
