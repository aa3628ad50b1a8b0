"""What an uploaded workbook would make of the declaration: its rows found again among those that are there.

A row is found by its key or else by what is printed in it, by its name, or by where it stands. A text that reads as the
stored one is printed stays as it is stored, so that a workbook that nobody changed changes nothing.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.forms import Field

from declarations.checks.indicators import plain
from declarations.checks.places import GOALS, INDICATORS, TARGET_LABELS, TASKS, group_place
from declarations.comparison import Comparison, compare, merged_order
from declarations.document import Budget, Document, Goal, PrimaryGroup, SecondaryGroup, Target, Task
from declarations.exports.table import SIGNS, goal_line, printable, printed_standard, printed_value
from declarations.forms.rows import BudgetForm, GoalForm, TargetForm, TaskForm
from declarations.imports.reading import Identity, Location, Problem, Reading, ReadRow, Source
from declarations.numbers import print_amount
from declarations.offline_form import OfflineForm
from declarations.services import MAX_CHARACTERS, MAX_ROWS

AnyRow = TypeVar("AnyRow", Goal, Task, Target)
# The fields of each section with their limits, as the form has them.
_FIELDS: Mapping[type[Goal | Task | Target | Budget], Mapping[str, Field]] = {
    Goal: GoalForm.base_fields,
    Task: TaskForm.base_fields,
    Target: TargetForm.base_fields,
    Budget: BudgetForm.base_fields,
}
_NEW_TARGET = Target(
    key="",
    common=False,
    name="",
    comparison="",
    value="",
    unit="",
    scoring_standard="",
    explanation="",
    remark="",
)


@dataclass(frozen=True)
class Proposal:
    """What the declaration would become; with an error among the problems, nothing can be applied.

    `missing` counts the rows that are not in the workbook and stay, unless they are asked to be deleted.
    """

    document: Document
    comparison: Comparison
    problems: tuple[Problem, ...]
    missing: int = 0

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.level == "error")

    @property
    def hints(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.level == "hint")


def propose(reading: Reading, form: OfflineForm, *, delete_missing: bool = False) -> Proposal:
    """What the workbook would make of the form.

    Rows that are not in the workbook are deleted where `delete_missing` asks for it, and where the workbook is the
    form as it stands now, out of which somebody has taken them.
    """
    document = form.document
    refusal = _refusal(reading, form)
    if refusal:
        problem = Problem(level="error", message=refusal)
        return Proposal(document, compare(document, document), (problem,))
    matching = _Matching(reading, form, deletes=delete_missing or is_current(reading, document))
    proposed = matching.document()
    return Proposal(proposed, compare(document, proposed), _by_place(matching.problems), matching.missing)


def _by_place(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The problems as one goes through the workbook: of the whole first, then sheet by sheet, row by row."""
    sheets = list(dict.fromkeys(problem.location.sheet for problem in problems if problem.location))

    def place(problem: Problem) -> tuple[int, int, int, str]:
        where = problem.location
        return (sheets.index(where.sheet), where.row, len(where.column), where.column) if where else (-1, 0, 0, "")

    return tuple(sorted(problems, key=place))


def is_current(reading: Reading, document: Document) -> bool:
    """Whether the workbook is the form of the document as it stands now, not of an earlier state, nor another table."""
    return reading.identity is not None and reading.identity.digest == document.digest()


def _refusal(reading: Reading, form: OfflineForm) -> str:
    """Why the workbook cannot be for this declaration, in Chinese; empty where it can."""
    document = form.document
    year = reading.fiscal_year
    if reading.identity:
        return _refusal_of_form(reading.identity, form)
    if reading.department is not None and _squeezed(reading.department) != _squeezed(document.department):
        return (
            f"表格中的部门（单位）名称是“{reading.department[:50]}”，与本申报表的“{document.department}”不一致。"
            "如确为本部门（单位）的表格，请改正表格中的名称后重新上传。"
        )
    if year is not None and year != document.fiscal_year:
        return f"表格是 {year} 年度的，本申报表是 {document.fiscal_year} 年度的，不能导入。"
    return ""


def _refusal_of_form(identity: Identity, form: OfflineForm) -> str:
    document = form.document
    again = "请下载本申报表的填报表格，填写后再上传。"
    if identity.department_code != document.department_code:
        return f"该工作簿是其他部门（单位）的填报表格（单位代码 {identity.department_code[:50]}），不能导入。{again}"
    if identity.fiscal_year != document.fiscal_year:
        return f"该工作簿是 {identity.fiscal_year} 年度的填报表格，本申报表是 {document.fiscal_year} 年度的。{again}"
    if identity.declaration != form.declaration:
        return f"该工作簿不是本申报表的填报表格，不能导入。{again}"
    if identity.template != form.template:
        return f"该工作簿下载后，申报批次更换了指标模板，不能导入。{again}"
    return ""


def _squeezed(name: str) -> str:
    return "".join(plain(name).split())


@dataclass(frozen=True)
class _Found(Generic[AnyRow]):
    """A row of the workbook with the stored one that it is, if it is one, and that one's number in its section."""

    read: ReadRow
    row: AnyRow | None
    number: int = 0


class _Matching:
    """One run over a workbook; collects the problems."""

    def __init__(self, reading: Reading, form: OfflineForm, *, deletes: bool) -> None:
        self.problems = list(reading.problems)
        self.missing = 0
        self._reading = reading
        self._form = form
        self._deletes = deletes

    def document(self) -> Document:
        """The document as the workbook would make it."""
        stored, reading = self._form.document, self._reading
        changes: dict[str, object] = {}
        if reading.goals is not None and not _prints_as(reading.goals, stored.duty_goals):
            goals = self._find(reading.goals, stored.duty_goals)
            changes["duty_goals"] = self._section(goals, stored.duty_goals, Goal(key="", text=""))
        if reading.tasks is not None:
            tasks = self._find(self._tasks_of_template(reading.tasks), stored.main_tasks)
            changes["main_tasks"] = self._section(tasks, stored.main_tasks, Task(key="", name="", content=""))
        if reading.budget is not None:
            changes["budget"] = self._budget(stored.budget, reading.budget)
        if reading.targets is not None:
            changes["indicators"] = self._indicators(reading.targets)
        proposed = stored.model_copy(update=changes)
        self._require_room(GOALS.words, proposed.duty_goals)
        self._require_room(TASKS.words, proposed.main_tasks)
        self._require_room(INDICATORS.words, [target for _, _, target in proposed.targets()])
        return proposed

    def _add(self, level: str, message: str, location: Location | None = None) -> None:
        self.problems.append(Problem.model_validate({"level": level, "message": message, "location": location}))

    def _find(
        self, reads: Sequence[ReadRow], rows: Sequence[AnyRow], elsewhere: Mapping[str, AnyRow] | None = None
    ) -> list[_Found[AnyRow]]:
        """Each row of the workbook with the stored one that it is; `elsewhere` are those that may have come here."""
        by_key = {**(elsewhere or {}), **{row.key: row for row in rows}}
        numbers = {row.key: number for number, row in enumerate(rows, 1)}
        left = {row.key: row for row in rows}
        found: dict[int, AnyRow] = {}
        for index, read in enumerate(reads):
            if read.key in by_key:
                found[index] = by_key[read.key]
                left.pop(read.key, None)
        for names, sample in {tuple(_cells_of(read)): read for read in reads}.items():
            shown = {row.key: _shown(sample, row, numbers[row.key]) for row in left.values()}
            _pair(
                [tuple(_cells_of(read).values()) if tuple(_cells_of(read)) == names else None for read in reads],
                {key: tuple(texts[name] for name in names) for key, texts in shown.items()},
                found,
                left,
            )
        _pair([_name_in(read) for read in reads], {row.key: _name_of(row) for row in left.values()}, found, left)
        if self._reading.source is Source.TABLE:
            _pair_by_place(len(reads), rows, found, left)
        for index, read in enumerate(reads):
            if read.key and index not in found:
                self._add("hint", "下载填报表格后，该行已在系统中被删除；现作为新增的一行读取", read.location)
        return [
            _Found(read, found.get(index), numbers.get(found[index].key, 0) if index in found else 0)
            for index, read in enumerate(reads)
        ]

    def _tasks_of_template(self, reads: Sequence[ReadRow]) -> list[ReadRow]:
        """The tasks without amounts where the template does not ask for them."""
        if self._form.document.with_task_amounts:
            return list(reads)
        for read in reads:
            if read.texts.get("amount", "").strip():
                self._add("hint", "本申报表的年度主要任务不填金额，该金额未读取", read.locations.get("amount"))
        return [
            read.model_copy(
                update={
                    name: {field: text for field, text in getattr(read, name).items() if field != "amount"}
                    for name in ("texts", "printed")
                }
            )
            for read in reads
        ]

    def _section(self, found: Iterable[_Found[AnyRow]], rows: Iterable[AnyRow], blank: AnyRow) -> tuple[AnyRow, ...]:
        """The rows in the order of the workbook; each stored one that stays, behind the one that it followed."""
        new: dict[str, AnyRow] = {}
        cleared = set()
        for item in found:
            if item.row and item.read.key and not _is_blank(item.row) and not _holds_text(item.read):
                cleared.add(item.row.key)
                continue
            row = item.row or blank.model_copy(update={"key": str(uuid4())})
            texts = _texts(item.read, item.row, item.number) if item.row else item.read.texts
            new[row.key] = row.model_copy(update=self._checked(texts, row, item.read.locations))
        kept = {row.key: row for row in rows if row.key not in new and row.key not in cleared}
        for row in list(kept.values()):
            # An empty row has nothing to print, and may be missing in the workbook for that.
            if not _is_blank(row):
                if self._deletes:
                    del kept[row.key]
                else:
                    self.missing += 1
        present = {**kept, **new}
        return tuple(present[key] for key in merged_order([row.key for row in rows if row.key in present], new))

    def _checked(
        self, texts: Mapping[str, str], row: Goal | Task | Target | Budget, locations: Mapping[str, Location]
    ) -> dict[str, str]:
        """The texts as the form would take them; what it would refuse is a problem."""
        checked = dict(texts)
        for name, text in texts.items():
            if text != getattr(row, name):
                field = _FIELDS[type(row)][name]
                try:
                    checked[name] = field.clean(text)
                except ValidationError as refusal:
                    message = "".join(refusal.messages).rstrip("。")
                    self._add("error", f"“{field.label}”{message}", locations.get(name))
        return checked

    def _budget(self, stored: Budget, figures: Mapping[str, str]) -> Budget:
        from_table = self._reading.source is Source.TABLE
        changed = {
            name: text for name, text in figures.items() if not _is_same_amount(getattr(stored, name), text, from_table)
        }
        return stored.model_copy(update=self._checked(changed, stored, self._reading.budget_locations))

    def _indicators(self, reads: Sequence[ReadRow]) -> tuple[PrimaryGroup, ...]:
        """Common indicators stay where they are; the department's own stand in the order of the workbook."""
        stored = self._form.document
        common = {target.key: target for _, _, target in stored.targets() if target.common}
        own = {target.key: target for _, _, target in stored.targets() if not target.common}
        group_of = {target.key: group for _, group, target in stored.targets()}
        common_named = {(group_of[key].key, _name_of(target)): target for key, target in common.items()}
        own_reads: dict[str, list[ReadRow]] = defaultdict(list)
        common_reads: dict[str, ReadRow] = {}
        for read in reads:
            if read.key in common:
                common_reads[read.key] = read
                continue
            group = self._group(read, group_of.get(read.key or ""))
            if group is None:
                continue
            named = common_named.get((group.key, _name_in(read) or ""))
            if named and named.key not in common_reads and read.key not in own:
                common_reads[named.key] = read
            elif group.allows_own:
                own_reads[group.key].append(read)
            else:
                name = read.texts.get("name", "").strip()[:50]
                message = (
                    f"二级指标“{group.name}”下只有模板设置的共性指标，不能增加“{name}”。请核对指标名称是否与模板一致"
                )
                self._add("error", message, read.location)
        claimed = {read.key for under in own_reads.values() for read in under if read.key}
        return tuple(
            primary.model_copy(
                update={
                    "groups": tuple(
                        self._with_targets(group, common_reads, own_reads[group.key], own, claimed)
                        for group in primary.groups
                    )
                }
            )
            for primary in stored.indicators
        )

    def _with_targets(
        self,
        group: SecondaryGroup,
        common_reads: Mapping[str, ReadRow],
        reads: Sequence[ReadRow],
        own: Mapping[str, Target],
        claimed: set[str],
    ) -> SecondaryGroup:
        keys = {read.key for read in reads}
        stay = [row for row in group.targets if not row.common and (row.key in keys or row.key not in claimed)]
        new_own = list(self._section(self._find(reads, stay, own), stay, _NEW_TARGET))
        stayed = {row.key for row in stay} & {row.key for row in new_own}
        targets = []
        # Common indicators keep their places; those of the others are filled in order.
        for row in group.targets:
            if row.common:
                targets.append(self._common(row, common_reads.get(row.key)))
            elif row.key in stayed:
                targets.append(new_own.pop(0))
        return group.model_copy(update={"targets": (*targets, *new_own)})

    def _common(self, row: Target, read: ReadRow | None) -> Target:
        """The common indicator with what the department may change of it."""
        is_form = self._reading.source is Source.FORM
        if read is None or (is_form and not _holds_text(read)):
            if is_form:
                self._add(
                    "hint", f"共性指标“{row.name}”由模板统一设置，不能删除，已保留", read.location if read else None
                )
            return row
        texts = _texts(read, row)
        writable = self._form.writable[row.key]
        for name in texts.keys() - set(writable):
            if texts[name] != getattr(row, name):
                message = f"共性指标“{row.name}”的{TARGET_LABELS[name]}由模板统一设置，不能修改，已按模板保留"
                self._add("hint", message, read.locations.get(name))
        allowed = {name: text for name, text in texts.items() if name in writable}
        return row.model_copy(update=self._checked(allowed, row, read.locations))

    def _group(self, read: ReadRow, present: SecondaryGroup | None) -> SecondaryGroup | None:
        """The level-2 group that the row names; the present one where it names none."""
        if not read.secondary.strip() and present:
            return present
        named = [
            (primary, group)
            for primary, group in self._form.document.groups()
            if _squeezed(group.name) == _squeezed(read.secondary)
        ]
        exact = [group for primary, group in named if _squeezed(primary.name) == _squeezed(read.primary)]
        if exact:
            return exact[0]
        if len(named) == 1:
            primary, group = named[0]
            if read.primary.strip():
                place = group_place(primary, group).words
                self._add("hint", f"一级指标“{read.primary[:50]}”与二级指标不对应，已按“{place}”读取", read.location)
            return group
        self._add("error", self._why_no_group(read, [primary.name for primary, _ in named]), read.location)
        return None

    def _why_no_group(self, read: ReadRow, primaries: Sequence[str]) -> str:
        if primaries:
            return f"“{'”“'.join(primaries)}”下都有二级指标“{read.secondary[:50]}”，请写明一级指标"
        own = "、".join(group.name for _, group in self._form.document.groups() if group.allows_own)
        choice = f"请选择：{own}" if own else "本申报表不能增加个性指标"
        if not read.secondary.strip():
            return f"该行没有填写二级指标，{choice}"
        return f"申报表中没有二级指标“{read.secondary[:50]}”，{choice}"

    def _require_room(self, words: str, rows: Sequence[Goal | Task | Target]) -> None:
        if len(rows) > MAX_ROWS:
            self._add("error", f"“{words}”共 {len(rows)} 行，超过 {MAX_ROWS} 行，请删减后再上传")
        if sum(len(text) for row in rows for text in _stored_texts(row).values()) > MAX_CHARACTERS:
            self._add("error", f"“{words}”的文字合计超过 {MAX_CHARACTERS // 10_000} 万字，请精简后再上传")


def _stored_texts(row: Goal | Task | Target) -> dict[str, str]:
    return {name: getattr(row, name) for name in _FIELDS[type(row)]}


def _is_blank(row: Goal | Task | Target) -> bool:
    return not any(text.strip() for text in _stored_texts(row).values())


def _holds_text(read: ReadRow) -> bool:
    return any(text.strip() for text in read.texts.values())


def _typed(row: Goal | Task | Target) -> dict[str, str]:
    """The texts of a stored row as they are read where each has a cell of its own."""
    return {name: printable(text) for name, text in _stored_texts(row).items()}


def _printed(row: Goal | Task | Target, number: int) -> dict[str, str]:
    """The texts of a stored row as the official table prints them."""
    match row:
        case Goal():
            texts = {"text": goal_line(number, row.text)}
        case Task():
            texts = {"name": row.name, "content": row.content, "amount": print_amount(row.amount)}
        case Target():
            texts = {
                "name": row.name,
                "comparison": SIGNS[row.comparison],
                "value": printed_value(row),
                "scoring_standard": printed_standard(row),
                "explanation": row.explanation,
                "remark": row.remark,
            }
    return {name: printable(text) for name, text in texts.items()}


def _cells_of(read: ReadRow) -> Mapping[str, str]:
    """What stands in the cells of a row of the workbook."""
    return read.printed or read.texts


def _shown(read: ReadRow, row: Goal | Task | Target, number: int) -> dict[str, str]:
    """What would stand in the cells of a row of the workbook if it were the stored one."""
    if not read.printed:
        return _typed(row)
    if "unit" in read.printed:
        return {**_typed(row), "comparison": _printed(row, number)["comparison"]}
    return _printed(row, number)


def _name_of(row: Goal | Task | Target) -> str:
    """The name of a stored row as it is compared; that of a goal is its whole text."""
    return _squeezed(row.text if isinstance(row, Goal) else row.name)


def _name_in(read: ReadRow) -> str | None:
    """The name of a row of the workbook as it is compared; None where it has none."""
    return _squeezed(read.texts.get("name", read.texts.get("text", ""))) or None


def _pair(
    read_keys: Sequence[Hashable], row_keys: Mapping[str, Hashable], found: dict[int, AnyRow], left: dict[str, AnyRow]
) -> None:
    """Each row of the workbook that is not found yet is the first one left that has the same key; None is no key."""
    rows_of: dict[Hashable, list[str]] = defaultdict(list)
    for key, row_key in row_keys.items():
        rows_of[row_key].append(key)
    for index, read_key in enumerate(read_keys):
        if index not in found and read_key is not None and rows_of[read_key]:
            found[index] = left.pop(rows_of[read_key].pop(0))


def _pair_by_place(reads: int, rows: Iterable[AnyRow], found: dict[int, AnyRow], left: dict[str, AnyRow]) -> None:
    """What is left on both sides behind the same row is the same, in order."""
    behind: dict[str, list[str]] = defaultdict(list)
    last = ""
    for row in rows:
        if row.key in left:
            behind[last].append(row.key)
        else:
            last = row.key
    last = ""
    for index in range(reads):
        if index in found:
            last = found[index].key
        elif behind[last]:
            found[index] = left.pop(behind[last].pop(0))


def _prints_as(reads: Sequence[ReadRow], goals: Sequence[Goal]) -> bool:
    """Whether both lists of goals are printed alike, in whatever way the one cell that holds them was divided."""
    lines = [_printed(goal, number)["text"] for number, goal in enumerate(goals, 1)]
    return any(read.printed for read in reads) and "\n".join(lines) == "\n".join(read.printed["text"] for read in reads)


def _is_same_amount(stored: str, text: str, from_table: bool) -> bool:
    """Whether the text is how the stored amount is written there; the official table prints 2677.70 as 2677.7."""
    return text == printable(stored) or (from_table and print_amount(text) == print_amount(printable(stored)))


def _texts(read: ReadRow, row: Goal | Task | Target, number: int = 0) -> dict[str, str]:
    """The texts of a stored row as the workbook has them; those that are only written otherwise there, as stored."""
    cells, shown = _cells_of(read), _shown(read, row, number)
    typed = _typed(row)
    texts = {
        name: getattr(row, name) if text == typed[name] or (name in cells and cells[name] == shown[name]) else text
        for name, text in read.texts.items()
    }
    if isinstance(row, Task) and "amount" in texts and _is_same_amount(row.amount, texts["amount"], bool(read.printed)):
        texts["amount"] = row.amount
    if isinstance(row, Target) and {"value", "scoring_standard"} <= read.printed.keys() and "unit" not in read.printed:
        texts |= _quantity(read, row)
    return texts


def _quantity(read: ReadRow, row: Target) -> dict[str, str]:
    """Value, unit and standard of a stored target, which the official table prints in two cells.

    The unit is the stored one wherever the table can have been printed from it.
    """
    cells = read.printed["value"], read.printed["scoring_standard"]
    changed = row.model_copy(update={"comparison": read.texts.get("comparison", row.comparison)})
    values = (row.value, cells[0].removesuffix(row.unit.strip()), cells[0])
    standards = (row.scoring_standard, read.texts.get("scoring_standard", ""))
    for value, standard in product(values, standards):
        target = changed.model_copy(update={"value": value, "scoring_standard": standard})
        if (printable(printed_value(target)), printable(printed_standard(target))) == cells:
            return {"value": value, "unit": row.unit, "scoring_standard": standard}
    return {name: read.texts[name] for name in ("value", "unit", "scoring_standard") if name in read.texts}
