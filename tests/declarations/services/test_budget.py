from decimal import Decimal

import pytest

from declarations import selectors, services
from declarations.document import BUDGET_LABELS
from declarations.models import Budget, Declaration
from perfgoals.accounts.enums import Role
from tests.declarations import builders
from tests.declarations.services.edits import now, where
from tests.declarations.situations import stored

FIGURES = {
    "total": "２，６７７．７",
    "fiscal_funds": "2,677.7",
    "other_funds": "0.00",
    "basic_expenditure": "1839。56",
    "project_expenditure": " 838.14 ",
}


def save(made: Declaration, seen: int = 1, **figures: str) -> Budget | None:
    """Save on the version that was seen."""
    return services.save_budget(*where(made), seen, figures, **now(made))


def test_figures_are_kept_as_typed_beside_their_amounts(db):
    made = builders.declaration(filled=False)
    assert save(made, **FIGURES) is None
    budget = Budget.objects.get(declaration=made)
    assert {name: getattr(budget, name) for name in BUDGET_LABELS} == FIGURES
    assert {name: getattr(budget, f"{name}_amount") for name in BUDGET_LABELS} == {
        "total": Decimal("2677.7"),
        "fiscal_funds": Decimal("2677.7"),
        "other_funds": Decimal(0),
        "basic_expenditure": Decimal("1839.56"),
        "project_expenditure": Decimal("838.14"),
    }
    assert (budget.version, budget.updated_by) == (2, where(made)[1])
    assert selectors.document_of(builders.fresh(made)).budget.model_dump() == FIGURES


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("１２３．４５", Decimal("123.45")),
        ("2,677.7", Decimal("2677.7")),
        ("2677。7", Decimal("2677.7")),
        ("10891.615675", Decimal("10891.615675")),
        ("72807.384975", Decimal("72807.384975")),
        ("999999999.999999", Decimal("999999999.999999")),
        ("0", Decimal(0)),
        ("1000000000", None),
        ("1.2345678", None),
        ("-5", None),
        ("约300", None),
        ("1_000", None),
        ("—", None),
        ("", None),
    ],
)
def test_amount_of_a_figure(db, typed, amount):
    made = builders.declaration()
    save(made, made.budget.version, total=typed)
    assert Budget.objects.filter(declaration=made).values_list("total", "total_amount").get() == (typed, amount)


def test_only_the_figures_that_were_sent_change(db):
    made = builders.declaration()
    (before,) = stored("declarations.Budget")["declarations.Budget"]
    save(made, made.budget.version, other_funds="1", unknown="2", total_amount="3", version="9")
    (after,) = stored("declarations.Budget")["declarations.Budget"]
    del before["updated_at"], after["updated_at"]
    assert after == before | {"other_funds": "1", "other_funds_amount": 1, "version": before["version"] + 1}


def test_budget_that_somebody_has_changed_is_a_conflict(db):
    made = builders.declaration(filled=False)
    colleague = builders.user(Role.PREPARER, department=made.department)
    services.save_budget(made.pk, colleague, 1, {"total": "1"}, **now(made))
    before = stored()
    theirs = save(made, total="2", other_funds="3")
    assert (theirs.total, theirs.other_funds, theirs.version, theirs.updated_by) == ("1", "", 2, colleague)
    assert stored() == before


@pytest.mark.parametrize("figures", [{"total": "1"}, {}])
def test_save_of_what_is_stored_writes_nothing_and_conflicts_with_nothing(db, figures):
    made = builders.declaration(filled=False)
    save(made, total="1")
    before = stored()
    assert save(made, **figures) is None
    assert stored() == before
