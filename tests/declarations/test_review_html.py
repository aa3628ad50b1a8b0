import re
from html import unescape

from django.template.loader import render_to_string

from declarations.budget_chart import budget_chart
from declarations.checks import Finding, Level
from declarations.document import Document
from declarations.review_table import review_table
from tests.declarations import documents

HOSTILE = "<script>alert(1)</script>&amp;{{ 7|add:1 }}"


def html_of(document: Document, *, only_changed: bool = False, **beside: object) -> str:
    context = {
        "review": review_table(document, **beside),
        "only_changed": only_changed,
        "page": "/review/",
        "compared_with": "第 1 次送审",
    }
    return render_to_string("declarations/review/_table.html", context)


def text_of(html: str) -> str:
    """What can be read, without white space."""
    return "".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def cell_of(html: str, path: str) -> str:
    [cell] = re.findall(rf'data-path="{path}">(.*?)</t[dh]>', html, re.DOTALL)
    return cell


def two_documents() -> tuple[Document, Document]:
    """A target and a goal that go, one of each that changes, one of each that comes; a target that stays."""
    stays = documents.target(key="stays", name="不变的指标")
    old = documents.document_with(stays, documents.target(), documents.target(key="goes", name="删去的指标"))
    new = documents.document_with(
        stays,
        documents.target(explanation="考察调查研究情况"),
        documents.target(key="comes", name="新增的指标"),
        duty_goals=(documents.goal(), documents.goal(key="goal-3", text="督查；")),
    )
    return old, new


def test_table_says_in_words_what_became_of_rows_and_texts() -> None:
    old, new = two_documents()
    html = html_of(new, previous=old)

    assert "与第1次送审相比：新增2行，修改1行，删除2行" in text_of(html)
    assert text_of(cell_of(html, "targets/comes/name")) == "＋新增新增的指标"
    assert text_of(cell_of(html, "targets/goes/name")) == "－删除删去的指标"
    assert text_of(cell_of(html, "targets/target-1/explanation")) == "≠修改考察调查研究情况"
    assert "<ins>查</ins>研<ins>究</ins>情况" in cell_of(html, "targets/target-1/explanation")
    assert "<del>删去的指标</del>" in cell_of(html, "targets/goes/name")


def test_row_that_moved_says_from_where() -> None:
    one, two = documents.target(key="1"), documents.target(key="2")
    benefit = documents.target(key="3")
    old = documents.document(indicators=(documents.primary(documents.group(one, two)), documents.benefit(benefit)))
    new = documents.document(indicators=(documents.primary(documents.group(one)), documents.benefit(two, benefit)))

    assert text_of(cell_of(html_of(new, previous=old), "targets/2/name")) == (
        "↕移动原在“产出指标›重点工作任务完成”第2行完成调研报告"
    )


def test_change_that_print_does_not_show_is_told() -> None:
    old, new = (documents.document_with(documents.target(unit=unit)) for unit in ("", "无"))
    cell = cell_of(html_of(new, previous=old), "targets/target-1/value")

    assert text_of(cell) == "≠修改5度量单位由空改为“无”，打印结果不变"


def test_finding_stands_below_its_row_with_links_both_ways() -> None:
    finding = Finding(Level.WARNING, "code", "targets/target-1/value", "位置", "请核对数值。")
    html = html_of(documents.document(), findings=[finding])

    assert '<a class="review-noted" href="#notes-cell-targets-target-1-value">提示 1</a>' in html
    [note] = re.findall(r'id="notes-cell-targets-target-1-value">(.*?)</tr>', html, re.DOTALL)
    assert '<a class="review-note-place" href="#cell-targets-target-1-value">' in note
    assert text_of(note) == "指标值提示请核对数值。"


def test_finding_on_a_goal_stands_below_its_line() -> None:
    finding = Finding(Level.WARNING, "code", "goals/goal-1/text", "位置", "请核对目标。")
    html = html_of(documents.document(), findings=[finding])

    [line] = re.findall(r'<li[^>]*id="cell-goals-goal-1-text".*?</li>', html, re.DOTALL)
    assert text_of(line) == "目标1：做好办文办会工作；提示请核对目标。"


def test_last_year_stands_at_the_value() -> None:
    html = html_of(documents.document(), last_year=documents.document(fiscal_year=2021))

    assert text_of(cell_of(html, "targets/target-1/value")) == "5篇2021年度：相同"


def test_only_changed_hides_the_other_rows_and_offers_all() -> None:
    old, new = two_documents()
    html = html_of(new, previous=old, only_changed=True)

    assert re.search(r'href="/review/"[^>]*data-only-changed="true">显示全部</a>', html)
    hidden = re.findall(r"<tr[^>]* hidden>.*?</tr>", html, re.DOTALL)
    paths = [path for row in hidden for path in re.findall(r'data-path="([^"]+)"', row)]
    assert {path for path in paths if path.endswith("/name")} == {
        "tasks/task-1/name",
        "targets/stays/name",
        "targets/benefit-1/name",
    }
    assert re.findall(r'<li[^>]*data-path="goals/([^/]+)/text"[^>]* hidden>', html) == ["goal-1"]


def test_all_rows_are_shown_at_first_and_the_changed_ones_offered() -> None:
    old, new = two_documents()
    html = html_of(new, previous=old)

    assert re.search(r'href="/review/\?only=changed"[^>]*data-only-changed="false">只看改动</a>', html)
    assert " hidden>" not in html


def test_submission_without_changes_says_so_and_the_first_one_nothing() -> None:
    document = documents.document()

    assert "与第1次送审相比没有改动。" in text_of(html_of(document, previous=document))
    assert "data-only-changed" not in html_of(document, previous=document)
    assert "相比" not in html_of(document)


def test_markup_in_texts_stays_text_and_every_id_is_there_once() -> None:
    texts = dict.fromkeys(("name", "value", "unit", "scoring_standard", "explanation", "remark"), HOSTILE)
    changes = {
        "department": HOSTILE,
        "title": HOSTILE,
        "duty_goals": (documents.goal(text=HOSTILE),),
        "budget": documents.budget(total=HOSTILE),
    }
    hostile = documents.document_with(documents.target(**texts), **changes)
    findings = [Finding(Level.WARNING, "code", path, HOSTILE, HOSTILE) for path in ("targets/target-1", "goals/goal-1")]
    for new, old in ((hostile, documents.document()), (documents.document(), hostile)):
        html = html_of(new, previous=old, last_year=hostile, findings=findings, remarks={"budget/total": [HOSTILE]})
        assert HOSTILE in unescape(html)
        assert not re.search(r"<(style|script)|\sstyle=|\son\w+=", html)
        ids = re.findall(r' id="([^"]+)"', html)
        assert len(ids) == len(set(ids))


def test_budget_beside_last_year() -> None:
    last_year = documents.document(fiscal_year=2021, budget=documents.budget(total="2400", other_funds=HOSTILE))
    chart = budget_chart(documents.document(), last_year)
    html = render_to_string("declarations/review/_budget.html", {"chart": chart})

    assert "部门预算总额2677.72400+277.7+11.6%" in text_of(html)
    assert f"其他资金0{''.join(HOSTILE.split())}——" in text_of(html)
    assert not re.search(r"<(style|script)|\sstyle=|\son\w+=", html)
    assert re.findall(r'<rect class="budget-bar-now"[^>]*width="(\d+)"', html) == ["200", "200", "0", "137", "63"]


def test_budget_without_last_year_has_this_year_alone() -> None:
    chart = budget_chart(documents.document(budget=documents.budget(total="")), None)
    html = render_to_string("declarations/review/_budget.html", {"chart": chart})

    assert "项目2022年度图示部门预算总额未填写" in text_of(html)
    assert ("增减" in html, "budget-bar-before" in html) == (False, False)
