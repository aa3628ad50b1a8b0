"""One declaration as one immutable value.

Checks, comparison, exports, import and digest take a `Document` and nothing else. It is built from rows
(`selectors.document_of`) or from a sealed submission (`Document.model_validate_json`) and knows nothing of Django's
database. Texts are as they were typed; what a number means is read from them by `numbers`.
"""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

ComparisonCode = Literal["ge", "gt", "eq", "lt", "le", "qualitative", ""]
PrimaryKindCode = Literal["input", "output", "benefit", "satisfaction", "other"]


# 64 bits of the digest: nobody guesses one, and no two tables share one.
CHECK_CODE_DIGITS = 16


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Goal(Value):
    """年度履职目标. `key` names the row for ever, here and in every other row type."""

    key: str
    text: str


class Task(Value):
    """年度主要任务; `amount` in 万元 as typed, where the template asks for it."""

    key: str
    name: str
    content: str
    amount: str = ""


class Budget(Value):
    """预算情况 in 万元, each figure as it was typed; empty where nothing was typed."""

    total: str = ""
    fiscal_funds: str = ""
    other_funds: str = ""
    basic_expenditure: str = ""
    project_expenditure: str = ""


BUDGET_LABELS = {
    "total": "部门预算总额",
    "fiscal_funds": "财政性资金",
    "other_funds": "其他资金",
    "basic_expenditure": "基本支出",
    "project_expenditure": "项目支出",
}


class Target(Value):
    """A declared 三级指标; `common` where the template sets it, else the department's own."""

    key: str
    common: bool
    name: str
    comparison: ComparisonCode
    value: str
    unit: str
    scoring_standard: str
    explanation: str
    remark: str


AnyRow = Goal | Task | Target


class SecondaryGroup(Value):
    """A 二级指标 of the template with what was declared under it."""

    key: str
    name: str
    explanation: str
    allows_own: bool
    targets: tuple[Target, ...]


class PrimaryGroup(Value):
    """A 一级指标 of the template with its groups."""

    key: str
    name: str
    kind: PrimaryKindCode
    groups: tuple[SecondaryGroup, ...]


class Printing(Value):
    """How the template wants the official table printed; what it says is typed, kept and reviewed all the same.

    `amounts` prints the figures in 万元 as they were typed or with two decimals and thousands separators. `unit_column`
    gives 度量单位 a column of its own; `standard_column` and `remark_column` keep 评/扣分标准 and 备注. `signatures`
    are the lines for signatures and seal below the table.
    """

    orientation: Literal["landscape", "portrait"] = "landscape"
    amounts: Literal["typed", "grouped"] = "typed"
    unit_column: bool = False
    standard_column: bool = True
    remark_column: bool = True
    signatures: bool = False


OFFICIAL = Printing()


class Document(Value):
    """A whole declaration with the texts of the template that are printed."""

    schema_version: Literal[1] = 1
    title: str
    fiscal_year: int
    department_code: str
    department: str
    points_total: Decimal | None = None
    with_task_amounts: bool = False
    duty_goals: tuple[Goal, ...]
    main_tasks: tuple[Task, ...]
    budget: Budget
    indicators: tuple[PrimaryGroup, ...]
    printing: Printing = OFFICIAL

    @model_serializer(mode="wrap")
    def _without_what_is_usual(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out the official way of printing: what was sealed before there was another keeps its digest."""
        values: dict[str, Any] = serialize(self)
        if self.printing == OFFICIAL:
            del values["printing"]
        return values

    def groups(self) -> Iterator[tuple[PrimaryGroup, SecondaryGroup]]:
        """Each level-2 group with the level-1 group it stands under, in printed order."""
        for primary in self.indicators:
            for group in primary.groups:
                yield primary, group

    def targets(self) -> Iterator[tuple[PrimaryGroup, SecondaryGroup, Target]]:
        """Each declared indicator with the two groups it stands under, in printed order."""
        for primary, group in self.groups():
            for target in group.targets:
                yield primary, group, target

    def sealed(self) -> str:
        """The document as the JSON text that is sealed at submission; equal documents give equal text."""
        return self.model_dump_json()

    def digest(self) -> str:
        """SHA-256 of the sealed text, in hexadecimal."""
        return digest_of(self.sealed())


def digest_of(sealed: str) -> str:
    """SHA-256 of a sealed document's text, in hexadecimal."""
    return hashlib.sha256(sealed.encode()).hexdigest()


def check_code(digest: str) -> str:
    """The 校验码, which people type to check a printed table: the first 16 digits of the digest, in groups of four."""
    return " ".join(digest[start : start + 4] for start in range(0, CHECK_CODE_DIGITS, 4))
