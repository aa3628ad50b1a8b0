"""The form as a workbook: who gets it, who may bring it back, and what he is shown."""

from io import BytesIO
from urllib.parse import unquote

import pytest
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from declarations import selectors
from declarations.enums import Status
from declarations.form_layout import GOALS_SHEET, IDENTITY_SHEET
from declarations.imports.guard import MAX_BYTES
from declarations.models import Upload
from declarations.services import GOALS
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.imports.building import saved
from tests.declarations.services.edits import add
from tests.declarations.situations import stored
from tests.declarations.views.pages import Page
from tests.declarations.workbooks import GOAL, TOTAL, downloaded, filled_in, keep
from tests.queries import queries_of


@pytest.fixture
def declaration(db):
    builders.declaration(department=builders.department(name="别的部门"))
    return builders.declaration()


@pytest.fixture
def client(declaration):
    return builders.client_of(builders.preparer_of(declaration))


def address(declaration, name, *arguments):
    return reverse(f"declarations:{name}", args=[declaration.pk, *arguments])


def send(client, declaration, contents, name="表.xlsx"):
    return client.post(address(declaration, "upload"), {"workbook": SimpleUploadedFile(name, contents)})


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def digest(declaration):
    return selectors.document_of(builders.fresh(declaration)).digest()


def confirm(client, upload, seen=None, **data):
    declaration = upload.declaration
    fields = {"action": "apply", "digest": digest(declaration) if seen is None else seen, **data}
    return client.post(address(declaration, "upload_preview", upload.pk), fields)


def test_form_workbook_comes_as_a_file_of_the_own_declaration(client, declaration):
    answer = client.get(address(declaration, "workbook"))
    name = f"2023_{declaration.department.code}_{declaration.department}_整体绩效目标申报表（填报表格）.xlsx"
    assert unquote(answer["Content-Disposition"]) == f"attachment; filename*=utf-8''{name}"
    assert answer["Cache-Control"] == "private, no-store"
    book = load_workbook(BytesIO(answer.content))
    assert [book[IDENTITY_SHEET].cell(row, 2).value for row in (2, 4, 6)] == [
        str(declaration.pk),
        declaration.department.code,
        digest(declaration),
    ]


def test_uploaded_workbook_is_shown_before_anything_changes(client, declaration):
    before = stored("declarations.DutyGoal", "declarations.Budget", "declarations.Target")
    answer = send(client, declaration, filled_in(declaration))
    upload = Upload.objects.get()
    assert answer.url == address(declaration, "upload_preview", upload.pk)
    page = Page(client.get(answer.url))
    assert "新增1行修改2行删除0行未变4行" in page.text
    for text in (GOAL, TOTAL, "改名的指标", "确认导入", "未变1行", "表.xlsx"):
        assert text in page.text
    assert "别的部门" not in page.text
    assert stored("declarations.DutyGoal", "declarations.Budget", "declarations.Target") == before


def test_preview_marks_what_was_put_in_and_taken_out(client, declaration):
    book = downloaded(declaration)
    book[GOALS_SHEET]["B2"].value = "做好<b>办会工作；"
    upload = keep(declaration, saved(book))
    html = client.get(address(declaration, "upload_preview", upload.pk)).content.decode()
    assert "做好<ins>&lt;b&gt;</ins>办会" in html
    assert "做好<del>办文</del>办会" in html


def test_confirmed_upload_is_applied_and_says_what_was_done(client, declaration):
    answer = confirm(client, keep(declaration))
    assert answer.url == address(declaration, "goals")
    assert said(answer) == ["已导入：新增 1 行，修改 2 行，删除 0 行。"]
    assert Page(client.get(answer.url)).data.keys() >= {"row"}
    document = selectors.document_of(builders.fresh(declaration))
    assert (document.duty_goals[-1].text, document.budget.total) == (GOAL, TOTAL)


def test_discarded_upload_is_gone_and_nothing_is_changed(client, declaration):
    upload = keep(declaration)
    before = digest(declaration)
    answer = client.post(address(declaration, "upload_preview", upload.pk), {"action": "discard"})
    assert said(answer) == ["已放弃导入，申报表没有改动。"]
    assert (Upload.objects.count(), digest(declaration)) == (0, before)


def test_unchanged_workbook_has_nothing_to_confirm(client, declaration):
    upload = keep(declaration, saved(downloaded(declaration)))
    page = Page(client.get(address(declaration, "upload_preview", upload.pk)))
    assert "工作簿的内容与申报表相同，没有需要导入的改动。" in page.text
    assert "确认导入" not in page.text


def test_errors_stand_first_with_their_place_and_hinder_the_import(client, declaration):
    book = downloaded(declaration)
    book[GOALS_SHEET]["B2"].value = "字" * 2001
    upload = keep(declaration, saved(book))
    page = Page(client.get(address(declaration, "upload_preview", upload.pk)))
    place = "工作表“履职目标”第2行B列：“年度履职目标”不能超过2000字，现有2001字，请精简后再保存"
    assert "有1处错误，不能导入" in page.text
    assert page.text.index(place) < page.text.index("表.xlsx")
    assert "确认导入" not in page.text
    answer = confirm(client, upload)
    assert said(answer) == ["工作簿中有错误，不能导入。"]


def test_findings_on_what_is_proposed_are_told(client, declaration):
    upload = keep(declaration)
    page = Page(client.get(address(declaration, "upload_preview", upload.pk)))
    assert "导入后的检查结果：2处须改正" in page.text
    assert "预算情况·部门预算总额：" in page.text


@pytest.mark.parametrize(
    ("contents", "name", "message"),
    [
        (b"", "空.xlsx", "“空.xlsx”无法导入：文件是空的。请重新选择文件。"),
        (b"\x89PNG\r\n", "图.png", "“图.png”无法导入：这是图片，不是Excel工作簿。"),
        (b"PK\x03\x04" + b"0" * MAX_BYTES, "大.xlsx", "文件超过5MB。请删除其中的图片和无关工作表后再上传。"),
    ],
)
def test_file_that_cannot_be_read_is_refused_at_its_field(client, declaration, contents, name, message):
    answer = send(client, declaration, contents, name)
    assert answer.status_code == 200
    assert message in Page(answer).text
    assert 'aria-describedby="id_workbook_error"' in answer.content.decode()
    assert not Upload.objects.exists()


def test_upload_without_a_file_asks_for_one(client, declaration):
    assert "请选择要导入的Excel工作簿。" in Page(client.post(address(declaration, "upload"))).text


def test_no_more_of_a_file_is_taken_than_is_looked_at(client, declaration, monkeypatch):
    sizes = []
    monkeypatch.setattr(
        "declarations.forms.uploading.UploadForm.clean_workbook",
        lambda form: sizes.append(form.cleaned_data["workbook"].size) or form.cleaned_data["workbook"],
    )
    send(client, declaration, b"PK\x03\x04" + b"0" * (3 * MAX_BYTES))
    assert MAX_BYTES < sizes[0] < MAX_BYTES + 200_000


def test_workbook_of_another_department_is_refused(client, declaration):
    other = builders.declaration()
    upload = keep(declaration, saved(downloaded(other)))
    page = Page(client.get(address(declaration, "upload_preview", upload.pk)))
    assert f"该工作簿是其他部门（单位）的填报表格（单位代码{other.department.code}），不能导入。" in page.text
    assert [words for words in ("确认导入", "没有改动的部分", "下面的对比") if words in page.text] == []


# Who may


def test_upload_of_a_colleague_does_not_exist(declaration):
    upload = keep(declaration)
    colleague = builders.user(Role.PREPARER, department=declaration.department)
    client = builders.client_of(colleague)
    before = stored()
    assert client.get(address(declaration, "upload_preview", upload.pk)).status_code == 404
    for action in ("apply", "discard"):
        assert confirm(client, upload, action=action).status_code == 404
    assert stored() == before


def test_upload_of_another_declaration_is_not_found_under_this_one(client, declaration):
    theirs = keep(builders.declaration())
    before = stored()
    answer = client.post(
        address(declaration, "upload_preview", theirs.pk), {"action": "apply", "digest": digest(declaration)}
    )
    assert answer.url == address(declaration, "upload")
    assert stored() == before


def test_head_is_told_why_nothing_can_be_imported(declaration):
    client = builders.client_of(builders.person_of(declaration.department, Role.DEPARTMENT_HEAD))
    page = Page(client.get(address(declaration, "upload")))
    assert "您只能查看本申报表。不能导入。" in page.text
    assert "上传并核对" not in page.text
    before = stored()
    assert "您只能查看本申报表。" in Page(send(client, declaration, filled_in(declaration))).text
    assert stored() == before


def test_submitted_declaration_takes_no_upload(client, declaration):
    contents = filled_in(declaration)
    builders.submit(declaration)
    before = stored()
    page = Page(send(client, declaration, contents))
    assert "申报表当前状态为“待审核”，不能修改。" in page.text
    assert stored() == before


def test_upload_is_not_applied_after_submission_and_says_why(client, declaration):
    upload = keep(declaration)
    seen = digest(declaration)
    builders.submit(declaration)
    before = stored()
    answer = confirm(client, upload, seen)
    assert said(answer) == ["申报表当前状态为“待审核”，不能修改。"]
    page = Page(client.get(answer.url))
    assert "申报表当前状态为“待审核”，不能修改。" in page.text
    assert "确认导入" not in page.text
    assert stored() == before


def test_upload_is_not_applied_after_the_closing_time(client, declaration):
    upload = keep(declaration)
    seen = digest(declaration)
    builders.close(declaration)
    before = stored()
    assert "截止，只能查看。" in said(confirm(client, upload, seen))[0]
    assert stored() == before


def test_upload_is_not_applied_to_a_changed_declaration_and_is_compared_anew(client, declaration):
    upload = keep(declaration)
    seen = digest(declaration)
    add(declaration, GOALS, {"text": "网上增加的目标"})
    before = stored()
    answer = confirm(client, upload, seen)
    assert said(answer) == ["申报表在您核对期间有改动，尚未导入。下面已与最新内容重新对比，请核对后再确认。"]
    assert stored() == before
    page = Page(client.get(answer.url))
    assert "上传以后，申报表又有改动。以下是工作簿与申报表最新内容的对比。" in page.text
    assert "申报表中有1行不在工作簿中，导入后保留。" in page.text
    assert confirm(client, upload).url == address(declaration, "goals")


def test_workbook_older_than_the_declaration_comes_with_a_warning(client, declaration):
    warning = "下载填报表格以后，申报表又有改动。"
    contents = filled_in(declaration)
    current = keep(declaration, contents)
    assert warning not in Page(client.get(address(declaration, "upload_preview", current.pk))).text
    add(declaration, GOALS, {"text": "网上增加的目标"})
    older = keep(declaration, contents)
    assert warning in Page(client.get(address(declaration, "upload_preview", older.pk))).text


def test_rows_that_only_moved_are_counted(client, declaration):
    add(declaration, GOALS, {"text": "二"})
    book = downloaded(declaration)
    sheet = book[GOALS_SHEET]
    for column in (1, 2):
        first, second = sheet.cell(2, column), sheet.cell(3, column)
        first.value, second.value = second.value, first.value
    answer = confirm(client, keep(declaration, saved(book)))
    assert said(answer) == ["已导入：新增 0 行，修改 0 行，删除 0 行，移动 1 行。"]


def test_upload_that_was_confirmed_twice_is_applied_once(client, declaration):
    upload = keep(declaration)
    confirm(client, upload)
    before = stored()
    answer = confirm(client, upload)
    assert said(answer)[-1] == "该次上传的内容已导入、已放弃或已过期。如需导入，请重新上传。"
    assert answer.url == address(declaration, "upload")
    assert stored() == before


def test_missing_rows_are_deleted_where_that_was_asked_and_seen(client, declaration):
    upload = keep(declaration)
    add(declaration, GOALS, {"text": "网上增加的目标"})
    page = Page(client.get(address(declaration, "upload_preview", upload.pk), {"delete_missing": "on"}))
    assert "新增1行修改2行删除1行" in page.text
    answer = confirm(client, upload, delete_missing="on")
    assert said(answer) == ["已导入：新增 1 行，修改 2 行，删除 1 行。"]


def test_refused_confirmation_keeps_what_was_asked(client, declaration):
    answer = confirm(client, keep(declaration), "0" * 64, delete_missing="on")
    assert answer.url.endswith("?delete_missing=on")


@pytest.mark.parametrize("data", [{}, {"action": "burn"}, {"action": "apply"}, {"action": "apply", "digest": "0" * 65}])
def test_confirmation_that_no_page_of_ours_sends_is_a_bad_request(client, declaration, data):
    upload = keep(declaration)
    before = stored()
    assert client.post(address(declaration, "upload_preview", upload.pk), data).status_code == 400
    assert stored() == before


def test_preview_takes_the_same_queries_for_one_row_and_for_three(client, declaration):
    counts = []
    for goals in (1, 3):
        upload = keep(declaration, filled_in(declaration, goals))
        counts.append(len(queries_of(client, address(declaration, "upload_preview", upload.pk))))
    assert counts[0] == counts[1]


def test_workbook_takes_the_same_queries_for_one_row_and_for_three(client, declaration):
    before = queries_of(client, address(declaration, "workbook"))
    add(declaration, GOALS, {"text": "二"}, {"text": "三"})
    assert len(queries_of(client, address(declaration, "workbook"))) == len(before)


def test_links_to_the_workbook_stand_where_the_form_can_be_changed(client, declaration):
    wanted = {address(declaration, "workbook"), address(declaration, "upload")}
    for name in ("goals", "detail"):
        assert wanted <= set(Page(client.get(address(declaration, name))).links)
    builders.submit(declaration)
    for name in ("goals", "detail"):
        assert not wanted & set(Page(client.get(address(declaration, name))).links)
    assert builders.fresh(declaration).status == Status.IN_REVIEW
