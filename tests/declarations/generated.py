"""Documents that hypothesis makes up: any texts that people can type, in rows whose keys all documents share."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from declarations.document import Budget, Document, Goal, SecondaryGroup, Target, Task
from indicators.enums import Comparison
from tests.declarations import documents
from tests.declarations.value_texts import UNITS, VALUES

# Half of all texts are as people write them, half are anything that a column stores and a workbook can hold.
WRITTEN = (
    "",
    "完成",
    "约5.5万人次；",
    "每降低1%扣1分。",
    "=1+1",
    "_x0041_",
    "'甲",
    "-",
    "目标3：办会",
    " 前后 ",
    "≥95%",
)
CHARACTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
KEYS = [str(UUID(int=number)) for number in range(1, 5)]
# The level-2 groups; the last one takes common indicators alone.
GROUPS = ("重点工作", "履职目标", "预算管理")
COMMON = {str(UUID(int=number)): name for number, name in ((11, "预算执行率"), (12, "决算真实性"))}
AMOUNTS = ("", "0", "2677.7", "2,677.70", "１２３．４５", "约100", "0.000001")


def lines(*written: str) -> st.SearchStrategy[str]:
    """A text of one line."""
    return st.one_of(st.sampled_from((*WRITTEN, *written)), st.text(CHARACTERS, max_size=12))


def texts() -> st.SearchStrategy[str]:
    """A text that may have several lines."""
    return st.lists(lines(), max_size=3).map("\n".join)


def goals(key: str) -> st.SearchStrategy[Goal]:
    return st.builds(Goal, key=st.just(key), text=texts())


def tasks(key: str, *, with_amounts: bool) -> st.SearchStrategy[Task]:
    amounts = st.one_of(st.sampled_from(AMOUNTS), lines()) if with_amounts else st.just("")
    return st.builds(Task, key=st.just(key), name=lines(), content=texts(), amount=amounts)


def targets(key: str) -> st.SearchStrategy[Target]:
    return st.builds(
        Target,
        key=st.just(key),
        common=st.just(key in COMMON),
        name=st.just(COMMON[key]) if key in COMMON else lines(),
        comparison=st.sampled_from(["", *Comparison.values]),
        value=lines(*VALUES),
        unit=lines(*UNITS),
        scoring_standard=texts(),
        explanation=texts(),
        remark=texts(),
    )


def is_blank(row: Goal | Task | Target) -> bool:
    return not any(text.strip() for name, text in row if name not in ("key", "common"))


@st.composite
def rows(draw: st.DrawFn, of_key: Any, blank: bool, keys: Sequence[str] = KEYS) -> tuple[Any, ...]:
    """Some of the keys in any order, each as a row; with `blank` there may be rows with nothing in them."""
    chosen = draw(st.lists(st.sampled_from(keys), unique=True))
    return tuple(draw(of_key(key).filter(lambda row: blank or not is_blank(row))) for key in chosen)


@st.composite
def generated_documents(draw: st.DrawFn, *, with_amounts: bool = True, blank: bool = True) -> Document:
    """A declaration with the groups `GROUPS`, in which every row may be missing but the common indicators."""
    own = draw(rows(targets, blank))
    border = draw(st.integers(0, len(own)))
    common = tuple(draw(targets(key)) for key in COMMON)
    groups = [
        SecondaryGroup(key=name, name=name, explanation="", allows_own=name != GROUPS[-1], targets=under)
        for name, under in zip(GROUPS, (own[:border], own[border:], common), strict=True)
    ]
    return documents.document(
        with_task_amounts=with_amounts,
        duty_goals=draw(rows(goals, blank)),
        main_tasks=draw(rows(lambda key: tasks(key, with_amounts=with_amounts), blank)),
        budget=draw(st.builds(Budget, **{figure: st.sampled_from(AMOUNTS) for figure in documents.FIGURES})),
        indicators=(
            documents.primary(*groups[:2], key="outputs"),
            documents.primary(groups[2], key="inputs", name="投入管理指标", kind="input"),
        ),
    )


@st.composite
def rearranged(draw: st.DrawFn, document: Document) -> Document:
    """`document` with its rows in any order, its own indicators dealt out anew among the groups that take them."""
    first, last = document.indicators
    own = draw(st.permutations([target for group in first.groups for target in group.targets]))
    border = draw(st.integers(0, len(own)))
    dealt = zip(first.groups, (own[:border], own[border:]), strict=True)
    groups = tuple(group.model_copy(update={"targets": tuple(targets)}) for group, targets in dealt)
    return document.model_copy(
        update={
            "duty_goals": tuple(draw(st.permutations(document.duty_goals))),
            "main_tasks": tuple(draw(st.permutations(document.main_tasks))),
            "indicators": (first.model_copy(update={"groups": groups}), last),
        }
    )
