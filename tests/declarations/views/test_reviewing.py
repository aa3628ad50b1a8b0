import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from declarations import assessing, commenting
from declarations.assessing import Mark
from declarations.enums import ReturnReason, Scoring, StageKind, Status
from declarations.models import CommentText, Declaration, Round, Target
from declarations.services import GOALS, TARGETS, TASKS
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders, situations
from tests.declarations.services.edits import add, changed, save
from tests.declarations.situations import FOUR_STAGES, TWO_STAGES
from tests.queries import queries_of


def client_of(declaration: Declaration, role: Role) -> Client:
    """Somebody with the role who has to do with the declaration."""
    place = declaration.department.office if role == Role.REVIEWER else declaration.department
    return builders.client_of(builders.person_of(place, role))


def colleague(declaration: Declaration, **fields: object) -> User:
    return builders.user(Role.REVIEWER, office=declaration.department.office, **fields)


def address(declaration: Declaration, name: str = "review") -> str:
    return reverse(f"declarations:{name}", args=[declaration.pk])


def page_of(client: Client, declaration: Declaration, name: str = "review") -> str:
    answer = client.get(address(declaration, name))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def forms(page: str, declaration: Declaration) -> set[str]:
    """Which of the steps the page can send."""
    names = ("approve", "return", "hand_back", "undo", "assess", "take", "release", "assign")
    return {name for name in names if f'"{address(declaration, name)}"' in page}


def rename_target(declaration: Declaration, name: str) -> None:
    """Change the working copy, as the department does after a return."""
    save(declaration, TARGETS, changed(builders.first_own_target(declaration), name=name))


def test_review_shows_findings_and_the_form_of_what_is_before_the_reviewer(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    page = page_of(client_of(declaration, Role.REVIEWER), declaration, "review")
    assert f'name="digest" value="{declaration.submission.digest}"' in page
    assert f'name="stage" value="{declaration.stage_id}"' in page
    assert "通过并批复" in page
    assert "系统检查未发现问题" in page


def test_review_of_a_stage_before_the_last_says_what_follows(db: None) -> None:
    round = builders.round_(stages=TWO_STAGES)
    declaration = builders.declaration(Status.IN_REVIEW, round=round)
    page = page_of(client_of(declaration, Role.REVIEWER), declaration, "review")
    assert "通过后转入下一审核环节" in page
    assert "通过并批复" not in page


def test_review_lists_the_warnings_with_links_to_their_cells(db: None) -> None:
    declaration = builders.declaration()
    rename_target(declaration, "群众满意度")
    own = builders.first_own_target(declaration)
    save(declaration, TARGETS, changed(own, unit="", scoring_standard=""))
    builders.submit(declaration)
    page = page_of(client_of(declaration, Role.REVIEWER), declaration, "review")
    assert f'href="#cell-targets-{own.key}-scoring_standard"' in page
    assert f'id="cell-targets-{own.key}-scoring_standard"' in page


def test_review_marks_what_changed_since_the_submission_before(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    reviewer = client_of(declaration, Role.REVIEWER)
    assert "相比" not in page_of(reviewer, declaration, "review")
    builders.return_(declaration)
    rename_target(declaration, "完成调研报告数")
    builders.submit(declaration)
    page = page_of(reviewer, declaration, "review")
    assert "与第 1 次送审相比" in page
    assert "完成调研报告<ins>数</ins>" in page
    assert "data-same hidden" not in page


def test_review_shows_only_what_changed_where_that_is_asked_for(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    reviewer = client_of(declaration, Role.REVIEWER)
    changes = reverse("declarations:review", args=[declaration.pk]) + "?only=changed"
    # Where nothing can have changed, all is shown.
    assert "data-same hidden" not in reviewer.get(changes).content.decode()
    builders.return_(declaration)
    rename_target(declaration, "完成调研报告数")
    builders.submit(declaration)
    table = reviewer.get(changes).context
    shown = [row.cells[0].passage.path for row in table["review"].rows if row.stays]
    assert table["only_changed"]
    assert shown[-1] == f"targets/{builders.first_own_target(declaration).key}/name"
    assert len(shown) == 3


def test_review_shows_what_was_approved_for_the_year_before(db: None) -> None:
    earlier = builders.declaration(Status.APPROVED)
    builders.declaration(Status.APPROVED, round=builders.round_())
    declaration = builders.next_year(earlier)
    builders.fill(declaration, builders.preparer_of(declaration))
    own = builders.first_own_target(declaration)
    was = Target.objects.get(declaration=earlier, secondary=own.secondary)
    save(declaration, TARGETS, changed(own, name="改过的名称", value="6"))
    Target.objects.filter(pk=own.pk).update(origin=was.key)
    builders.submit(declaration)
    review = client_of(declaration, Role.REVIEWER).get(reverse("declarations:review", args=[declaration.pk])).context
    [value] = [each for each in review["review"].passages() if each.path == f"targets/{own.key}/value"]
    assert value.last_year == f"{earlier.round.fiscal_year} 年度：≥5篇"
    assert review["chart"].year_before == earlier.round.fiscal_year


def test_review_after_the_round_has_closed_says_what_a_return_needs(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    reviewer = client_of(declaration, Role.REVIEWER)
    hint = "退回后须由管理员为该部门办理延期"
    assert hint not in page_of(reviewer, declaration, "review")
    Round.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    assert hint in page_of(reviewer, declaration, "review")
    builders.extension(declaration.round, declaration.department, timezone.now() + timedelta(days=1))
    assert hint not in page_of(reviewer, declaration, "review")


@pytest.mark.parametrize(
    ("situation", "who", "offered"),
    [
        (situations.FIRST_REVIEW, "reviewer", {"approve", "return", "take"}),
        (situations.FIRST_REVIEW, "head of the office", {"approve", "return", "take", "assign"}),
        (situations.FIRST_REVIEW, "reviewer who filled in", set()),
        (situations.FIRST_REVIEW, "performance reviewer", set()),
        (situations.FIRST_REVIEW, "administrator", set()),
        (situations.FIRST_REVIEW, "auditor", set()),
        (situations.SECOND_REVIEW, "reviewer", {"undo"}),
        (situations.SECOND_REVIEW, "second reviewer", set()),
        (situations.SECOND_REVIEW, "performance reviewer", {"approve", "return", "hand_back", "take"}),
        (situations.HANDED_BACK, "reviewer", {"approve", "return", "release"}),
        (situations.HANDED_BACK, "second reviewer", {"take"}),
        (situations.HANDED_BACK, "head of the office", {"take", "release", "assign"}),
        (situations.HANDED_BACK, "performance reviewer", {"undo"}),
        (situations.RETURNED, "reviewer", {"undo"}),
        (situations.APPROVED, "reviewer", set()),
        (situations.APPROVED, "performance reviewer", {"undo"}),
        (situations.WITHDRAWN, "reviewer", set()),
        (situations.HEAD_REVIEW, "head", {"approve", "return"}),
        (situations.SUPERIOR_REVIEW, "head of the superior", {"approve", "return", "hand_back"}),
        (situations.SUPERIOR_REVIEW, "preparer of the superior", {"approve", "return", "hand_back"}),
    ],
)
def test_review_offers_what_the_person_can_do(db: None, situation: str, who: str, offered: set[str]) -> None:
    declaration = situations.declaration_in(situation)
    people = situations.people_around(declaration.department)
    builders.contribute(declaration, people["reviewer who filled in"])
    assert forms(page_of(builders.client_of(people[who]), declaration), declaration) == offered


@pytest.mark.parametrize(
    ("situation", "who"),
    [
        (situations.HEAD_REVIEW, "preparer"),
        (situations.FIRST_REVIEW, "head"),
        (situations.DRAFT, "administrator"),
    ],
)
def test_review_leads_who_does_not_decide_to_the_declaration(db: None, situation: str, who: str) -> None:
    declaration = situations.declaration_in(situation)
    answer = builders.client_of(situations.people_around(declaration.department)[who]).get(address(declaration))
    assert (answer.status_code, answer["Location"]) == (302, address(declaration, "detail"))


def test_review_says_who_deals_with_it_and_until_when(db: None) -> None:
    round = builders.round_(target_days={StageKind.BUSINESS: 3})
    declaration = builders.declaration(Status.IN_REVIEW, round=round)
    builders.assign(declaration, colleague(declaration, name="陈复核"))
    reviewer = builders.client_of(colleague(declaration))
    page = page_of(reviewer, declaration)
    assert "由陈复核经办。如须由您办理，请先在上方改由本人经办。" in page
    assert f"{timezone.localdate(round.opens_at) + timedelta(days=3):%Y-%m-%d}" in page
    assert "已逾期" not in page
    Declaration.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert "已逾期" in page_of(reviewer, declaration)


def test_review_offers_the_head_those_who_may_decide(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    head = colleague(declaration, name="刘科长", is_office_head=True)
    builders.assign(declaration, colleague(declaration, name="陈复核"))
    colleague(declaration, name="已停用", is_active=False)
    wrote = colleague(declaration, name="填报过")
    builders.contribute(declaration, wrote)
    builders.user(Role.REVIEWER, name="外科室")
    answer = builders.client_of(head).get(address(declaration))
    assert [person.name for person in answer.context["colleagues"]] == ["刘科长"]


def test_review_after_a_return_says_why_it_was_returned(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    assert "退回原因：" not in page_of(client_of(declaration, Role.REVIEWER), declaration)
    builders.return_(declaration, ReturnReason.BUDGET, "请核对预算总额。")
    builders.submit(declaration)
    page = page_of(client_of(declaration, Role.REVIEWER), declaration)
    assert f"退回原因：{ReturnReason.BUDGET.label}" in page


def test_review_after_an_undone_return_does_not_speak_of_it_as_a_return(db: None) -> None:
    declaration = builders.declaration(Status.RETURNED)
    builders.undo(declaration)
    page = page_of(client_of(declaration, Role.REVIEWER), declaration)
    assert "退回原因：" not in page
    assert "已撤销" in page


def test_review_of_what_was_handed_back_says_why(db: None) -> None:
    declaration = situations.declaration_in(situations.HANDED_BACK)
    page = page_of(client_of(declaration, Role.REVIEWER), declaration)
    assert f"退回业务科室审核的原因：{builders.RETURN_REASON.label}" in page


def test_review_of_an_adjustment_compares_with_what_is_in_force_and_says_why(db: None) -> None:
    declaration = situations.declaration_in(situations.ADJUSTMENT_IN_REVIEW)
    page = page_of(client_of(declaration, Role.REVIEWER), declaration)
    assert "与现行批复（第 1 次送审）相比" in page
    assert builders.ADJUSTMENT_TEXT in page


def test_undo_of_a_return_is_offered_until_the_department_has_changed_something(db: None) -> None:
    declaration = builders.declaration(Status.RETURNED)
    reviewer = client_of(declaration, Role.REVIEWER)
    assert forms(page_of(reviewer, declaration), declaration) == {"undo"}
    builders.change(declaration)
    assert forms(page_of(reviewer, declaration), declaration) == set()


def test_detail_lets_the_department_undo_its_own_decision(db: None) -> None:
    declaration = situations.declaration_in(situations.SUPERIOR_REVIEW)
    head, preparer = client_of(declaration, Role.DEPARTMENT_HEAD), client_of(declaration, Role.PREPARER)
    assert forms(page_of(head, declaration, "detail"), declaration) == {"undo"}
    assert forms(page_of(preparer, declaration, "detail"), declaration) == set()


def test_review_inserts_only_texts_in_use(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW)
    CommentText.objects.create(title="指标值", text="请量化指标值。")
    CommentText.objects.create(title="旧的", text="已停用的意见。", is_active=False)
    page = page_of(client_of(declaration, Role.REVIEWER), declaration)
    assert "请量化指标值。" in page
    assert "已停用的意见。" not in page


def test_review_names_the_grades_and_from_where_on_they_are_given(db: None) -> None:
    round = builders.round_(stages=TWO_STAGES, scoring=Scoring.SCORED)
    declaration = builders.declaration(Status.IN_REVIEW, round=round)
    page = page_of(client_of(declaration, Role.REVIEWER), declaration)
    grades = re.findall(r"data-grade=[^>]*>([^<]*)<", page)
    assert grades == ["优 ≥ 90", "良 ≥ 80", "中 ≥ 60", "差（不能通过）"]


def test_review_shows_scores_to_the_bureau_and_to_the_department_when_all_is_approved(db: None) -> None:
    round = builders.round_(stages=TWO_STAGES, scoring=Scoring.SCORED)
    declaration = builders.declaration(Status.IN_REVIEW, round=round)
    builders.assess(declaration, 37, 55)
    builders.take(declaration, builders.Step.APPROVE, builders.reviewer_of(declaration))
    preparer, reviewer = client_of(declaration, Role.PREPARER), client_of(declaration, Role.REVIEWER)
    assert "92 分，优" in page_of(reviewer, declaration)
    assert "92 分，优" in page_of(reviewer, declaration, "detail")
    assert "92 分" not in page_of(preparer, declaration, "detail")
    builders.approve(declaration)
    assert "92 分，优" in page_of(preparer, declaration, "detail")


def test_review_shows_the_forms_that_led_to_a_decision_which_stands(db: None) -> None:
    round = builders.round_(stages=TWO_STAGES, scoring=Scoring.SCORED)
    declaration = builders.declaration(Status.IN_REVIEW, round=round)
    performance = builders.client_of(builders.person_of(builders.performance_office(), Role.PERFORMANCE_REVIEWER))
    builders.assess(declaration, 37, None)
    begun = performance.get(address(declaration)).context["assessments"]
    builders.approve(declaration)
    decided = performance.get(address(declaration)).context["assessments"]
    builders.undo(declaration)
    undone = performance.get(address(declaration)).context["assessments"]
    assert [begun, [each.stage.kind for each in decided], undone] == [[], [StageKind.BUSINESS], []]


def test_review_never_shows_the_department_head_what_the_bureau_scored(db: None) -> None:
    round = builders.round_(stages=FOUR_STAGES, scoring=Scoring.SCORED)
    declaration = builders.declaration(
        Status.IN_REVIEW, round=round, department=builders.department(superior=builders.department())
    )
    situations.pass_to(declaration, StageKind.BUSINESS)
    key = round.criteria.first().pk
    now = builders.fresh(declaration)
    assessing.save_assessment(
        declaration.pk,
        builders.reviewer_of(declaration),
        {key: Mark(Decimal(31), "仅供财政局参考的意见")},
        digest=now.submission.digest,
        stage=now.stage_id,
    )
    builders.hand_back(declaration)
    superior = builders.client_of(builders.person_of(declaration.department.superior, Role.DEPARTMENT_HEAD))
    assert "仅供财政局参考的意见" not in page_of(superior, declaration)
    assert "仅供财政局参考的意见" in page_of(client_of(declaration, Role.REVIEWER), declaration)


def test_review_shows_internal_comments_to_the_bureau_alone(db: None) -> None:
    declaration = situations.declaration_in(situations.SECOND_REVIEW)
    reviewer = builders.person_of(declaration.department.office, Role.REVIEWER)
    commenting.add_comment(
        declaration.pk,
        reviewer,
        digest=declaration.submission.digest,
        path="budget/total",
        text="内部核对意见",
        is_internal=True,
    )
    assert "内部核对意见" in page_of(builders.client_of(reviewer), declaration)
    assert "内部核对意见" not in page_of(client_of(declaration, Role.PREPARER), declaration, "detail")


def test_queries_of_the_review_page_do_not_grow(db: None) -> None:
    """With what was submitted, how often, by how many stages it went, and what was said about it."""
    round = builders.round_(stages=TWO_STAGES, scoring=Scoring.SCORED)
    declaration = builders.declaration(Status.IN_REVIEW, round=round)
    builders.approve(declaration)
    performance = builders.person_of(builders.performance_office(), Role.PERFORMANCE_REVIEWER)
    readers = [
        client_of(declaration, Role.REVIEWER),
        builders.client_of(performance),
        builders.client_of(builders.user(Role.AUDITOR)),
    ]

    def comment(number: int) -> None:
        commenting.add_comment(
            declaration.pk,
            performance,
            digest=builders.fresh(declaration).submission.digest,
            path="budget/total",
            text=f"意见{number}",
            is_internal=bool(number % 2),
        )

    comment(0)
    builders.return_(declaration)
    builders.submit(declaration)
    builders.approve(declaration)
    few = [len(queries_of(client, address(declaration))) for client in readers]
    for number in range(3):
        builders.return_(declaration)
        for section in (GOALS, TASKS):
            add(declaration, section, *[dict.fromkeys(section.fields, f"文字{number}{row}") for row in range(10)])
        builders.submit(declaration)
        builders.approve(declaration)
        comment(number)
    assert [len(queries_of(client, address(declaration))) for client in readers] == few
