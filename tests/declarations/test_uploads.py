"""An upload is kept, compared anew each time it is looked at, and applied whole or not at all."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from declarations import selectors, services, uploads
from declarations.form_layout import GOALS_SHEET, TARGETS_SHEET
from declarations.models import Upload
from declarations.services import GOALS, TARGETS, TASKS
from declarations.uploads import DeclarationChanged, UploadRefused
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.imports.building import saved
from tests.declarations.races import race
from tests.declarations.services.edits import add, own_groups, rows, targets, where
from tests.declarations.situations import stored
from tests.declarations.workbooks import GOAL, TOTAL, downloaded, filled_in, keep, last_target


@pytest.fixture
def declaration(db):
    return builders.declaration()


def document(declaration):
    return selectors.document_of(builders.fresh(declaration))


def apply(upload, digest=None, **options):
    declaration = builders.fresh(upload.declaration)
    digest = document(declaration).digest() if digest is None else digest
    person = builders.preparer_of(declaration)
    return uploads.apply_upload(upload, person, digest, **{"delete_missing": False, **options})


def proposed(upload, **options):
    preview = uploads.preview_of(upload, builders.fresh(upload.declaration), **{"delete_missing": False, **options})
    return preview.proposal


def without_keys(document):
    """The document with every row named alike, for new rows get a key each time."""
    text = document.sealed()
    keys = [row.key for row in (*document.duty_goals, *document.main_tasks)]
    for key in [*keys, *(target.key for _, _, target in document.targets())]:
        text = text.replace(key, "key")
    return text


def test_upload_changes_nothing_before_it_is_applied(declaration):
    before = stored("declarations.DutyGoal", "declarations.Target", "declarations.Budget")
    upload = keep(declaration)
    assert (upload.declaration, upload.uploaded_by, upload.file_name, upload.seen_digest) == (
        declaration,
        builders.preparer_of(declaration),
        "表.xlsx",
        document(declaration).digest(),
    )
    proposed(upload)
    assert stored("declarations.DutyGoal", "declarations.Target", "declarations.Budget") == before


def test_applied_upload_makes_the_declaration_what_was_shown(declaration):
    upload = keep(declaration)
    expected = proposed(upload).document
    comparison = apply(upload)
    assert comparison.counts == {"new": 1, "changed": 2, "gone": 0, "unchanged": 4, "moved": 0}
    assert without_keys(document(declaration)) == without_keys(expected)
    now = document(declaration)
    assert ([goal.text for goal in now.duty_goals][-1], now.budget.total) == (GOAL, TOTAL)
    assert not Upload.objects.exists()


def test_numbers_are_read_from_the_texts_that_came(declaration):
    book = downloaded(declaration)
    book[TARGETS_SHEET].cell(last_target(book), 7).value = "１２．５"
    apply(keep(declaration, saved(book)))
    row = declaration.target_rows.get(value="１２．５")
    assert (str(row.number), row.version, row.updated_by) == ("12.500000", 2, builders.preparer_of(declaration))


def test_rows_that_nobody_changed_keep_their_version(declaration):
    before = {row.key: row.version for section in (GOALS, TASKS, TARGETS) for row in rows(declaration, section)}
    apply(keep(declaration))
    after = {row.key: row.version for section in (GOALS, TASKS, TARGETS) for row in rows(declaration, section)}
    assert sorted(after[key] - before[key] for key in before) == [0, 0, 0, 0, 1]


def test_deleted_added_and_exchanged_rows_come_out_in_order(declaration):
    add(declaration, GOALS, {"text": "二"}, {"text": "三"}, {"text": "四"})
    book = downloaded(declaration)
    sheet = book[GOALS_SHEET]
    second, third, fourth = ([sheet.cell(row, column).value for column in (1, 2)] for row in (3, 4, 5))
    for row, values in enumerate((fourth, (None, "新"), third), 2):
        sheet.cell(row, 1).value, sheet.cell(row, 2).value = values
    sheet.delete_rows(5)
    assert second[1] == "二"
    apply(keep(declaration, saved(book)))
    assert [row.text for row in rows(declaration, GOALS)] == ["四", "新", "三"]


def test_row_moves_to_another_group_with_its_key_and_texts(declaration):
    outputs, benefits = own_groups(declaration)
    (moving,) = targets(outputs, declaration)
    book = downloaded(declaration)
    sheet = book[TARGETS_SHEET]
    row = next(row for row in range(2, 9) if sheet.cell(row, 1).value == str(moving.key))
    sheet.cell(row, 2).value, sheet.cell(row, 3).value = "效益指标", benefits.name
    apply(keep(declaration, saved(book)))
    assert targets(outputs, declaration) == []
    assert [target.key == moving.key for target in targets(benefits, declaration)] == [True, False]
    assert targets(benefits, declaration)[0].explanation == moving.explanation


def test_full_section_can_be_exchanged_as_a_whole(declaration, monkeypatch):
    monkeypatch.setattr(services, "MAX_ROWS", len(rows(declaration, TARGETS)))
    book = downloaded(declaration)
    sheet = book[TARGETS_SHEET]
    for row in range(2, sheet.max_row + 1):
        if sheet.cell(row, 4).value == "个性":
            sheet.cell(row, 1).value = None
            sheet.cell(row, 5).value = f"第{row}个新指标"
    apply(keep(declaration, saved(book)))
    names = {row.name for row in rows(declaration, TARGETS)}
    assert names == {"预算执行率", "第3个新指标", "第4个新指标"}


def test_rows_that_the_workbook_does_not_have_go_only_on_request(declaration):
    upload = keep(declaration)
    add(declaration, GOALS, {"text": "网上增加的目标"})
    assert proposed(upload).missing == 1
    apply(upload)
    assert sorted(row.text for row in rows(declaration, GOALS)) == ["做好办文办会工作；", GOAL, "网上增加的目标"]


def test_rows_that_the_workbook_does_not_have_go_on_request(declaration):
    upload = keep(declaration)
    add(declaration, GOALS, {"text": "网上增加的目标"})
    apply(upload, delete_missing=True)
    assert [row.text for row in rows(declaration, GOALS)] == ["做好办文办会工作；", GOAL]


def test_upload_is_not_applied_to_a_declaration_that_has_changed(declaration):
    upload = keep(declaration)
    seen = document(declaration).digest()
    add(declaration, GOALS, {"text": "网上增加的目标"})
    before = stored()
    with pytest.raises(DeclarationChanged, match="申报表在您核对期间有改动，尚未导入。"):
        apply(upload, seen)
    assert stored() == before


def test_upload_is_not_applied_after_submission(declaration):
    upload = keep(declaration)
    builders.submit(declaration)
    before = stored()
    with pytest.raises(services.NotEditable, match="申报表当前状态为“待审核”，不能修改。"):
        apply(upload)
    assert stored() == before


def test_upload_is_not_applied_after_the_closing_time(declaration):
    upload = keep(declaration)
    before = stored()
    with pytest.raises(services.NotEditable, match="截止，只能查看"):
        apply(upload, now=declaration.round.closes_at)
    assert stored() == before


def test_upload_is_not_applied_twice(declaration):
    upload = keep(declaration)
    again = Upload.objects.get(pk=upload.pk)
    apply(upload)
    before = stored()
    with pytest.raises(UploadRefused, match="已导入或已放弃，未重复导入"):
        apply(again)
    assert stored() == before


def test_workbook_that_was_applied_changes_nothing_when_it_comes_again(declaration):
    contents = filled_in(declaration)
    apply(keep(declaration, contents))
    again = keep(declaration, contents)
    preview = uploads.preview_of(again, builders.fresh(declaration), delete_missing=False)
    assert (preview.proposal.comparison.differs, preview.is_older_form) == (False, True)


def test_upload_with_an_error_is_not_applied(declaration):
    book = downloaded(declaration)
    book[GOALS_SHEET]["B2"].value = "字" * 2001
    upload = keep(declaration, saved(book))
    before = stored()
    with pytest.raises(UploadRefused, match="工作簿中有错误，不能导入。"):
        apply(upload)
    assert stored() == before


def test_refusal_of_one_row_takes_everything_back(declaration, monkeypatch):
    upload = keep(declaration)
    before = stored()
    monkeypatch.setattr(services, "MAX_ROWS", 1)
    with pytest.raises(UploadRefused, match="导入未完成，申报表没有改动：本部分最多 1 行"):
        apply(upload)
    assert stored() == before


@pytest.mark.parametrize("role", [Role.DEPARTMENT_HEAD, Role.ADMINISTRATOR])
def test_nothing_is_kept_for_who_cannot_edit(declaration, role):
    place = {"department": declaration.department} if role == Role.DEPARTMENT_HEAD else {}
    reading = uploads.Reading(source="form")
    with pytest.raises(services.NotEditable, match="您只能查看本申报表。"):
        uploads.keep_upload(declaration.pk, builders.user(role, **place), reading, "表.xlsx")
    assert not Upload.objects.exists()


def test_next_upload_takes_the_place_of_the_one_before_and_of_what_is_left_behind(declaration):
    other = builders.declaration()
    old, young = keep(other), keep(builders.declaration())
    day_ago = timezone.now() - uploads.KEPT_FOR
    Upload.objects.filter(pk=old.pk).update(uploaded_at=day_ago - timedelta(minutes=1))
    Upload.objects.filter(pk=young.pk).update(uploaded_at=day_ago + timedelta(minutes=1))
    first = keep(declaration)
    second = keep(declaration)
    assert first.pk != second.pk
    assert list(Upload.objects.order_by("pk")) == [young, second]


def test_long_file_name_is_cut(declaration):
    person = builders.preparer_of(declaration)
    upload = uploads.keep_upload(declaration.pk, person, uploads.Reading(source="form"), "长" * 300)
    assert upload.file_name == "长" * 255


def test_preview_takes_the_same_queries_for_one_row_and_for_three(declaration):
    counts = []
    for goals in (1, 3):
        upload = keep(declaration, filled_in(declaration, goals))
        fresh = builders.fresh(declaration)
        with CaptureQueriesContext(connection) as captured:
            uploads.preview_of(upload, fresh, delete_missing=False)
        counts.append(len(captured))
        add(declaration, GOALS, {"text": "另一个"}, {"text": "又一个"})
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_at_once_one_applies():
    declaration = builders.declaration()
    upload = keep(declaration)
    digest, (pk, person) = document(declaration).digest(), where(declaration)

    def confirm():
        try:
            return uploads.apply_upload(Upload.objects.get(pk=upload.pk), person, digest, delete_missing=False)
        except (UploadRefused, Upload.DoesNotExist) as refusal:
            return refusal

    answers = race(confirm, confirm)
    assert sorted(isinstance(answer, Exception) for answer in answers) == [False, True]
    assert [row.text for row in rows(declaration, GOALS)].count(GOAL) == 1
    assert declaration.pk == pk
