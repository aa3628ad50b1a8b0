"""The table of steps: what comes of every step that anybody tries in every situation of a declaration."""

from dataclasses import dataclass
from typing import Any

from declarations.enums import StageKind, Status, Step
from declarations.models import Declaration
from declarations.workflow import RULES
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders
from tests.declarations.situations import (
    ADJUSTING,
    ADJUSTMENT_IN_REVIEW,
    ADJUSTMENT_RETURNED,
    APPROVED,
    DRAFT,
    EVERYBODY,
    FIRST_REVIEW,
    FOUR_STAGES,
    HANDED_BACK,
    HEAD_REVIEW,
    RETURNED,
    SECOND_REVIEW,
    STATUSES,
    SUPERIOR_REVIEW,
    TWO_STAGES,
    WITHDRAWN,
    declaration_in,
    people_around,
)


@dataclass(frozen=True)
class Taken:
    """A step that happens: what is recorded, and where the declaration is then."""

    step: Step
    status: Status
    stage: StageKind | None = None


# Of a step that does not happen the table has the sentence that says why.
Outcome = Taken | str
# Whom and which steps a line of the table is about; a line overrules those above it.
Lines = dict[tuple[tuple[str, ...], tuple[Step, ...]], Outcome]

PREPARER = ("preparer",)
HEAD = ("head",)
SUPERIOR = ("preparer of the superior", "head of the superior")
REVIEWER = ("reviewer",)
COLLEAGUES = ("second reviewer", "head of the office")
PARTICIPANT = ("reviewer who filled in",)
PERFORMANCE = ("performance reviewer",)
BUREAU = (*REVIEWER, *COLLEAGUES, *PARTICIPANT, *PERFORMANCE)
ALL_DECIDERS = (*HEAD, *SUPERIOR, *BUREAU)
SUBMIT, WITHDRAW, APPROVE, RETURN = (Step.SUBMIT,), (Step.WITHDRAW,), (Step.APPROVE,), (Step.RETURN,)
HAND_BACK, UNDO, ADJUST, CANCEL = (Step.HAND_BACK,), (Step.UNDO,), (Step.ADJUST,), (Step.CANCEL_ADJUSTMENT,)
DECIDE = (*APPROVE, *RETURN, *HAND_BACK)
OF_THE_DEPARTMENT = (*SUBMIT, *WITHDRAW, *ADJUST, *CANCEL)

WITHDREW = Taken(Step.WITHDRAW, Status.DRAFT)
SENT_BACK = Taken(Step.RETURN, Status.RETURNED)
FINISHED = Taken(Step.APPROVE, Status.APPROVED)
BEGUN = Taken(Step.ADJUST, Status.DRAFT)
GIVEN_UP = Taken(Step.CANCEL_ADJUSTMENT, Status.APPROVED)
ACTED = "审核人员已经办理，不能撤回。如需修改，请与审核科室联系退回。"
TOOK_PART = "您填报或送审过该申报表，不能由您审核。"
TAKEN_BY = "该申报表由赵审核经办。如须由您办理，请先改由本人经办。"
NOTHING_TO_UNDO = "该办理之后又有新的办理，不能撤销。请核对办理记录。"
NOT_ONES_OWN = "只能撤销本人的办理。"
NO_ADJUSTMENT = "申报表没有正在办理的调整。"
UNCHANGED = "调整后的内容与现行批复完全相同，不需送审。不再调整的，请终止调整。"
OTHER_STAGE = "申报表已不在您看到的审核环节，可能已由他人办理。请核对办理记录。"


def submitted(kind: StageKind) -> Taken:
    return Taken(Step.SUBMIT, Status.IN_REVIEW, kind)


def passed(kind: StageKind) -> Taken:
    return Taken(Step.PASS, Status.IN_REVIEW, kind)


def handed_back(kind: StageKind) -> Taken:
    return Taken(Step.HAND_BACK, Status.IN_REVIEW, kind)


def undone(kind: StageKind) -> Taken:
    return Taken(Step.UNDO, Status.IN_REVIEW, kind)


def not_in(kind: StageKind) -> str:
    return f"申报表正在{kind.label}审核，不由您办理。"


def nothing_before(kind: StageKind) -> str:
    return f"{kind.label}审核是第一个审核环节，没有上一环节。需要修改的，请退回部门。"


HEAD_STAGE, SUPERIOR_STAGE = StageKind.DEPARTMENT_HEAD, StageKind.SUPERIOR
BUSINESS_STAGE, PERFORMANCE_STAGE = StageKind.BUSINESS, StageKind.PERFORMANCE

TWO_STAGE_TABLE: dict[str, Lines] = {
    DRAFT: {(PREPARER, SUBMIT): submitted(BUSINESS_STAGE), (PREPARER, CANCEL): NO_ADJUSTMENT},
    WITHDRAWN: {(PREPARER, SUBMIT): submitted(BUSINESS_STAGE), (PREPARER, CANCEL): NO_ADJUSTMENT},
    FIRST_REVIEW: {
        (PREPARER, WITHDRAW): WITHDREW,
        (PERFORMANCE, DECIDE): not_in(BUSINESS_STAGE),
        (REVIEWER + COLLEAGUES, APPROVE): passed(PERFORMANCE_STAGE),
        (REVIEWER + COLLEAGUES, RETURN): SENT_BACK,
        (REVIEWER + COLLEAGUES, HAND_BACK): nothing_before(BUSINESS_STAGE),
        (PARTICIPANT, DECIDE): TOOK_PART,
        (BUREAU, UNDO): NOTHING_TO_UNDO,
    },
    SECOND_REVIEW: {
        (PREPARER, WITHDRAW): ACTED,
        (BUREAU, DECIDE): not_in(PERFORMANCE_STAGE),
        (PERFORMANCE, APPROVE): FINISHED,
        (PERFORMANCE, RETURN): SENT_BACK,
        (PERFORMANCE, HAND_BACK): handed_back(BUSINESS_STAGE),
        (BUREAU, UNDO): NOT_ONES_OWN,
        (REVIEWER, UNDO): undone(BUSINESS_STAGE),
    },
    HANDED_BACK: {
        (PREPARER, WITHDRAW): ACTED,
        (PERFORMANCE, DECIDE): not_in(BUSINESS_STAGE),
        (REVIEWER, APPROVE): passed(PERFORMANCE_STAGE),
        (REVIEWER, RETURN): SENT_BACK,
        (REVIEWER, HAND_BACK): nothing_before(BUSINESS_STAGE),
        (COLLEAGUES, DECIDE): TAKEN_BY,
        (PARTICIPANT, DECIDE): TOOK_PART,
        (BUREAU, UNDO): NOT_ONES_OWN,
        (PERFORMANCE, UNDO): undone(PERFORMANCE_STAGE),
    },
    RETURNED: {
        (PREPARER, SUBMIT): submitted(BUSINESS_STAGE),
        (PREPARER, CANCEL): NO_ADJUSTMENT,
        (BUREAU, UNDO): NOT_ONES_OWN,
        (REVIEWER, UNDO): undone(BUSINESS_STAGE),
    },
    APPROVED: {
        (PREPARER, ADJUST): BEGUN,
        (BUREAU, UNDO): NOT_ONES_OWN,
        (PERFORMANCE, UNDO): undone(PERFORMANCE_STAGE),
    },
    ADJUSTING: {(PREPARER, SUBMIT): UNCHANGED, (PREPARER, CANCEL): GIVEN_UP},
    ADJUSTMENT_IN_REVIEW: {
        (PREPARER, WITHDRAW): WITHDREW,
        (PERFORMANCE, DECIDE): not_in(BUSINESS_STAGE),
        (REVIEWER, APPROVE): passed(PERFORMANCE_STAGE),
        (REVIEWER, RETURN): SENT_BACK,
        (REVIEWER, HAND_BACK): nothing_before(BUSINESS_STAGE),
        (COLLEAGUES, DECIDE): TAKEN_BY,
        (PARTICIPANT, DECIDE): TOOK_PART,
        (BUREAU, UNDO): NOTHING_TO_UNDO,
    },
    ADJUSTMENT_RETURNED: {
        (PREPARER, SUBMIT): submitted(BUSINESS_STAGE),
        (PREPARER, CANCEL): GIVEN_UP,
        (BUREAU, UNDO): NOT_ONES_OWN,
        (REVIEWER, UNDO): undone(BUSINESS_STAGE),
    },
}

# In a round of all four stages `declaration_in` lets the department's head return what is returned.
FOUR_STAGE_TABLE: dict[str, Lines] = {
    DRAFT: {(PREPARER, SUBMIT): submitted(HEAD_STAGE), (PREPARER, CANCEL): NO_ADJUSTMENT},
    WITHDRAWN: {(PREPARER, SUBMIT): submitted(HEAD_STAGE), (PREPARER, CANCEL): NO_ADJUSTMENT},
    HEAD_REVIEW: {
        (PREPARER, WITHDRAW): WITHDREW,
        (ALL_DECIDERS, DECIDE): not_in(HEAD_STAGE),
        (HEAD, APPROVE): passed(SUPERIOR_STAGE),
        (HEAD, RETURN): SENT_BACK,
        (HEAD, HAND_BACK): nothing_before(HEAD_STAGE),
        (ALL_DECIDERS, UNDO): NOTHING_TO_UNDO,
    },
    SUPERIOR_REVIEW: {
        (PREPARER, WITHDRAW): ACTED,
        (ALL_DECIDERS, DECIDE): not_in(SUPERIOR_STAGE),
        (SUPERIOR, APPROVE): passed(BUSINESS_STAGE),
        (SUPERIOR, RETURN): SENT_BACK,
        (SUPERIOR, HAND_BACK): handed_back(HEAD_STAGE),
        (ALL_DECIDERS, UNDO): NOT_ONES_OWN,
        (HEAD, UNDO): undone(HEAD_STAGE),
    },
    FIRST_REVIEW: {
        (PREPARER, WITHDRAW): ACTED,
        (ALL_DECIDERS, DECIDE): not_in(BUSINESS_STAGE),
        (REVIEWER + COLLEAGUES, APPROVE): passed(PERFORMANCE_STAGE),
        (REVIEWER + COLLEAGUES, RETURN): SENT_BACK,
        (REVIEWER + COLLEAGUES, HAND_BACK): handed_back(SUPERIOR_STAGE),
        (PARTICIPANT, DECIDE): TOOK_PART,
        (ALL_DECIDERS, UNDO): NOT_ONES_OWN,
        (SUPERIOR[1:], UNDO): undone(SUPERIOR_STAGE),
    },
    SECOND_REVIEW: {
        (PREPARER, WITHDRAW): ACTED,
        (ALL_DECIDERS, DECIDE): not_in(PERFORMANCE_STAGE),
        (PERFORMANCE, APPROVE): FINISHED,
        (PERFORMANCE, RETURN): SENT_BACK,
        (PERFORMANCE, HAND_BACK): handed_back(BUSINESS_STAGE),
        (ALL_DECIDERS, UNDO): NOT_ONES_OWN,
        (REVIEWER, UNDO): undone(BUSINESS_STAGE),
    },
    HANDED_BACK: {
        (PREPARER, WITHDRAW): ACTED,
        (ALL_DECIDERS, DECIDE): not_in(BUSINESS_STAGE),
        (REVIEWER, APPROVE): passed(PERFORMANCE_STAGE),
        (REVIEWER, RETURN): SENT_BACK,
        (REVIEWER, HAND_BACK): handed_back(SUPERIOR_STAGE),
        (COLLEAGUES, DECIDE): TAKEN_BY,
        (PARTICIPANT, DECIDE): TOOK_PART,
        (ALL_DECIDERS, UNDO): NOT_ONES_OWN,
        (PERFORMANCE, UNDO): undone(PERFORMANCE_STAGE),
    },
    RETURNED: {
        (PREPARER, SUBMIT): submitted(HEAD_STAGE),
        (PREPARER, CANCEL): NO_ADJUSTMENT,
        (ALL_DECIDERS, UNDO): NOT_ONES_OWN,
        (HEAD, UNDO): undone(HEAD_STAGE),
    },
    APPROVED: {
        (PREPARER, ADJUST): BEGUN,
        (ALL_DECIDERS, UNDO): NOT_ONES_OWN,
        (PERFORMANCE, UNDO): undone(PERFORMANCE_STAGE),
    },
    ADJUSTING: {(PREPARER, SUBMIT): UNCHANGED, (PREPARER, CANCEL): GIVEN_UP},
    ADJUSTMENT_IN_REVIEW: {
        (PREPARER, WITHDRAW): ACTED,
        (ALL_DECIDERS, DECIDE): not_in(BUSINESS_STAGE),
        (REVIEWER, APPROVE): passed(PERFORMANCE_STAGE),
        (REVIEWER, RETURN): SENT_BACK,
        (REVIEWER, HAND_BACK): handed_back(SUPERIOR_STAGE),
        (COLLEAGUES, DECIDE): TAKEN_BY,
        (PARTICIPANT, DECIDE): TOOK_PART,
        (ALL_DECIDERS, UNDO): NOT_ONES_OWN,
        (SUPERIOR[1:], UNDO): undone(SUPERIOR_STAGE),
    },
    ADJUSTMENT_RETURNED: {
        (PREPARER, SUBMIT): submitted(HEAD_STAGE),
        (PREPARER, CANCEL): GIVEN_UP,
        (ALL_DECIDERS, UNDO): NOT_ONES_OWN,
        (HEAD, UNDO): undone(HEAD_STAGE),
    },
}

# The only stage is the first and the last one.
BUSINESS_ALONE_TABLE: dict[str, Lines] = {
    FIRST_REVIEW: {
        (PREPARER, WITHDRAW): WITHDREW,
        (REVIEWER + COLLEAGUES, APPROVE): FINISHED,
        (REVIEWER + COLLEAGUES, RETURN): SENT_BACK,
        (REVIEWER + COLLEAGUES, HAND_BACK): nothing_before(BUSINESS_STAGE),
        (PARTICIPANT, DECIDE): TOOK_PART,
        (BUREAU[:-1], UNDO): NOTHING_TO_UNDO,
    },
    APPROVED: {(PREPARER, ADJUST): BEGUN, (BUREAU[:-1], UNDO): NOT_ONES_OWN, (REVIEWER, UNDO): undone(BUSINESS_STAGE)},
}
PERFORMANCE_ALONE_TABLE: dict[str, Lines] = {
    SECOND_REVIEW: {
        (PREPARER, WITHDRAW): WITHDREW,
        (PERFORMANCE, APPROVE): FINISHED,
        (PERFORMANCE, RETURN): SENT_BACK,
        (PERFORMANCE, HAND_BACK): nothing_before(PERFORMANCE_STAGE),
        (PERFORMANCE, UNDO): NOTHING_TO_UNDO,
    },
}
DECIDERS = {HEAD_STAGE: HEAD, SUPERIOR_STAGE: SUPERIOR, BUSINESS_STAGE: BUREAU[:-1], PERFORMANCE_STAGE: PERFORMANCE}
TABLES: list[tuple[tuple[StageKind, ...], dict[str, Lines]]] = [
    (TWO_STAGES, TWO_STAGE_TABLE),
    (FOUR_STAGES, FOUR_STAGE_TABLE),
    ((BUSINESS_STAGE,), BUSINESS_ALONE_TABLE),
    ((PERFORMANCE_STAGE,), PERFORMANCE_ALONE_TABLE),
]
CASES = [(stages, situation) for stages, table in TABLES for situation in table]
CASE_NAMES = [f"{situation} of {len(stages)}" for stages, situation in CASES]


@dataclass(frozen=True)
class World:
    """A declaration in a situation of a round of these stages, and everybody around it."""

    declaration: Declaration
    people: dict[str, User]


def world(stages: tuple[StageKind, ...], situation: str) -> World:
    """The world of one case. The reviewer is 赵审核."""
    department = builders.department(superior=builders.department())
    builders.user(Role.REVIEWER, name="赵审核", office=department.office)
    made = declaration_in(situation, round=builders.round_(stages=stages), department=department)
    people = people_around(department)
    return World(builders.fresh(made), people)


def expected(stages: tuple[StageKind, ...], situation: str) -> dict[tuple[str, Step], Outcome]:
    """What comes of each step of each person: what the table says, or else a refusal.

    A step is refused as not theirs to people whom it never concerns, and to the others for the status.
    """
    deciders = tuple(who for kind in stages for who in DECIDERS[kind])
    outcomes: dict[tuple[str, Step], Outcome] = {
        (who, step): f"您无权对该申报表办理“{step.label}”。" for who in EVERYBODY for step in RULES
    }
    theirs: Any = [(PREPARER, OF_THE_DEPARTMENT), (deciders, (*DECIDE, *UNDO))]
    for people, steps in theirs:
        for step in steps:
            sentence = (
                f"申报表当前状态为“{STATUSES[situation].label}”，不能{step.label}，可能已由他人办理。请核对办理记录。"
            )
            outcomes |= {(who, step): sentence for who in people}
    for (people, steps), outcome in dict(TABLES)[stages][situation].items():
        outcomes |= {(who, step): outcome for who in people for step in steps}
    return outcomes


def on_old_contents(step: Step, outcome: Outcome) -> Outcome:
    """What comes of a step, of which the table says `outcome`, from a page that shows other contents than are current.

    Whose the step is, and whether it is his turn, is looked at before the contents; all else after them.
    """
    first = {TOOK_PART, TAKEN_BY, NO_ADJUSTMENT, *(not_in(kind) for kind in StageKind)}
    if is_for_nobody_now(outcome) or outcome in first:
        return outcome
    return f"您看到的内容之后又有变动，未{step.label}。请核对最新内容后再办理。"


def on_old_stage(step: Step, outcome: Outcome) -> Outcome:
    """The same of a page that shows another stage, or to be undone another decision, than is the current one."""
    if is_for_nobody_now(outcome):
        return outcome
    return NOTHING_TO_UNDO if step == Step.UNDO else OTHER_STAGE


def is_for_nobody_now(outcome: Outcome) -> bool:
    """Whether it says that the step is never theirs, or not possible in the status."""
    return isinstance(outcome, str) and outcome.startswith(("您无权", "申报表当前状态为"))
