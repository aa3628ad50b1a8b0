"""The places of the form that findings point at, each as a path and as Chinese words."""

from collections.abc import Iterator
from dataclasses import dataclass

from declarations.checks.findings import Finding, Level
from declarations.document import BUDGET_LABELS, Document, Goal, PrimaryGroup, SecondaryGroup, Target, Task

TASK_LABELS = {"name": "任务名称", "content": "主要内容", "amount": "金额"}
TARGET_LABELS = {
    "name": "三级指标",
    "comparison": "指标值类型",
    "value": "指标值",
    "unit": "度量单位",
    "scoring_standard": "评/扣分标准",
    "explanation": "指标值说明",
    "remark": "备注",
}


@dataclass(frozen=True)
class Place:
    """A place of the form; a finding is made from the place it stands at."""

    path: str
    words: str

    def at(self, field: str, label: str) -> "Place":
        """The place of one field of this row."""
        return Place(f"{self.path}/{field}", f"{self.words} · {label}")

    def error(self, code: str, message: str) -> Finding:
        return Finding(Level.ERROR, code, self.path, self.words, message)

    def warning(self, code: str, message: str) -> Finding:
        return Finding(Level.WARNING, code, self.path, self.words, message)


GOALS = Place("goals", "年度履职目标")
TASKS = Place("tasks", "年度主要任务")
BUDGET = Place("budget", "预算情况")
INDICATORS = Place("indicators", "绩效指标")


@dataclass(frozen=True)
class TargetRow:
    """A declared indicator where it stands."""

    primary: PrimaryGroup
    group: SecondaryGroup
    target: Target
    place: Place

    def at(self, field: str) -> Place:
        return self.place.at(field, TARGET_LABELS[field])


def goal_rows(document: Document) -> Iterator[tuple[Place, Goal]]:
    """Each goal with the place of its text."""
    for number, goal in enumerate(document.duty_goals, 1):
        yield Place(f"goals/{goal.key}/text", f"{GOALS.words} 第{number}条"), goal


def task_rows(document: Document) -> Iterator[tuple[Place, Task]]:
    """Each task with the place of its row."""
    for number, task in enumerate(document.main_tasks, 1):
        yield Place(f"tasks/{task.key}", f"{TASKS.words} 第{number}项"), task


def budget_place(figure: str) -> Place:
    """The place of one figure of the budget, named as the field of `Budget`."""
    return BUDGET.at(figure, BUDGET_LABELS[figure])


def primary_place(primary: PrimaryGroup) -> Place:
    return Place(f"primaries/{primary.key}", primary.name)


def group_place(primary: PrimaryGroup, group: SecondaryGroup) -> Place:
    return Place(f"groups/{group.key}", f"{primary.name} › {group.name}")


def target_rows(document: Document) -> Iterator[TargetRow]:
    """Each declared indicator with its place, in printed order."""
    for primary, group in document.groups():
        words = group_place(primary, group).words
        for number, target in enumerate(group.targets, 1):
            name = f"三级指标“{target.name.strip()}”" if target.name.strip() else f"第{number}行"
            yield TargetRow(primary, group, target, Place(f"targets/{target.key}", f"{words} › {name}"))


def typed_texts(document: Document) -> Iterator[tuple[Place, str]]:
    """Each text of goals, tasks and indicators with its place, in printed order."""
    for place, goal in goal_rows(document):
        yield place, goal.text
    for place, task in task_rows(document):
        for field in ("name", "content"):
            yield place.at(field, TASK_LABELS[field]), getattr(task, field)
    for row in target_rows(document):
        for field in TARGET_LABELS:
            yield row.at(field), getattr(row.target, field)


def paths_in_printed_order(document: Document) -> Iterator[str]:
    """The path of each place that a finding can have, in the order of the form."""
    yield GOALS.path
    yield from (place.path for place, _ in goal_rows(document))
    yield TASKS.path
    yield from (f"{place.path}/{field}" for place, _ in task_rows(document) for field in TASK_LABELS)
    yield BUDGET.path
    yield from (budget_place(figure).path for figure in BUDGET_LABELS)
    yield INDICATORS.path
    for primary in document.indicators:
        yield primary_place(primary).path
        for group in primary.groups:
            yield group_place(primary, group).path
            yield from (f"targets/{target.key}/{field}" for target in group.targets for field in TARGET_LABELS)
