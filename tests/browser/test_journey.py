"""The whole way of the reference form: typed in, submitted, returned, corrected, approved, downloaded and compared."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from declarations.models import Declaration
from indicators.models import IndicatorTemplate
from perfgoals.accounts.enums import Role
from tests.browser.signing_in import PASSWORD, sign_in
from tests.declarations import builders
from tests.declarations.exports.printed import cells_of_workbook, pages_of
from tests.reference import reference_form

FORM = reference_form()
# The index of the row of column headings.
HEADER = 12
# Title and year.
OPENING = (0, 1)
OFFICE = "行政政法科"
SLIP = ("加大督查督办力度", "3")
FIGURES = {
    "部门预算总额": "total",
    "财政性资金": "fiscal_funds",
    "其他资金": "other_funds",
    "基本支出": "basic_expenditure",
    "项目支出": "project_expenditure",
}


@pytest.fixture
def department(transactional_db):
    """The department of the reference form, in a round of one stage on the shipped template, with nothing filled in."""
    call_command("load_templates", verbosity=0)
    template = IndicatorTemplate.objects.get()
    builders.round_(template=template, fiscal_year=2022)
    office = builders.office(name=OFFICE)
    made = builders.department(code="430400001", name=FORM["department"], office=office)
    builders.user(Role.PREPARER, username="zhangwei", name="张伟", department=made, password=PASSWORD)
    builders.user(Role.REVIEWER, username="lihong", name="李红", office=office, password=PASSWORD)
    return made


def test_reference_form_comes_out_as_it_was_typed_in(open_page, department, tmp_path):
    preparer, reviewer = open_page(), open_page()
    sign_in(preparer, "zhangwei")
    preparer.get_by_role("button", name="开始填报").click()

    type_goals(preparer)
    type_tasks(preparer)
    type_budget(preparer)
    go_on(preparer, "产出指标")
    type_targets(preparer, "产出指标")
    go_on(preparer, "效益指标")
    type_targets(preparer, "效益指标")
    go_on(preparer, "检查结果")
    submit(preparer, "第 1 次")

    sign_in(reviewer, "lihong")
    return_(reviewer, "督查督办次数应为30次，请核对。")

    correct(preparer, "督查督办次数应为30次，请核对。")
    submit(preparer, "第 2 次")
    approve(reviewer)

    preparer.get_by_role("link", name="整体绩效目标申报系统").click()
    preparer.get_by_role("link", name="查看").click()
    expect(preparer.get_by_text("已批复").first).to_be_visible()
    assert_printed_in_order(download(preparer, "下载 PDF", tmp_path))
    *rows, imprint = workbook_rows(download(preparer, "下载 Excel", tmp_path))
    assert rows == expected_form()
    digest = Declaration.objects.get().approved.digest
    assert imprint[0] == "核验信息："
    assert imprint[1].endswith(f"/verify/{digest[:32]}/")
    assert [event.step for event in Declaration.objects.get().events.all()] == [
        "start",
        "submit",
        "return",
        "submit",
        "approve",
    ]


def go_on(page: Page, heading: str) -> None:
    page.get_by_role("button", name="保存并到下一部分").click()
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


def focused(row: Locator) -> Locator:
    """The first field of the row, in which the cursor stands once the row was added."""
    first = row.locator("textarea").first
    expect(first).to_be_focused()
    return first


def type_goals(page: Page) -> None:
    rows = page.locator(".row-item")
    for number, text in enumerate(FORM["duty_goals"]):
        if number == 0:
            page.get_by_role("button", name="增加目标").click()
        else:
            page.keyboard.press("Control+Enter")
        focused(rows.nth(number))
        page.keyboard.insert_text(text)
    go_on(page, "年度主要任务")


def type_tasks(page: Page) -> None:
    rows = page.locator(".row-item")
    for number, task in enumerate(FORM["main_tasks"]):
        page.get_by_role("button", name="增加任务").click()
        focused(rows.nth(number))
        page.keyboard.insert_text(task["name"])
        page.keyboard.press("Tab")
        page.keyboard.insert_text(task["content"])
    go_on(page, "预算情况")


def type_budget(page: Page) -> None:
    for label, figure in FIGURES.items():
        page.get_by_label(label).click()
        page.keyboard.type(FORM["budget"][figure])
    expect(page.get_by_text("✓ 合计 2677.7 万元，等于部门预算总额")).to_have_count(2)
    go_on(page, "投入管理指标")
    expect(page.locator(".target-common")).to_have_count(19)


def type_targets(page: Page, primary: str) -> None:
    for name, targets in groups_of(primary):
        group = page.get_by_role("group", name=name, exact=True)
        for number, target in enumerate(targets):
            if number == 0:
                group.get_by_role("button", name="增加三级指标").click()
            else:
                page.keyboard.press("Control+Enter")
            focused(group.locator(".target").nth(number))
            type_target(page, target)


def type_target(page: Page, target: dict[str, str]) -> None:
    """Every cell of a row from its first one on, by Tab; one value is typed wrong."""
    page.keyboard.insert_text(target["name"])
    page.keyboard.press("Tab")
    page.locator("select:focus").select_option(target["value_type"])
    page.keyboard.press("Tab")
    page.keyboard.insert_text(SLIP[1] if target["name"] == SLIP[0] else target["value"])
    for cell in ("unit", "scoring", "explanation", "remark"):
        page.keyboard.press("Tab")
        page.keyboard.insert_text(target[cell])


def groups_of(primary: str) -> list[tuple[str, list[dict[str, str]]]]:
    (level1,) = (level1 for level1 in FORM["indicators"] if level1["name"] == primary)
    return [(level2["name"], level2["children"]) for level2 in level1["children"]]


def submit(page: Page, number: str) -> None:
    expect(page.get_by_text("没有须改正的错误。")).to_be_visible()
    page.get_by_role("button", name="确认无误，送审").click()
    expect(page.get_by_text(f"已送审（{number}）")).to_be_visible()


def open_review(page: Page) -> None:
    page.get_by_role("link", name="整体绩效目标申报系统").click()
    page.get_by_role("link", name=FORM["department"], exact=True).click()
    expect(page.get_by_role("group", name="办理意见")).to_be_visible()


def return_(page: Page, text: str) -> None:
    open_review(page)
    page.get_by_text("退回部门", exact=True).click()
    page.get_by_label("退回原因").select_option("适当性：指标值不细化、不量化或不适当")
    page.get_by_label("审核意见", exact=True).click()
    page.keyboard.insert_text(text)
    page.get_by_role("button", name="退回修改").click()
    expect(page.get_by_text("申报表已退回衡阳市人民政府办公室")).to_be_visible()


def correct(page: Page, text: str) -> None:
    page.get_by_role("link", name="整体绩效目标申报系统").click()
    expect(page.get_by_text("退回原因：适当性：指标值不细化、不量化或不适当")).to_be_visible()
    expect(page.get_by_text(text)).to_be_visible()
    page.get_by_role("link", name="修改申报表").click()
    page.get_by_role("navigation", name="申报表各部分").get_by_role("link", name="产出指标").click()
    value = page.get_by_role("group", name="重点工作任务完成 第4行").get_by_label("指标值", exact=False).nth(1)
    expect(value).to_have_value(SLIP[1])
    value.press("End")
    value.press_sequentially("0")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.locator("#save-state")).to_contain_text("已保存")
    page.get_by_role("navigation", name="申报表各部分").get_by_role("link", name="核对与送审").click()


def approve(page: Page) -> None:
    open_review(page)
    expect(page.locator(".returned").get_by_text("督查督办次数应为30次，请核对。")).to_be_visible()
    page.get_by_text("通过", exact=True).click()
    page.get_by_role("button", name="通过并批复").click()
    expect(page.get_by_text("申报表已批复，可以下载、打印。")).to_be_visible()


def download(page: Page, link: str, folder: Path) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("link", name=link).click()
    path = folder / started.value.suggested_filename
    started.value.save_as(path)
    return path.read_bytes()


def expected_form() -> list[list[str]]:
    """The cells of each printed row, written out from the reference and by nothing of the program."""
    goals = "\n".join(f"目标{number}：{text}" for number, text in enumerate(FORM["duty_goals"], 1))
    tasks = [[task["name"], task["content"]] for task in FORM["main_tasks"]]
    budget = FORM["budget"]
    return [
        [FORM["title"]],
        [f"({FORM['fiscal_year']} 年度)"],
        ["部门（单位）名称", FORM["department"]],
        ["年度履职目标", goals],
        ["年度主要任务", "*任务名称", "*主要内容"],
        *tasks,
        ["预算情况", "部门预算总额（万元）", budget["total"]],
        ["1、资金来源：（1）财政性资金", budget["fiscal_funds"]],
        ["（2）其他资金", budget["other_funds"]],
        ["2、资金结构：（1）基本支出", budget["basic_expenditure"]],
        ["（2）项目支出", budget["project_expenditure"]],
        [f"*{column}" if column in FORM["required_columns"] else column for column in FORM["columns"]],
        *indicator_rows(),
    ]


def indicator_rows() -> list[list[str]]:
    rows = []
    for level1 in FORM["indicators"]:
        label1 = [level1["name"]]
        for level2 in level1["children"]:
            rows.append([*label1, level2["name"], "-", "", "", "", level2["explanation"], ""])
            label1 = []
            rows += [
                [
                    target["name"],
                    target["value_type"],
                    target["value"],
                    target["scoring"] or target["unit"] or "-",
                    target["explanation"],
                    target["remark"],
                ]
                for target in level2["children"]
            ]
    assert len(rows) == 36
    return rows


def workbook_rows(workbook: bytes) -> list[list[str]]:
    rows: dict[int, list[str]] = {}
    for cell in cells_of_workbook(workbook):
        rows.setdefault(cell.row, []).append(cell.text)
    return list(rows.values())


def squeezed(cells: list[str]) -> str:
    return "".join("".join(cells).split())


def assert_printed_in_order(pdf: bytes) -> None:
    """Each row stands in the PDF, in its order, and nothing else but what each page repeats."""
    rows = [squeezed(row) for row in expected_form()]
    merged = merged_labels()
    header = rows[HEADER]
    pages = pages_of(pdf)
    code = Declaration.objects.get().approved.digest[:16]
    printed = len(OPENING)
    for number, page in enumerate(pages, 1):
        status = rf"已批复\d{{4}}年\d+月\d+日财政局{OFFICE}校验码{code}"
        footer = f"{FORM['department']}2022年度第{number}页共{len(pages)}页"
        found = re.fullmatch(f"(.*){status}{footer}", page)
        assert found, page[-200:]
        text = found[1]
        if number == 1:
            opening = "".join(rows[row] for row in OPENING)
            assert text.startswith(opening)
            text = text.removeprefix(opening)
        else:
            repeated = header + merged[printed]
            assert text.startswith(repeated)
            text = text.removeprefix(repeated)
        while text:
            assert text.startswith(rows[printed]), f"page {number}: {text[:60]} where should be {rows[printed][:60]}"
            text = text.removeprefix(rows[printed])
            printed += 1
    assert printed == len(rows)


def merged_labels() -> list[str]:
    """The names of the merged cells that a page which begins with each row repeats."""
    labels = [""] * (HEADER + 1)
    for level1 in FORM["indicators"]:
        for number, level2 in enumerate(level1["children"]):
            labels.append(level1["name"] if number else "")
            labels += [level1["name"] + level2["name"]] * len(level2["children"])
    return labels
