"""In every situation everybody tries every step: only what the table names happens."""

import pytest
from django.db import transaction

from declarations.enums import StageKind, Status, Step
from declarations.models import Declaration
from declarations.workflow import RULES, StepRefused
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.builders import take
from tests.declarations.situations import (
    DRAFT,
    EVERY_SITUATION,
    FIRST_REVIEW,
    FOUR_STAGES,
    RETURNED,
    SECOND_REVIEW,
    declaration_in,
    stored,
)
from tests.declarations.workflow.step_table import (
    CASE_NAMES,
    CASES,
    FOUR_STAGE_TABLE,
    Outcome,
    Taken,
    expected,
    world,
)


def outcome(declaration: Declaration, step: Step, person: User) -> Outcome:
    """What comes of the step. Nothing stays of a step that was taken; what a refused one did would stay."""
    with transaction.atomic():
        try:
            event = take(declaration, step, person)
        except StepRefused as refusal:
            return str(refusal)
        now = builders.fresh(declaration)
        transaction.set_rollback(True)
    return Taken(Step(event.step), Status(now.status), now.stage and StageKind(now.stage.kind))


@pytest.mark.parametrize(("stages", "situation"), CASES, ids=CASE_NAMES)
def test_step_table(db, stages, situation):
    made = world(stages, situation)
    before = stored()
    found = {
        (who, step): outcome(made.declaration, step, person) for who, person in made.people.items() for step in RULES
    }
    table = expected(stages, situation)
    # The difference alone: hundreds of lines cannot be read.
    assert {key: (found[key], table[key]) for key in table if found[key] != table[key]} == {}
    assert found.keys() == table.keys()
    assert stored() == before


def test_table_knows_every_situation_and_step():
    assert set(FOUR_STAGE_TABLE) == EVERY_SITUATION
    happening = {
        outcome.step
        for stages, situation in CASES
        for outcome in expected(stages, situation).values()
        if isinstance(outcome, Taken)
    }
    assert happening == set(Step) - {Step.START}


def test_stages_follow_one_another(db):
    made = declaration_in(DRAFT, round=builders.round_(stages=FOUR_STAGES))
    assert way_through_review(made) == [*FOUR_STAGES, None]
    assert builders.fresh(made).status == Status.APPROVED


def test_department_without_a_superior_passes_the_other_stages(db):
    made = declaration_in(DRAFT, round=builders.round_(stages=FOUR_STAGES), department=builders.department())
    others = [kind for kind in FOUR_STAGES if kind != StageKind.SUPERIOR]
    assert way_through_review(made) == [*others, None]


def test_handing_back_passes_over_the_stage_of_a_superior_that_is_not_there(db):
    made = declaration_in(FIRST_REVIEW, round=builders.round_(stages=FOUR_STAGES), department=builders.department())
    builders.hand_back(made)
    assert builders.fresh(made).stage.kind == StageKind.DEPARTMENT_HEAD


def way_through_review(made: Declaration) -> list[StageKind | None]:
    """The stages that the draft passes from its submission to its approval."""
    builders.submit(made)
    kinds = [builders.fresh(made).stage.kind]
    while kinds[-1] is not None:
        builders.approve(made)
        stage = builders.fresh(made).stage
        kinds.append(stage and stage.kind)
    return kinds


@pytest.mark.parametrize("situation", [FIRST_REVIEW, SECOND_REVIEW])
def test_declaration_begins_again_with_the_first_stage(db, situation):
    made = declaration_in(situation)
    builders.return_(made)
    builders.submit(made)
    assert builders.fresh(made).stage.kind == StageKind.BUSINESS


def test_withdrawal_is_possible_again_after_a_return_and_a_new_submission(db):
    made = declaration_in(RETURNED)
    builders.submit(made)
    builders.withdraw(made)
    assert builders.fresh(made).status == Status.DRAFT
