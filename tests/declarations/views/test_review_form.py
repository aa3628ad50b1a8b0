from collections.abc import Iterator
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from declarations import review_form
from declarations.enums import Scoring, Status
from declarations.models import Round
from declarations.review_form import CriterionValues, FormValues, GradeValues
from perfgoals.accounts.enums import Role
from tests.declarations import builders, situations
from tests.declarations.views.pages import Page


@pytest.fixture
def administrator(db: None) -> Client:
    return builders.client_of(builders.user(Role.ADMINISTRATOR))


@pytest.fixture
def round_(db: None) -> Round:
    """A round with the small form of the builders: two points, four grades."""
    return builders.round_(scoring=Scoring.SCORED)


def page_of(round_: Round) -> str:
    return reverse("declarations:review_form", args=[round_.pk])


class Fields(HTMLParser):
    """What a browser sends of the page's form, without its buttons; `focused` is the field with the cursor."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.focused = ""
        self._select = self._textarea = ""
        self._text = ""
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        name, value = attributes.get("name") or "", attributes.get("value") or ""
        if "autofocus" in attributes:
            self.focused = name
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in attributes:
            self.sent.setdefault(self._select, []).append(value)
        elif tag == "textarea":
            self._textarea, self._text = name, ""
        elif tag == "input" and (attributes.get("type") != "radio" or "checked" in attributes):
            self.sent.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.sent.setdefault(self._textarea, []).append(self._text.removeprefix("\r\n").removeprefix("\n"))


class Desk:
    """An administrator at the page of a round's review form."""

    def __init__(self, client: Client, round_: Round) -> None:
        self.client, self.url = client, page_of(round_)
        self.read(client.get(self.url))

    def read(self, response: Any) -> None:
        assert response.status_code == 200
        self.fields = Fields(response)
        self.text = Page(response).text

    def press(self, action: str, **typed: Any) -> Any:
        """Send the page as it stands with what was typed over it, and read the page that comes back."""
        data = self.fields.sent | {name.replace("__", "-"): text for name, text in typed.items()} | {"action": action}
        response = self.client.post(self.url, data, follow=True)
        self.read(response)
        return response

    def column(self, kind: str, name: str) -> list[str]:
        """The texts of one field of all rows, in the order of the rows."""
        return [self.fields.sent[f"{kind}-{number}-{name}"][0] for number in self.fields.sent[kind]]


def rows(desk: Desk) -> Iterator[tuple[str, ...]]:
    """The criteria as they stand on the page."""
    yield from zip(*(desk.column("criterion", name) for name in ("aspect", "name", "points", "question")), strict=True)


def stored(round_: Round) -> FormValues:
    return review_form.form_of(Round.objects.get(pk=round_.pk))


@pytest.mark.parametrize("role", Role)
def test_page_exists_for_administrators_alone(db: None, round_: Round, role: Role) -> None:
    client = builders.client_of(builders.user(role))
    before = situations.stored()
    answers = (client.get(page_of(round_)).status_code, client.post(page_of(round_), {"action": "save"}).status_code)
    assert answers == ((200, 200) if role == Role.ADMINISTRATOR else (404, 404))
    assert situations.stored() == before


def test_page_of_a_round_that_is_not_there_is_404(administrator: Client) -> None:
    assert administrator.get(reverse("declarations:review_form", args=[999])).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_the_same_queries_for_any_number_of_rows(
    administrator: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    round_ = builders.round_()
    criterion = CriterionValues("完整性", "要点", "", Decimal(100))
    grades = tuple(GradeValues(f"等级{index}", Decimal(index), may_pass=True) for index in range(number))
    form = FormValues(Scoring.SCORED, (criterion,) * number, grades)
    review_form.write_form(round_, form)
    # Session, person, unread notices, the round, criteria, grades, whether it is in use.
    with django_assert_num_queries(7):
        response = administrator.get(page_of(round_))
    assert len(response.context["form"].criteria) == number


def test_page_shows_the_form_and_the_sum_of_its_points(administrator: Client, round_: Round) -> None:
    builders.round_(scoring=Scoring.SCORED).criteria.update(name="别的批次的要点")
    desk = Desk(administrator, round_)
    assert list(rows(desk)) == [("完整性", "要点1", "40", ""), ("完整性", "要点2", "60", "")]
    assert desk.column("grade", "label") == ["优", "良", "中", "差"]
    assert desk.column("grade", "threshold") == ["90", "80", "60", "0"]
    assert desk.column("grade", "may_pass") == ["yes", "yes", "yes", "no"]
    assert desk.fields.sent["scoring"] == ["scored"]
    assert "分值合计100分" in desk.text


def test_saving_the_page_as_it_is_keeps_the_form(administrator: Client, round_: Round) -> None:
    before = stored(round_)
    Desk(administrator, round_).press("save")
    assert stored(round_) == before


def test_saved_form_is_what_was_typed(administrator: Client, round_: Round) -> None:
    desk = Desk(administrator, round_)
    desk.press(
        "save",
        scoring="commented",
        criterion__1__aspect=" 相关性 ",
        criterion__1__points="３５．５",
        criterion__1__question="第一行\r\n第二行",
        grade__4__label="不合格",
        grade__4__may_pass="yes",
    )
    assert "的审核表已保存。" in desk.text
    form = stored(round_)
    assert form.scoring == Scoring.COMMENTED
    assert form.criteria == (
        CriterionValues("相关性", "要点1", "第一行\n第二行", Decimal("35.5")),
        CriterionValues("完整性", "要点2", "", Decimal(60)),
    )
    assert form.grades[-1] == GradeValues("不合格", Decimal(0), may_pass=True)


def test_added_row_stands_last_with_the_cursor_and_nothing_is_stored(administrator: Client, round_: Round) -> None:
    desk, before = Desk(administrator, round_), situations.stored()
    desk.press("add:criterion", criterion__2__name="改过的")
    assert list(rows(desk)) == [("完整性", "要点1", "40", ""), ("完整性", "改过的", "60", ""), ("", "", "", "")]
    assert desk.fields.focused == "criterion-3-aspect"
    assert "以下改动保存后生效。" in desk.text
    desk.press("add:grade")
    assert desk.column("grade", "label") == ["优", "良", "中", "差", ""]
    assert desk.column("grade", "may_pass")[-1] == "yes"
    assert situations.stored() == before
    desk.press(
        "save",
        criterion__3__aspect="可行性",
        criterion__3__name="要点3",
        criterion__3__points="1",
        grade__5__label="及格",
        grade__5__threshold="50",
    )
    assert [criterion.name for criterion in stored(round_).criteria] == ["要点1", "改过的", "要点3"]
    assert [grade.label for grade in stored(round_).grades] == ["优", "良", "中", "及格", "差"]


@pytest.mark.parametrize(
    ("action", "names"),
    [
        ("up:criterion-2", ["要点2", "要点1", "要点3"]),
        ("up:criterion-1", ["要点1", "要点2", "要点3"]),
        ("down:criterion-2", ["要点1", "要点3", "要点2"]),
        ("down:criterion-3", ["要点1", "要点2", "要点3"]),
        ("delete:criterion-1", ["要点2", "要点3"]),
        ("delete:criterion-3", ["要点1", "要点2"]),
    ],
)
def test_rows_are_moved_and_deleted_on_the_page_and_stored_when_it_is_saved(
    administrator: Client, round_: Round, action: str, names: list[str]
) -> None:
    round_.criteria.create(position=2, aspect="可行性", name="要点3", question="", points=60)
    desk, before = Desk(administrator, round_), situations.stored()
    desk.press(action)
    assert desk.column("criterion", "name") == names
    assert situations.stored() == before
    desk.press("save")
    assert [criterion.name for criterion in stored(round_).criteria] == names


def test_last_row_can_be_deleted_and_the_form_is_then_refused(administrator: Client, round_: Round) -> None:
    desk, before = Desk(administrator, round_), situations.stored()
    desk.press("delete:criterion-1")
    desk.press("delete:criterion-2")
    desk.press("save")
    assert "请至少设置一个审核要点。" in desk.text
    assert situations.stored() == before


def test_ministry_form_is_filled_in_and_stored_when_it_is_saved(administrator: Client, round_: Round) -> None:
    desk, before = Desk(administrator, round_), situations.stored()
    desk.press("restore")
    assert "已填入财政部审核表，保存后生效。" in desk.text
    assert desk.column("criterion", "points") == ["10", "10", "15", "15", "15", "15", "10", "10"]
    assert situations.stored() == before
    desk.press("save")
    assert stored(round_) == review_form.ministry_form()


@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("criterion__1__aspect", " ", "请填写审核内容。"),
        ("criterion__1__name", "", "请填写审核要点。"),
        ("criterion__1__name", "长" * 51, "不能超过50字。"),
        ("criterion__1__question", "长" * 1001, "不能超过1000字"),
        ("criterion__1__points", "", "请填写大于0、不超过999.99的数字"),
        ("criterion__1__points", "0", "请填写大于0、不超过999.99的数字"),
        ("criterion__1__points", "1000", "请填写大于0、不超过999.99的数字"),
        ("criterion__1__points", "1.005", "最多2位小数。"),
        ("criterion__1__points", "十", "请填写大于0、不超过999.99的数字"),
        ("grade__1__label", "", "请填写等级。"),
        ("grade__1__label", "长" * 21, "不能超过20字。"),
        ("grade__1__threshold", "-1", "请填写不小于0、不超过9999.99的数字"),
        ("grade__1__threshold", "10000", "请填写不小于0、不超过9999.99的数字"),
        ("grade__1__may_pass", "maybe", "选择一个有效的选项"),
        ("scoring", "guessed", "选择一个有效的选项"),
        ("grade__1__threshold", "100.01", "低于等级“优”的最低分100.01分，无法评为该等级。"),
    ],
)
def test_wrong_text_is_refused_where_it_stands_and_nothing_typed_is_lost(
    administrator: Client, round_: Round, field: str, text: str, message: str
) -> None:
    desk, before = Desk(administrator, round_), situations.stored()
    desk.press("save", **{"criterion__2__question": "别处填写的内容", field: text})
    assert message in desk.text
    assert desk.column("criterion", "question")[1] == "别处填写的内容"
    name = field.replace("__", "-")
    if "may_pass" not in name and name != "scoring":
        assert desk.fields.sent[name] == [text]
    assert situations.stored() == before


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("criterion__1__name", "长" * 50),
        ("criterion__1__question", "长" * 1000),
        ("criterion__1__points", "999.99"),
        ("criterion__1__points", "30.01"),
        ("grade__1__label", "长" * 20),
        ("grade__1__threshold", "100"),
    ],
)
def test_longest_texts_and_largest_numbers_are_stored(
    administrator: Client, round_: Round, field: str, text: str
) -> None:
    desk = Desk(administrator, round_)
    desk.press("save", **{field: text})
    assert "的审核表已保存。" in desk.text
    assert desk.fields.sent[field.replace("__", "-")] == [text]


@pytest.mark.parametrize(
    "data",
    [
        {"action": "fly"},
        {"action": "add:round"},
        {"action": "up:criterion-7"},
        {"action": "delete:criterion"},
        {"action": "save", "criterion": ["x"]},
        {"action": "save", "criterion": ["1", "1"]},
        {"action": "save", "grade": ["99999"]},
    ],
)
def test_request_that_the_page_does_not_make_is_400(administrator: Client, round_: Round, data: dict[str, Any]) -> None:
    desk, before = Desk(administrator, round_), situations.stored()
    assert administrator.post(desk.url, desk.fields.sent | data).status_code == 400
    assert situations.stored() == before


def test_form_in_use_is_shown_to_be_read_and_refused_with_what_was_typed(administrator: Client, round_: Round) -> None:
    before_use = Desk(administrator, round_)
    builders.declaration(Status.APPROVED, round=round_)
    before = situations.stored()
    before_use.press("save", criterion__1__name="改过的")
    assert "已有审核人员按本审核表填写，不能再更改。" in before_use.text
    assert before_use.column("criterion", "name") == ["改过的", "要点2"]
    shown = Desk(administrator, round_)
    assert "已有审核人员按本审核表填写，不能再更改。" in shown.text
    assert "要点1" in shown.text
    assert "criterion" not in shown.fields.sent
    assert situations.stored() == before
