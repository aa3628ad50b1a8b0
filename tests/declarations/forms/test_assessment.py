from decimal import Decimal

import pytest

from declarations.assessing import Mark
from declarations.enums import Scoring, Status
from declarations.forms.assessment import AssessmentForm
from declarations.models import Declaration
from tests.declarations import builders


@pytest.fixture
def scored(db: None) -> Declaration:
    """Waits in a round with two points of 40 and 60."""
    return builders.declaration(Status.IN_REVIEW, round=builders.round_(scoring=Scoring.SCORED))


def keys(declaration: Declaration) -> list[int]:
    return [criterion.pk for criterion in declaration.round.criteria.all()]


def form_of(declaration: Declaration, *points: str, **fields: str) -> AssessmentForm:
    typed = {f"points-{key}": text for key, text in zip(keys(declaration), points, strict=False)}
    return AssessmentForm(typed | fields, declaration=declaration)


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("40", "40"),
        ("0", "0"),
        ("３９．５", "39.5"),
        ("39。25", "39.25"),
        (" 12.50 ", "12.50"),
        ("+3", "3"),
    ],
)
def test_points_are_read_as_people_type_them(scored: Declaration, typed: str, points: str) -> None:
    form = form_of(scored, typed)
    assert form.errors == {}
    assert form.marks() == {keys(scored)[0]: Mark(Decimal(points))}


@pytest.mark.parametrize("typed", ["40.01", "41", "-1", "-0.01", "1.005", "十", "1e1", "NaN", "4,0", "9" * 400, "3 分"])
def test_points_that_cannot_be_given_say_so_at_the_field(scored: Declaration, typed: str) -> None:
    form = form_of(scored, typed, "60")
    assert form.errors == {f"points-{keys(scored)[0]}": ["请填写 0 至 40 之间的数字，最多 2 位小数。"]}
    assert form[f"points-{keys(scored)[0]}"].value() == typed


def test_points_that_were_left_out_are_none(scored: Declaration) -> None:
    form = form_of(scored, "", " ")
    assert form.errors == {}
    assert form.marks() == {key: Mark(None) for key in keys(scored)}


def test_marks_hold_only_what_was_sent(scored: Declaration) -> None:
    _, second = keys(scored)
    form = AssessmentForm({f"points-{second}": "50", f"text-{second}": " 尚可。\r\n请补充。 "}, declaration=scored)
    assert form.was_sent
    assert form.is_valid()
    assert form.marks() == {second: Mark(Decimal(50), "尚可。\n请补充。")}
    assert not AssessmentForm({"text": "同意"}, declaration=scored).was_sent


def test_text_that_is_too_long_says_so_at_the_field(scored: Declaration) -> None:
    name = f"text-{keys(scored)[0]}"
    form = form_of(scored, **{name: "字" * 2001})
    assert form.errors == {name: ["不能超过 2000 字，现有 2001 字，请精简后再保存。"]}
    assert form_of(scored, **{name: "字" * 2000}).is_valid()


def test_criterion_that_is_gone_is_not_passed_over(scored: Declaration) -> None:
    other = builders.round_(scoring=Scoring.SCORED).criteria.first()
    form = form_of(scored, "40", **{f"text-{other.pk}": "已写的意见"})
    assert form.errors == {"__all__": ["审核表已被管理员修改，请核对后重新填写。"]}


def test_form_of_a_round_that_only_comments_has_no_points(db: None) -> None:
    declaration = builders.declaration(Status.IN_REVIEW, round=builders.round_(scoring=Scoring.COMMENTED))
    assert list(AssessmentForm(declaration=declaration).fields) == [f"text-{key}" for key in keys(declaration)]


def test_form_shows_what_is_stored(scored: Declaration) -> None:
    first, second = keys(scored)
    stored = builders.assess(scored, 38, None)
    form = AssessmentForm(declaration=scored, stored=stored)
    assert {bound.name: bound.value() for bound in form} == {
        f"points-{first}": "38",
        f"text-{first}": "",
        f"points-{second}": "",
        f"text-{second}": "",
    }
    assert [(aspect, [point.most for point in points]) for aspect, points in form.aspects()] == [
        ("完整性", ["40", "60"])
    ]
