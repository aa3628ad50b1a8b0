"""Forms to take away, made of literal documents."""

from io import BytesIO
from typing import Any
from uuid import UUID

from openpyxl import Workbook, load_workbook

from declarations.document import Document
from declarations.exports.form_workbook import render_form_workbook
from declarations.imports import read_workbook
from declarations.imports.matching import Proposal, propose
from declarations.offline_form import OfflineForm
from tests.declarations.imports.building import saved


def offline_form(document: Document, **changes: Any) -> OfflineForm:
    """The form of the document; the value of each common indicator can be changed, and its remark."""
    fields = {
        "document": document,
        "declaration": 7,
        "template": 3,
        "round": f"{document.fiscal_year}年度整体绩效目标申报",
        "guidance": "各项指标应当量化。",
        "group_guidance": {group.key: f"{group.name}的填报提示" for _, group in document.groups()},
        "writable": {target.key: ("value", "remark") for _, _, target in document.targets() if target.common},
    }
    return OfflineForm(**{**fields, **changes})


def with_uuids(document: Document) -> Document:
    """The document with keys such as the database has, in the order of its rows."""
    numbers = iter(range(1, 10_000))

    def renamed(rows: Any) -> Any:
        return tuple(row.model_copy(update={"key": str(UUID(int=next(numbers)))}) for row in rows)

    return document.model_copy(
        update={
            "duty_goals": renamed(document.duty_goals),
            "main_tasks": renamed(document.main_tasks),
            "indicators": tuple(
                primary.model_copy(
                    update={
                        "groups": tuple(
                            group.model_copy(update={"targets": renamed(group.targets)}) for group in primary.groups
                        )
                    }
                )
                for primary in document.indicators
            ),
        }
    )


def form_workbook(form: OfflineForm) -> Workbook:
    """The form as it was downloaded, opened to be filled in."""
    return load_workbook(BytesIO(render_form_workbook(form)))


def uploaded(contents: bytes | Workbook, form: OfflineForm, **options: Any) -> Proposal:
    """What the workbook would make of the form."""
    if isinstance(contents, Workbook):
        contents = saved(contents)
    return propose(read_workbook(contents, "表.xlsx"), form, **options)
