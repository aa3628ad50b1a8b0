"""What the form's script sends when cells are pasted, as JSON, and the columns into which they go."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from declarations.forms.autosave import FORMS, GroupId, SectionName, Sent
from declarations.forms.rows import Line, RowForm, Text
from declarations.pasting import Column, Layout
from declarations.services import MAX_ROWS


class ShownTexts(Sent):
    """A row of the form with the texts that can be typed in it, as the browser shows them."""

    key: UUID
    texts: dict[str, str]


class Paste(Sent):
    """One request. `field` is where the cursor stands; `rows` are those of the section or level-2 group `group` from
    the cursor down, of which the first has, or would have, the number `number`.

    `layout` is what somebody chose in the preview, None before.
    """

    section: SectionName
    group: GroupId | None = None
    field: str
    number: Annotated[int, Field(ge=1, lt=2**31)]
    rows: Annotated[list[ShownTexts], Field(max_length=2 * MAX_ROWS)]
    text: str
    layout: Layout | None = None

    @property
    def form_class(self) -> type[RowForm]:
        return FORMS[self.section]


def columns_of(form_class: type[RowForm], *, with_task_amounts: bool) -> list[Column]:
    """The columns of a section in their order; the amount of tasks stands only where the template asks for it."""
    columns = []
    for name in form_class.section.fields:
        field = form_class.base_fields[name]
        limit = field.max_length if isinstance(field, Text) else None
        if name != "amount" or with_task_amounts:
            columns.append(Column(name, str(field.label), limit, isinstance(field, Line)))
    return columns
