from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from declarations import review_form, round_services
from declarations.enums import Scoring, StageKind, Status
from declarations.models import Extension, Round
from declarations.round_services import RoundValues, StageValues
from perfgoals.accounts.enums import Role
from tests.declarations import builders, situations
from tests.declarations.round_values import values_of
from tests.declarations.views.pages import Page

TEN_THIRTY = datetime(2030, 1, 10, 2, 30, tzinfo=UTC)
SIX_PM = datetime(2030, 1, 20, 10, 0, tzinfo=UTC)
NEXT_NOON = datetime(2030, 1, 21, 4, 0, tzinfo=UTC)
LIST = "/rounds/"
CREATE = "/rounds/create/"


@pytest.fixture
def administrator(db: None, client: Client) -> Client:
    client.force_login(builders.user(Role.ADMINISTRATOR))
    return client


@pytest.fixture
def round_(db: None) -> Round:
    return builders.round_(opens_at=TEN_THIRTY, closes_at=SIX_PM, adjustments_close_at=NEXT_NOON)


def page_of(round_: Round) -> str:
    return reverse("declarations:round_edit", args=[round_.pk])


def extend_of(round_: Round) -> str:
    return reverse("declarations:round_extend", args=[round_.pk])


def typed(round_: Round, **changes: Any) -> dict[str, Any]:
    """What a browser sends for the round as it stands, save for `changes`; a change to None is not sent."""
    data = {
        "fiscal_year": round_.fiscal_year,
        "title": round_.title,
        "template": round_.template_id,
        "opens_at": f"{timezone.localtime(round_.opens_at):%Y-%m-%dT%H:%M}",
        "closes_at": f"{timezone.localtime(round_.closes_at):%Y-%m-%dT%H:%M}",
        "adjustments_close_at": f"{timezone.localtime(round_.adjustments_close_at):%Y-%m-%dT%H:%M}",
        "stages": list(round_services.stages_of(round_)),
        **{f"days_{stage.kind}": stage.target_days or "" for stage in round_.stages.all()},
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def errors(response: Any, form: str = "form") -> dict[str, list[str]]:
    assert response.status_code == 200
    return response.context[form].errors


@pytest.mark.parametrize("role", Role)
def test_pages_exist_for_administrators_alone(db: None, client: Client, round_: Round, role: Role) -> None:
    client.force_login(builders.user(role))
    preview = reverse("declarations:template_preview", args=[round_.template_id])
    got = [client.get(page).status_code for page in (LIST, CREATE, page_of(round_), preview)]
    posted = client.post(extend_of(round_)).status_code
    expected = 200 if role == Role.ADMINISTRATOR else 404
    assert (got, posted) == ([expected] * 4, expected)


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_the_same_queries_for_any_number(
    administrator: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        builders.declaration(Status.APPROVED, round=builders.round_())
    # Session, person and unread notices, then the five of the rounds.
    with django_assert_num_queries(8):
        response = administrator.get(LIST)
    assert len(response.context["rounds"]) == number


@pytest.mark.parametrize("number", [1, 3])
def test_round_page_takes_the_same_queries_for_any_number_of_extensions(
    administrator: Client, round_: Round, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        builders.extension(round_, builders.department(), SIX_PM + timedelta(days=1))
    # Session, person, unread notices, round twice, template, stages, both uses, the choices of two fields, extensions
    # twice, whether heads of departments decide, departments that have not begun.
    with django_assert_num_queries(14):
        response = administrator.get(page_of(round_))
    assert len(response.context["extensions"]) == number


def test_list_shows_state_and_numbers_by_status(administrator: Client) -> None:
    round_ = builders.round_()
    for status in (Status.DRAFT, Status.APPROVED, Status.APPROVED):
        builders.declaration(status, round=round_)
    content = administrator.get(LIST).content.decode()
    assert "进行中" in content
    assert f'草稿 <a href="/declarations/?year={round_.fiscal_year}&amp;status=draft">1</a>' in content
    assert f'已批复 <a href="/declarations/?year={round_.fiscal_year}&amp;status=approved">2</a>' in content
    assert "已退回 <a" not in content


def test_list_shows_stages_with_their_days_and_the_kind_of_review_form(administrator: Client) -> None:
    builders.round_(
        stages=(StageKind.SUPERIOR, StageKind.BUSINESS, StageKind.PERFORMANCE),
        target_days={StageKind.BUSINESS: 10, StageKind.PERFORMANCE: 5},
        scoring=Scoring.SCORED,
    )
    text = Page(administrator.get(LIST)).text
    assert "主管部门→业务科室（10天）→绩效科（5天）" in text
    assert "审核表评分并评定等级" in text


def test_created_round_holds_what_was_typed_in_beijing_time(administrator: Client) -> None:
    template = builders.template()
    sent = {
        "fiscal_year": "2030",
        "title": "2030年度申报",
        "template": template.pk,
        "opens_at": "2030-01-10T10:30",
        "closes_at": "2030-01-20T18:00",
        "adjustments_close_at": "2030-01-21T12:00",
        "stages": ["department_head", "business", "performance"],
        "days_department_head": "",
        "days_superior": "3",
        "days_business": " １０ ",
        "days_performance": "5",
    }
    assert administrator.post(CREATE, sent).headers["Location"] == LIST
    created = Round.objects.get()
    assert values_of(created) == RoundValues(
        fiscal_year=2030,
        title="2030年度申报",
        template=template,
        opens_at=TEN_THIRTY,
        closes_at=SIX_PM,
        adjustments_close_at=NEXT_NOON,
        stages=(
            StageValues(StageKind.DEPARTMENT_HEAD),
            StageValues(StageKind.BUSINESS, 10),
            StageValues(StageKind.PERFORMANCE, 5),
        ),
    )
    assert review_form.form_of(created) == review_form.ministry_form()


def test_round_page_shows_the_times_in_beijing_time(administrator: Client, round_: Round) -> None:
    content = administrator.get(page_of(round_)).content.decode()
    assert 'value="2030-01-10T10:30"' in content
    assert 'value="2030-01-20T18:00"' in content


def test_saving_the_page_as_it_is_changes_nothing(administrator: Client) -> None:
    round_ = builders.round_(
        opens_at=TEN_THIRTY,
        closes_at=SIX_PM,
        adjustments_close_at=NEXT_NOON,
        target_days={StageKind.BUSINESS: 10},
        scoring=Scoring.SCORED,
    )
    builders.declaration(Status.IN_REVIEW, round=round_)
    before = situations.stored()
    # A browser does not send what it may not change.
    sent = typed(round_, fiscal_year=None, template=None, stages=None)
    assert administrator.post(page_of(round_), sent).status_code == 302
    assert situations.stored() == before


@pytest.mark.parametrize(("year", "accepted"), [(1999, False), (2000, True), (2100, True), (2101, False)])
def test_year_out_of_range_is_refused(administrator: Client, round_: Round, year: int, accepted: bool) -> None:
    response = administrator.post(page_of(round_), typed(round_, fiscal_year=year))
    assert (response.status_code == 302) is accepted
    assert (Round.objects.get().fiscal_year == year) is accepted


@pytest.mark.parametrize(("closes_at", "accepted"), [("2030-01-10T10:30", False), ("2030-01-10T10:31", True)])
def test_closing_no_later_than_opening_is_refused(
    administrator: Client, round_: Round, closes_at: str, accepted: bool
) -> None:
    response = administrator.post(page_of(round_), typed(round_, closes_at=closes_at))
    if accepted:
        assert response.status_code == 302
        assert Round.objects.get().closes_at == TEN_THIRTY + timedelta(minutes=1)
    else:
        assert errors(response) == {"closes_at": ["截止时间须晚于开始时间。"]}
        assert Round.objects.get().closes_at == SIX_PM


@pytest.mark.parametrize(
    ("opens_at", "accepted"), [("0001-01-01T00:00", False), ("2000-01-01T07:59", False), ("2000-01-01T08:00", True)]
)
def test_times_of_a_mistyped_year_are_refused(
    administrator: Client, round_: Round, opens_at: str, accepted: bool
) -> None:
    response = administrator.post(page_of(round_), typed(round_, opens_at=opens_at))
    assert (response.status_code == 302) is accepted
    if not accepted:
        assert errors(response) == {"opens_at": ["请核对年份。"]}


def test_second_round_of_a_year_is_refused_with_a_message(administrator: Client, round_: Round) -> None:
    response = administrator.post(CREATE, typed(round_))
    assert errors(response) == {"fiscal_year": ["该预算年度已有申报批次。"]}
    assert Round.objects.count() == 1


def test_draft_templates_are_no_choice(administrator: Client, round_: Round) -> None:
    draft = builders.template(published=False)
    response = administrator.post(page_of(round_), typed(round_, template=draft.pk))
    assert list(errors(response)) == ["template"]
    assert [choice.pk for choice in response.context["form"].fields["template"].queryset] == [round_.template_id]


def test_template_and_year_of_a_round_in_use_are_shown_and_refused(administrator: Client) -> None:
    round_ = builders.declaration(filled=False).round
    form = administrator.get(page_of(round_)).context["form"]
    assert {name for name, field in form.fields.items() if field.disabled} == {"fiscal_year", "template"}
    other = builders.template()
    # As a page sends it that was opened before.
    response = administrator.post(page_of(round_), typed(round_, template=other.pk, fiscal_year=2055))
    assert errors(response) == {
        "__all__": ["已有部门开始填报，不能更改预算年度。", "已有部门开始填报，不能更改指标模板。"]
    }
    assert typed(Round.objects.get()) == typed(round_)


def test_stages_of_a_round_with_a_submission_are_shown_and_refused(administrator: Client) -> None:
    round_ = builders.declaration(Status.IN_REVIEW).round
    assert administrator.get(page_of(round_)).context["form"].fields["stages"].disabled
    for sent in (["performance"], ["business", "performance"]):
        response = administrator.post(page_of(round_), typed(round_, stages=sent))
        assert errors(response) == {"__all__": ["已有部门送审，不能更改审核环节。"]}
    assert round_services.stages_of(Round.objects.get()) == (StageKind.BUSINESS,)


def test_days_of_a_stage_in_use_are_changed(administrator: Client) -> None:
    round_ = builders.declaration(Status.IN_REVIEW).round
    sent = typed(round_, fiscal_year=None, template=None, stages=None, days_business="７")
    assert administrator.post(page_of(round_), sent).status_code == 302
    assert round_.stages.get().target_days == 7


@pytest.mark.parametrize(
    ("days", "stored"),
    [("", None), ("1", 1), ("365", 365), ("0", None), ("366", None), ("-1", None), ("1.5", None), ("5天", None)],
)
def test_days_that_are_no_number_from_1_to_365_are_refused_at_their_stage(
    administrator: Client, round_: Round, days: str, stored: int | None
) -> None:
    response = administrator.post(page_of(round_), typed(round_, title="新的名称", days_business=days))
    if stored or not days:
        assert response.status_code == 302
    else:
        assert errors(response) == {"days_business": ["办理时限为 1 至 365 天的整数；不设时限的留空。"]}
        assert f'value="{days}"' in response.content.decode()
    assert round_.stages.get().target_days == stored


@pytest.mark.parametrize("sent", [["department_head"], ["department_head", "superior"]])
def test_round_without_a_stage_of_the_bureau_is_refused_at_the_stages(
    administrator: Client, round_: Round, sent: list[str]
) -> None:
    response = administrator.post(page_of(round_), typed(round_, stages=sent))
    assert errors(response) == {"stages": ["请至少设置一个财政局审核环节（业务科室或绩效科）。"]}
    assert round_services.stages_of(Round.objects.get()) == (StageKind.BUSINESS,)


@pytest.mark.parametrize(
    ("closes_at", "accepted"), [("2030-01-20T18:00", False), ("2030-01-20T18:01", True), ("", True)]
)
def test_adjustments_that_close_no_later_than_the_round_are_refused(
    administrator: Client, round_: Round, closes_at: str, accepted: bool
) -> None:
    response = administrator.post(page_of(round_), typed(round_, adjustments_close_at=closes_at))
    stored = Round.objects.get().adjustments_close_at
    if accepted:
        assert response.status_code == 302
        assert stored == (SIX_PM + timedelta(minutes=1) if closes_at else None)
    else:
        assert errors(response) == {"adjustments_close_at": ["调整截止时间须晚于截止时间。"]}
        assert stored == NEXT_NOON


def test_extension_is_stored_in_beijing_time_with_who_granted_it(administrator: Client, round_: Round) -> None:
    department = builders.department()
    sent = {
        "extension-department": department.pk,
        "extension-closes_at": "2030-01-20T18:01",
        "extension-reason": "测算依据待批复。",
    }
    assert administrator.post(extend_of(round_), sent).headers["Location"] == page_of(round_)
    extension = Extension.objects.get()
    assert (extension.round, extension.department, extension.closes_at, extension.reason) == (
        round_,
        department,
        SIX_PM + timedelta(minutes=1),
        "测算依据待批复。",
    )
    assert extension.granted_by.role == Role.ADMINISTRATOR
    shown = administrator.get(page_of(round_) + f"?department={department.pk}").content.decode()
    assert 'value="2030-01-20T18:01"' in shown
    assert 'value="测算依据待批复。"' in shown


def test_extension_no_later_than_the_round_is_refused(administrator: Client, round_: Round) -> None:
    sent = {
        "extension-department": builders.department().pk,
        "extension-closes_at": "2030-01-20T18:00",
        "extension-reason": "测算依据待批复。",
    }
    response = administrator.post(extend_of(round_), sent)
    assert errors(response, "extension_form") == {"closes_at": ["延期须晚于本批次的截止时间 2030年01月20日 18:00。"]}
    assert not Extension.objects.exists()


def test_extension_of_an_inactive_department_or_without_a_reason_is_refused(
    administrator: Client, round_: Round
) -> None:
    sent = {
        "extension-department": builders.department(is_active=False).pk,
        "extension-closes_at": "2030-01-21T18:00",
        "extension-reason": " ",
    }
    response = administrator.post(extend_of(round_), sent)
    assert set(errors(response, "extension_form")) == {"department", "reason"}
    assert not Extension.objects.exists()


@pytest.mark.parametrize("chosen", ["", "x", "9" * 40, "²"])
def test_page_with_a_strange_choice_of_department_shows_an_empty_form(
    administrator: Client, round_: Round, chosen: str
) -> None:
    response = administrator.get(page_of(round_), {"department": chosen})
    assert response.status_code == 200
    assert response.context["extension_form"].instance.pk is None


def test_template_preview_shows_the_official_table_of_a_draft(administrator: Client) -> None:
    template = builders.template(published=False, title="整体绩效目标申报表（试行）")
    response = administrator.get(reverse("declarations:template_preview", args=[template.pk]))
    content = response.content.decode()
    assert "模板尚未发布" in content
    assert "整体绩效目标申报表（试行）" in content
    assert "反映履职效益情况。" in content
