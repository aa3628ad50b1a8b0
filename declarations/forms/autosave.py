"""What the form's script sends while somebody types: the changed texts of rows, as JSON."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from declarations.changes import BudgetEdit, Changes, Deletion, Placement
from declarations.document import BUDGET_LABELS
from declarations.forms.rows import BudgetForm, GoalForm, RowForm, TargetForm, TaskForm
from declarations.forms.shown import CellErrors, errors_of
from declarations.services import MAX_ROWS, RowEdit

FORMS: dict[str, type[RowForm]] = {form.path: form for form in (GoalForm, TaskForm, TargetForm)}

SectionName = Literal["goals", "tasks", "targets"]
Version = Annotated[int, Field(ge=0, lt=2**31)]
GroupId = Annotated[int, Field(ge=0, lt=2**63)]


class Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SentRow(Sent):
    """A row with the texts that were changed on the version seen; version 0 stands for a new row.

    `origin` is that of a deleted row which was taken over and is to be there again, still to be confirmed.
    """

    section: SectionName
    key: UUID
    version: Version
    group: GroupId | None = None
    origin: UUID | None = None
    texts: dict[str, str]

    def form(self) -> RowForm:
        """The form of the section with these texts."""
        return FORMS[self.section]({f"{self.key}-{name}": text for name, text in self.texts.items()}, key=self.key)


class SentDeletion(Sent):
    section: SectionName
    key: UUID
    version: Version


class SentPlacement(Sent):
    section: SectionName
    key: UUID
    after: UUID | None


class SentBudget(Sent):
    version: Version
    texts: dict[str, str]

    def form(self) -> BudgetForm:
        """The form of the budget with these figures."""
        return BudgetForm({"version": self.version, **self.texts})


class Autosave(Sent):
    """One request. `user` is whom the page was made for, `page` the section that is open, `seen` the state of the
    declaration that the page shows, as the last answer named it."""

    user: int
    page: str
    seen: str = ""
    rows: Annotated[list[SentRow], Field(max_length=2 * MAX_ROWS)] = []
    deleted: Annotated[list[SentDeletion], Field(max_length=2 * MAX_ROWS)] = []
    placed: Annotated[list[SentPlacement], Field(max_length=2 * MAX_ROWS)] = []
    budget: SentBudget | None = None

    @property
    def asks_for_changes(self) -> bool:
        return bool(self.rows or self.deleted or self.placed or self.budget)


class Sorted:
    """The request, parted into what can be stored and what cannot. Raises ValueError where a text names no field."""

    def __init__(self, request: Autosave) -> None:
        self.errors: dict[str, list[CellErrors]] = {}
        edits: dict[str, list[RowEdit]] = {}
        for row in request.rows:
            storable = self._storable(str(row.key), row.form(), row.texts)
            if storable or row.version == 0:
                edit = RowEdit(row.key, row.version, storable, row.group, origin=row.origin)
                edits.setdefault(row.section, []).append(edit)
        budget = None
        if request.budget:
            figures = self._storable("budget", request.budget.form(), request.budget.texts)
            budget = BudgetEdit(request.budget.version, figures) if figures else None
        self.changes = Changes(
            edits={FORMS[name].section: rows for name, rows in edits.items()},
            deletions=[Deletion(FORMS[row.section].section, row.key, row.version) for row in request.deleted],
            placements=[Placement(FORMS[row.section].section, row.key, row.after) for row in request.placed],
            budget=budget,
        )

    def _storable(self, key: str, form: RowForm | BudgetForm, texts: dict[str, str]) -> dict[str, str]:
        names = tuple(BUDGET_LABELS) if isinstance(form, BudgetForm) else form.section.fields
        if unknown := set(texts).difference(names):
            raise ValueError(f"no such fields: {unknown}")
        if errors := errors_of(form, texts):
            self.errors[key] = errors
        return {name: form.cleaned_data[name] for name in texts if name in form.cleaned_data}
