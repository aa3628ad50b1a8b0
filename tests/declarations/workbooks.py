"""The form workbook of a stored declaration, as its preparer fills it in."""

from openpyxl import Workbook

from declarations import uploads
from declarations.form_layout import BUDGET_SHEET, GOALS_SHEET, TARGETS_SHEET
from declarations.imports import read_workbook
from declarations.models import Declaration, Upload
from declarations.offline_form import offline_form_of
from tests.declarations import builders
from tests.declarations.imports.building import saved
from tests.declarations.offline_forms import form_workbook

GOAL = "新增的履职目标"
TOTAL = "3000"


def downloaded(declaration: Declaration) -> Workbook:
    return form_workbook(offline_form_of(builders.fresh(declaration)))


def filled_in(declaration: Declaration, goals: int = 1) -> bytes:
    """The form with another total of the budget, some goals more and the last indicator renamed."""
    book = downloaded(declaration)
    sheet = book[GOALS_SHEET]
    first = next(row for row in range(2, sheet.max_row + 1) if not sheet.cell(row, 2).value)
    for row in range(first, first + goals):
        sheet.cell(row, 2).value = GOAL
    book[BUDGET_SHEET]["C2"].value = TOTAL
    book[TARGETS_SHEET].cell(last_target(book), 5).value = "改名的指标"
    return saved(book)


def last_target(book: Workbook) -> int:
    """The number of the last row that holds an indicator."""
    sheet = book[TARGETS_SHEET]
    return max(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 5).value)


def keep(declaration: Declaration, contents: bytes | None = None) -> Upload:
    """The workbook, or the form as `filled_in` changes it, uploaded by the preparer."""
    reading = read_workbook(contents or filled_in(declaration), "表.xlsx")
    return uploads.keep_upload(declaration.pk, builders.preparer_of(declaration), reading, "表.xlsx")
