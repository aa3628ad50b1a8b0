"""Whether a workbook is for the declaration into which it is to be imported."""

from declarations.document import Document
from declarations.imports.cell_texts import squeezed
from declarations.imports.reading import Identity, Reading
from declarations.offline_form import OfflineForm


def is_current(reading: Reading, document: Document) -> bool:
    """Whether the workbook is the form of the document as it stands now, not of an earlier state, nor another table."""
    return reading.identity is not None and reading.identity.digest == document.digest()


def refusal(reading: Reading, form: OfflineForm) -> str:
    """Why the workbook cannot be for this declaration, in Chinese; empty where it can."""
    if reading.identity:
        return _refusal_of_form(reading.identity, form)
    document, year = form.document, reading.fiscal_year
    if reading.department is not None and squeezed(reading.department) != squeezed(document.department):
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
