"""What an uploaded workbook would make of the declaration: its rows found again among those that are there.

`pairing` finds the rows, `stored_rows` says what a workbook changes in them, and the form what they may hold.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.forms import Field

from declarations.checks.places import GOALS, INDICATORS, TARGET_LABELS, TASKS, group_place
from declarations.comparison import Comparison, compare, merged_order
from declarations.document import AnyRow, Budget, Document, Goal, PrimaryGroup, SecondaryGroup, Target, Task
from declarations.forms.rows import BudgetForm, GoalForm, TargetForm, TaskForm
from declarations.imports.addressee import is_current, refusal
from declarations.imports.cell_texts import squeezed
from declarations.imports.pairing import Found, RowType, pair_rows
from declarations.imports.reading import Level, Location, Problem, Reading, ReadRow, Source
from declarations.imports.stored_rows import (
    holds_text,
    is_blank,
    is_same_amount,
    name_in,
    name_of,
    prints_as,
    stored_texts,
    texts_in,
)
from declarations.offline_form import OfflineForm
from declarations.services import MAX_CHARACTERS, MAX_ROWS

# The fields of each section with their limits, as the form has them.
_FIELDS: Mapping[type[AnyRow | Budget], Mapping[str, Field]] = {
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
    why_not = refusal(reading, form)
    if why_not:
        problem = Problem(level="error", message=why_not)
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
        if reading.goals is not None and not prints_as(reading.goals, stored.duty_goals):
            goals = self._paired(reading.goals, stored.duty_goals)
            changes["duty_goals"] = self._section(goals, stored.duty_goals, Goal(key="", text=""))
        if reading.tasks is not None:
            tasks = self._paired(self._tasks_of_template(reading.tasks), stored.main_tasks)
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

    def _add(self, level: Level, message: str, location: Location | None = None) -> None:
        self.problems.append(Problem(level=level, message=message, location=location))

    def _paired(
        self, reads: Sequence[ReadRow], rows: Sequence[RowType], elsewhere: Mapping[str, RowType] | None = None
    ) -> list[Found[RowType]]:
        """The rows of the workbook with the stored ones that they are; a hint at each that was deleted meanwhile."""
        found = pair_rows(reads, rows, elsewhere or {}, by_place=self._reading.source is Source.TABLE)
        for item in found:
            if item.read.key and item.row is None:
                message = "下载填报表格后，该行已在系统中被删除；现作为新增的一行读取"
                self._add("hint", message, item.read.location)
        return found

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

    def _section(self, found: Iterable[Found[RowType]], rows: Iterable[RowType], blank: RowType) -> tuple[RowType, ...]:
        """The rows in the order of the workbook; each stored one that stays, behind the one that it followed."""
        new: dict[str, RowType] = {}
        cleared = set()
        for item in found:
            if item.row and item.read.key and not is_blank(item.row) and not holds_text(item.read):
                cleared.add(item.row.key)
                continue
            row = item.row or blank.model_copy(update={"key": str(uuid4())})
            texts = texts_in(item.read, item.row, item.number) if item.row else item.read.texts
            new[row.key] = row.model_copy(update=self._checked(texts, row, item.read.locations))
        kept = {row.key: row for row in rows if row.key not in new and row.key not in cleared}
        for row in list(kept.values()):
            # An empty row has nothing to print, and may be missing in the workbook for that.
            if not is_blank(row):
                if self._deletes:
                    del kept[row.key]
                else:
                    self.missing += 1
        present = {**kept, **new}
        return tuple(present[key] for key in merged_order([row.key for row in rows if row.key in present], new))

    def _checked(
        self, texts: Mapping[str, str], row: AnyRow | Budget, locations: Mapping[str, Location]
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
            name: text for name, text in figures.items() if not is_same_amount(getattr(stored, name), text, from_table)
        }
        return stored.model_copy(update=self._checked(changed, stored, self._reading.budget_locations))

    def _indicators(self, reads: Sequence[ReadRow]) -> tuple[PrimaryGroup, ...]:
        """Common indicators stay where they are; the department's own stand in the order of the workbook."""
        stored = self._form.document
        common = {target.key: target for _, _, target in stored.targets() if target.common}
        own = {target.key: target for _, _, target in stored.targets() if not target.common}
        group_of = {target.key: group for _, group, target in stored.targets()}
        common_named = {(group_of[key].key, name_of(target)): target for key, target in common.items()}
        own_reads: dict[str, list[ReadRow]] = defaultdict(list)
        common_reads: dict[str, ReadRow] = {}
        for read in reads:
            if read.key in common:
                common_reads[read.key] = read
                continue
            group = self._group(read, group_of.get(read.key or ""))
            if group is None:
                continue
            named = common_named.get((group.key, name_in(read) or ""))
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
        new_own = list(self._section(self._paired(reads, stay, own), stay, _NEW_TARGET))
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
        if read is None or (is_form and not holds_text(read)):
            if is_form:
                self._add(
                    "hint", f"共性指标“{row.name}”由模板统一设置，不能删除，已保留", read.location if read else None
                )
            return row
        texts = texts_in(read, row)
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
            if squeezed(group.name) == squeezed(read.secondary)
        ]
        exact = [group for primary, group in named if squeezed(primary.name) == squeezed(read.primary)]
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

    def _require_room(self, words: str, rows: Sequence[AnyRow]) -> None:
        if len(rows) > MAX_ROWS:
            self._add("error", f"“{words}”共 {len(rows)} 行，超过 {MAX_ROWS} 行，请删减后再上传")
        if sum(len(text) for row in rows for text in stored_texts(row).values()) > MAX_CHARACTERS:
            self._add("error", f"“{words}”的文字合计超过 {MAX_CHARACTERS // 10_000} 万字，请精简后再上传")
