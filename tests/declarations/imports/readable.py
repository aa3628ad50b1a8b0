"""Workbooks that must be read, each with what is to be found in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zipfile import ZIP_STORED

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils.datetime import MAC_EPOCH

from declarations.document import Document
from declarations.exports.workbook import render_workbook
from declarations.form_layout import (
    BUDGET_SHEET,
    GOALS_SHEET,
    IDENTITY_NAMES,
    IDENTITY_SHEET,
    INSTRUCTIONS_SHEET,
    SHEETS,
    TARGETS_SHEET,
    TASKS_SHEET,
)
from declarations.imports.guard import MAX_BYTES
from declarations.imports.reading import Reading
from tests.declarations import documents
from tests.declarations.imports.building import (
    HEADER_ROW,
    HEADINGS,
    ROWS,
    SHEET_PART,
    STRINGS_PART,
    columns_moved,
    fill,
    formatted,
    inline_rows,
    package,
    parts_of,
    repacked,
    rows_from,
    saved,
    sheet_with,
    typed,
    with_shared_strings,
    with_sheet_data,
)

HEAD: dict[str, Any] = {
    "identity": None,
    "department": "市文化局",
    "fiscal_year": 2023,
    "goals": [{"text": "办好文化惠民演出；"}, {"text": "保护文物。"}],
    "tasks": [{"name": "送戏下乡", "content": "全年演出100场"}],
    "budget": {
        "total": "120.5",
        "fiscal_funds": "120",
        "other_funds": "0.5",
        "basic_expenditure": "80.25",
        "project_expenditure": "40.25",
    },
}
PERFORMANCES = {
    "primary": "产出指标",
    "secondary": "重点工作任务完成",
    "name": "演出场次",
    "comparison": "ge",
    "value": "100",
    "unit": "场",
    "scoring_standard": "",
    "explanation": "全年演出",
    "remark": "5分",
}
QUALITY = PERFORMANCES | {
    "name": "演出质量",
    "comparison": "qualitative",
    "value": "优良",
    "unit": "",
    "explanation": "专家评定",
    "remark": "",
}
SATISFACTION = PERFORMANCES | {
    "primary": "效益指标",
    "secondary": "履职效益",
    "name": "观众满意度",
    "value": "95",
    "unit": "%",
    "scoring_standard": "每降低1%扣1分",
    "explanation": "问卷调查",
    "remark": "10分",
}
KEYS = [f"00000000-0000-4000-8000-{number:012}" for number in range(1, 7)]
IDENTITY = {"declaration": 7, "fiscal_year": 2023, "department_code": "430400007", "template": 3, "digest": "ab" * 32}


def found(*targets: dict[str, str], problems: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
    """What is found in the typed table, with changes."""
    listed = list(targets) or [PERFORMANCES, QUALITY, SATISFACTION]
    return {**HEAD, "targets": listed, "problems": list(problems), **changes}


def found_first(**changes: str) -> dict[str, Any]:
    """What is found where only the first target differs."""
    return found(PERFORMANCES | changes, QUALITY, SATISFACTION)


@dataclass(frozen=True)
class Readable:
    build: Callable[[], bytes]
    expected: dict[str, Any] = field(default_factory=found)


def summary(reading: Reading) -> dict[str, Any]:
    """A reading as it is written down here."""
    part = {
        name: None if rows is None else [({"key": row.key} if row.key else {}) | row.texts for row in rows]
        for name, rows in (("goals", reading.goals), ("tasks", reading.tasks))
    }
    return {
        "identity": reading.identity and reading.identity.model_dump(),
        "department": reading.department,
        "fiscal_year": reading.fiscal_year,
        **part,
        "budget": reading.budget,
        "targets": [
            ({"key": row.key} if row.key else {}) | {"primary": row.primary, "secondary": row.secondary} | row.texts
            for row in reading.targets or ()
        ],
        "problems": [f"{problem.level} {problem.location or ''}：{problem.message}" for problem in reading.problems],
    }


def expected_of(document: Document) -> dict[str, Any]:
    """What is to be found in the official table of a document."""
    return {
        "identity": None,
        "department": document.department,
        "fiscal_year": document.fiscal_year,
        "goals": [{"text": goal.text} for goal in document.duty_goals],
        "tasks": [
            {"name": task.name, "content": task.content}
            | ({"amount": task.amount} if document.with_task_amounts else {})
            for task in document.main_tasks
        ],
        "budget": document.budget.model_dump(),
        "targets": [
            {"primary": primary.name, "secondary": group.name}
            | {name: value for name, value in target.model_dump().items() if name not in ("key", "common")}
            for primary, group, target in document.targets()
        ],
        "problems": [],
    }


def exported(document: Document) -> Readable:
    return Readable(lambda: render_workbook(document), expected_of(document))


def formatted_rows_below() -> bytes:
    workbook = sheet_with()
    for row in range(18, 4000):
        workbook.worksheets[0].cell(row, 3).fill = PatternFill("solid", "FFFFFF00")
        workbook.worksheets[0].row_dimensions[row].height = 20
    return saved(workbook)


def hidden_rows() -> bytes:
    workbook = sheet_with()
    for row in (14, 15, 30):
        workbook.worksheets[0].row_dimensions[row].hidden = True
    return saved(workbook)


def with_sheet(title: str, rows: list[list[Any]], *, hidden: bool = False) -> bytes:
    workbook = sheet_with()
    sheet = workbook.create_sheet(title, 0)
    fill(sheet, rows)
    sheet.sheet_state = "hidden" if hidden else "visible"
    return saved(workbook)


def strict() -> bytes:
    """As Excel saves a "Strict Open XML" workbook."""
    parts = parts_of(typed())
    transitional, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    return package({name: part.replace(transitional, strict) for name, part in parts.items()})


def prefixed() -> bytes:
    """With a prefix before each name, as some systems write it."""

    def prefix(xml: str) -> str:
        xml = xml.replace(
            'xmlns="http://schemas.openxmlformats.org/sp', 'xmlns:x="http://schemas.openxmlformats.org/sp'
        )
        return re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml)

    parts = (SHEET_PART, STRINGS_PART, "xl/styles.xml")
    return repacked(with_shared_strings(typed()), dict.fromkeys(parts, prefix))


def with_cached_values() -> bytes:
    """The budget's total and the first value as formulas with results."""

    def formulas(xml: str) -> str:
        xml = xml.replace('<c r="F7" t="n"><v>120.5', '<c r="F7"><f>F8+F9</f><v>120.5')
        return xml.replace('<c r="E14" t="n"><v>100', '<c r="E14"><f>SUM(99,1)</f><v>100')

    return repacked(typed(), {SHEET_PART: formulas})


def with_cell(place: str, xml: str) -> bytes:
    """The typed table with the cell at `place` written so."""
    return repacked(typed(), {SHEET_PART: lambda sheet: re.sub(rf'<c r="{place}".*?(?:</c>|/>)', xml, sheet)})


def since_1904() -> bytes:
    workbook = sheet_with(cells={"E14": date(2023, 9, 30)})
    workbook.epoch = MAC_EPOCH
    workbook.worksheets[0]["E14"].number_format = 'yyyy"年"m"月"d"日"'
    return saved(workbook)


def of_5_mb() -> bytes:
    """Exactly as large as a file may be."""
    parts = parts_of(typed())
    room = MAX_BYTES - len(package({**parts, "xl/media/a.png": b""}, ZIP_STORED))
    return package({**parts, "xl/media/a.png": bytes(room)}, ZIP_STORED)


def of_100_sheets() -> bytes:
    workbook = sheet_with()
    for number in range(99):
        workbook.create_sheet(f"空表{number}")
    return saved(workbook)


FORM_ROWS = {
    GOALS_SHEET: [[KEYS[0], "办好文化惠民演出；"], [None, "新目标"]],
    TASKS_SHEET: [[KEYS[1], "送戏下乡", "全年演出100场", 12.5]],
    BUDGET_SHEET: [
        ["total", "部门预算总额", 120.5],
        ["fiscal_funds", "财政性资金", "120 "],
        ["other_funds", "其他资金", "约1"],
        ["basic_expenditure", "基本支出", None],
        ["project_expenditure", "项目支出", 0.1 + 0.2],
    ],
    TARGETS_SHEET: [
        [KEYS[2], "产出指标", "重点工作任务完成", "共性", "演出场次", "≥", 100, "场", None, "全年演出", "5分"],
        [KEYS[3], "产出指标", "重点工作任务完成", "个性", "演出质量", "", "≥95%", "", "场"],
        [None, "效益指标", "履职效益", "个性", "观众满意度", None, "不低于95％", None, "每降低1%扣1分"],
        [None, "效益指标", "履职效益", "个性"],
    ],
}
FORM_FOUND = {
    "identity": IDENTITY,
    "department": None,
    "fiscal_year": None,
    "goals": [{"key": KEYS[0], "text": "办好文化惠民演出；"}, {"text": "新目标"}],
    "tasks": [{"key": KEYS[1], "name": "送戏下乡", "content": "全年演出100场", "amount": "12.5"}],
    "budget": {
        "total": "120.5",
        "fiscal_funds": "120 ",
        "other_funds": "约1",
        "basic_expenditure": "",
        "project_expenditure": "0.3",
    },
    "targets": [
        {"key": KEYS[2]} | PERFORMANCES,
        {"key": KEYS[3]} | QUALITY | {"comparison": "", "value": "≥95%", "scoring_standard": "场", "explanation": ""},
        SATISFACTION | {"explanation": "", "remark": ""},
    ],
    "problems": [],
}


def form(rows: dict[str, list[list[Any]]] | None = None, identity: dict[str, Any] | None = None) -> Workbook:
    """The form as a department gets it; with `rows` by sheet, in place of those that it has."""
    workbook = Workbook()
    workbook.worksheets[0].title = INSTRUCTIONS_SHEET
    for name, columns in SHEETS.items():
        sheet_rows = (FORM_ROWS | (rows or {}))[name]
        fill(workbook.create_sheet(name), [[column.heading for column in columns], *sheet_rows])
    sheet = workbook.create_sheet(IDENTITY_SHEET)
    texts = {"layout": 1, **IDENTITY, **(identity or {})}
    fill(sheet, [[name, texts[name]] for name in IDENTITY_NAMES])
    sheet["B4"].data_type = "s"
    sheet.sheet_state = "veryHidden"
    return workbook


def form_without(sheet: str) -> bytes:
    workbook = form()
    del workbook[sheet]
    return saved(workbook)


TARGET_ROW = FORM_ROWS[TARGETS_SHEET][0]
LONG_TEXT = "\n".join(f"第{number}行" for number in range(90))
PROJECT_SHEET = [["项目支出绩效目标表"], ["一级指标", "二级指标", "三级指标", "指标值"], ["产出指标", "数量", "甲", 1]]

READABLE: dict[str, Readable] = {
    "导出的参考表": exported(documents.reference_document()),
    "导出的高行": exported(
        documents.document_with(
            documents.target(explanation=LONG_TEXT), documents.target(key="target-2", name="第二项", unit="次")
        )
    ),
    "导出的任务金额": exported(
        documents.document(main_tasks=(documents.task(amount="838.14"),), with_task_amounts=True)
    ),
    "导出的形似公式的文字": exported(
        documents.document(
            duty_goals=(documents.goal(text="=1+1"),),
            main_tasks=(documents.task(name="+1", content="a_x0041_b"),),
            indicators=(
                documents.primary(
                    documents.group(documents.target(name="@SUM(A1)", explanation="-1", remark=" 尾随空格 "))
                ),
            ),
        )
    ),
    "手工填写": Readable(typed),
    "合并单元格": Readable(
        lambda: typed(
            merged=("A1:H1", "A3:B3", "C3:H3", "A4:B4", "C4:H4", "A5:B6", "C5:E5", "A13:A15", "B13:B15", "A16:A17")
        )
    ),
    "分组名称逐行重复": Readable(
        lambda: typed(
            cells={
                **{f"{column}{row}": ROWS[12][index] for row in (14, 15) for index, column in enumerate("AB")},
                **{f"{column}17": ROWS[15][index] for index, column in enumerate("AB")},
            }
        )
    ),
    "没有二级指标行": Readable(
        lambda: typed(
            [
                *ROWS[:HEADER_ROW],
                ["产出指标", "重点工作任务完成", *ROWS[13][2:]],
                ROWS[14],
                ["效益指标", "履职效益", *ROWS[16][2:]],
            ]
        )
    ),
    "二级指标行不填横线": Readable(lambda: typed(cells={"C13": None, "C16": "——", "D16": "-", "E16": "-"})),
    "列名写法不同": Readable(
        lambda: typed(
            cells={
                "A12": "一 级 指 标",
                "C12": "三级指标\n（必填）",
                "D12": "指标值类型＊",
                "F12": "评／扣分标准",
                "G12": "指标解释",
                "A3": "部门(单位)名称：",
            }
        )
    ),
    "列的次序不同": Readable(lambda: columns_moved([3, 8, 7, 6, 5, 4, 2, 1])),
    "有序号列": Readable(
        lambda: typed(
            [
                *ROWS[: HEADER_ROW - 1],
                ["序号", *HEADINGS],
                *([number, *row] for number, row in enumerate(ROWS[HEADER_ROW:], 1)),
            ]
        )
    ),
    "有度量单位列": Readable(
        lambda: typed(cells={"I12": "度量单位", "I14": "场", "F14": None, "F15": None, "E17": 95, "I17": "%"})
    ),
    "有不认识的列": Readable(
        lambda: typed(cells={"I12": "分值", "I14": 5}),
        found(problems=("hint 工作表“Sheet1”第 12 行 I 列：“分值”列不属于申报表，未读取",)),
    ),
    "缺备注列": Readable(
        lambda: columns_moved([1, 2, 3, 4, 5, 6, 7]),
        found(
            *(
                {name: text for name, text in row.items() if name != "remark"}
                for row in (PERFORMANCES, QUALITY, SATISFACTION)
            ),
            problems=("hint 工作表“Sheet1”第 12 行：表中没有“备注”列，这些内容不作改动",),
        ),
    ),
    "百分比以小数保存": Readable(lambda: formatted({"E17": 0.95}, {"E17": "0%"})),
    "百分比有小数": Readable(
        lambda: formatted({"E17": 0.9555}, {"E17": "0.00%"}),
        found(PERFORMANCES, QUALITY, SATISFACTION | {"value": "95.55"}),
    ),
    "小数的二进制误差": Readable(lambda: typed(cells={"E14": 0.1 + 0.2}), found_first(value="0.3")),
    "除不尽的计算结果": Readable(lambda: formatted({"E14": 200 / 3}, {"E14": "0.00"}), found_first(value="66.67")),
    "六位小数的金额": Readable(
        lambda: formatted({"F7": 72807.384975}, {"F7": "#,##0.00"}),
        found(budget=HEAD["budget"] | {"total": "72807.384975"}),
    ),
    "公式取计算结果": Readable(with_cached_values),
    "日期": Readable(
        lambda: formatted({"E14": date(2023, 9, 30)}, {"E14": 'm"月"d"日"'}), found_first(value="9月30日")
    ),
    "一九零四日期系统": Readable(since_1904, found_first(value="2023年9月30日")),
    "单位在数字格式里": Readable(
        lambda: formatted({"E14": 100, "F14": "少1场扣1分"}, {"E14": '0"场"'}),
        found_first(scoring_standard="少1场扣1分"),
    ),
    "指标值含符号": Readable(lambda: typed(cells={"D14": None, "E14": "≧ 100场", "D17": None, "E17": "≥95%"})),
    "指标值含文字比较": Readable(
        lambda: typed(cells={"D14": None, "E14": "不少于100场", "D17": None, "E17": "不低于９５％"})
    ),
    "全角符号": Readable(
        lambda: typed(cells={"D14": "＞＝", "D17": "≧", "E17": "９５％"}),
    ),
    "无法拆分的指标值": Readable(
        lambda: typed(cells={"D14": None, "E14": "约5.5万人次", "E15": "不低于上年度水平", "E17": "1600人、200人"}),
        found(
            PERFORMANCES | {"comparison": "", "value": "约5.5万人次"},
            QUALITY | {"value": "不低于上年度水平"},
            SATISFACTION | {"value": "1600人、200人", "unit": ""},
        ),
    ),
    "带格式的空行": Readable(formatted_rows_below),
    "最末单元格有格式无内容": Readable(
        lambda: repacked(
            typed(),
            {
                SHEET_PART: lambda xml: xml.replace(
                    "</sheetData>", '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
                ).replace('<dimension ref="A1:H17"', '<dimension ref="A1:XFD1048576"')
            },
        )
    ),
    "声明的区域有误": Readable(
        lambda: repacked(
            typed(), {SHEET_PART: lambda xml: xml.replace('<dimension ref="A1:H17"', '<dimension ref="A1"')}
        )
    ),
    "隐藏的行": Readable(
        hidden_rows, found(problems=("hint ：工作表“Sheet1”中隐藏的第 14、15 行也已读取，请一并核对",))
    ),
    "隐藏的工作表不读": Readable(lambda: with_sheet("旧表", [list(row) for row in ROWS], hidden=True)),
    "另有说明工作表": Readable(lambda: with_sheet("说明", [["填写说明"], ["三级指标", "请逐项填写"]])),
    "另有项目绩效表": Readable(
        lambda: with_sheet("项目", PROJECT_SHEET),
        found(problems=("hint ：工作表“项目”不是整体绩效目标申报表，未读取",)),
    ),
    "每页重复表头": Readable(lambda: typed(rows_from(16, HEADINGS))),
    "表尾签字": Readable(
        lambda: typed([*ROWS, [], ["填报人：张三", None, "联系电话：0734-1234567"], ["单位负责人："]]),
        found(
            problems=(
                "hint 工作表“Sheet1”第 19 行：“填报人：张三”一行未读取",
                "hint 工作表“Sheet1”第 20 行：“单位负责人：”一行未读取",
            )
        ),
    ),
    "表头有其他内容": Readable(
        lambda: typed(rows_from(4, ["部门编码", None, "430400007"])),
        found(problems=("hint 工作表“Sheet1”第 4 行：“部门编码”一行未读取",)),
    ),
    "内嵌文字": Readable(lambda: with_sheet_data(inline_rows(ROWS))),
    "单元格不写坐标": Readable(lambda: with_sheet_data(inline_rows(ROWS, with_references=False))),
    "严格格式": Readable(strict),
    "元素名有前缀": Readable(prefixed),
    "正好5MB": Readable(of_5_mb),
    "一百个工作表": Readable(of_100_sheets),
    "第64列有内容": Readable(lambda: typed(cells={"BL1": "x"})),
    "五千个合并单元格": Readable(
        lambda: with_sheet_data(
            inline_rows(ROWS), "".join(f'<mergeCell ref="A{row}:A{row + 1}"/>' for row in range(100, 5100))
        )
    ),
    "最长的文字": Readable(
        lambda: typed(cells={"G14": "字" * 32767}),
        found_first(explanation="字" * 32767),
    ),
    "公式的结果是空文字": Readable(
        lambda: with_cell("H14", '<c r="H14" t="str"><f>IF(1,"")</f><v></v></c>'), found_first(remark="")
    ),
    "公式没有写结果": Readable(
        lambda: with_cell("H14", '<c r="H14" t="str"><f>IF(1,"")</f></c>'),
        found(
            PERFORMANCES | {"remark": ""},
            QUALITY,
            SATISFACTION,
            problems=("error 工作表“Sheet1”第 14 行 H 列：公式没有计算结果，请用 Excel 打开保存后再上传",),
        ),
    ),
    "未压缩": Readable(lambda: package(parts_of(typed()), ZIP_STORED)),
    "模板文件": Readable(
        lambda: repacked(
            typed(), {"[Content_Types].xml": lambda xml: xml.replace("sheet.main+xml", "template.main+xml")}
        )
    ),
    "样式有误": Readable(
        lambda: repacked(typed(), {"xl/styles.xml": lambda xml: xml.replace("<font>", '<font scheme="x" wrong="1">')})
    ),
    "共享文字": Readable(lambda: with_shared_strings(typed())),
    "填报表的共享文字": Readable(lambda: with_shared_strings(saved(form())), FORM_FOUND),
    "富文本与拼音": Readable(
        lambda: with_shared_strings(
            with_cell(
                "C14",
                '<c r="C14" t="inlineStr"><is><r><t>演出</t></r><r><t>场次</t></r>'
                '<rPh sb="0" eb="2"><t>yanchu</t></rPh></is></c>',
            )
        )
    ),
    "转义字符": Readable(
        lambda: with_cell("G14", '<c r="G14" t="inlineStr"><is><t>全年_x000D_\n演出_x0007__x005F_x0041_</t></is></c>'),
        found_first(explanation="全年\n演出_x0041_"),
    ),
    "名称中有换行": Readable(lambda: typed(cells={"C14": "演出\n场次", "A13": "产出\n指标"})),
    "逻辑值": Readable(lambda: typed(cells={"H14": True}), found_first(remark="TRUE")),
    "评分标准合并多行": Readable(
        lambda: typed(cells={"F14": "少1场扣1分", "E14": "100场", "F15": None}, merged=("F14:F15",)),
        found(
            PERFORMANCES | {"scoring_standard": "少1场扣1分"},
            QUALITY | {"scoring_standard": "少1场扣1分"},
            SATISFACTION,
        ),
    ),
    "定性指标的单位": Readable(
        lambda: typed(cells={"F15": "/", "F14": "／", "F17": "无"}),
        found(
            PERFORMANCES | {"unit": "", "scoring_standard": "／"},
            QUALITY,
            SATISFACTION | {"value": "95%", "unit": "无", "scoring_standard": ""},
        ),
    ),
    "目标用数字编号": Readable(lambda: typed(cells={"C4": "1、办好文化惠民演出；\n2、保护文物。"})),
    "目标用半角冒号": Readable(lambda: typed(cells={"C4": "目标1:办好文化惠民演出；\n目标二：保护文物。"})),
    "目标分行填写": Readable(
        lambda: typed(rows_from(5, [None, None, "目标2：保护文物。"]), {"C4": "目标1：办好文化惠民演出；"})
    ),
    "目标没有编号": Readable(
        lambda: typed(cells={"C4": "办好文化惠民演出；\n\n保护文物。"}),
        found(problems=("hint 工作表“Sheet1”第 4 行 C 列：没有“目标1：”等编号，已按行分为 2 条目标，请核对",)),
    ),
    "目标跨行": Readable(
        lambda: typed(cells={"C4": "目标1：办好\n文化惠民演出；\n目标3：保护文物。"}),
        found(goals=[{"text": "办好\n文化惠民演出；"}, {"text": "目标3：保护文物。"}]),
    ),
    "任务没有小标题": Readable(
        lambda: typed(rows_from(5, ["年度主要任务", None, "送戏下乡", "全年演出100场"], instead_of=2))
    ),
    "任务有金额": Readable(
        lambda: typed(cells={"H5": "金额（万元）", "H6": "12.50万元"}),
        found(tasks=[{"name": "送戏下乡", "content": "全年演出100场", "amount": "12.50"}]),
    ),
    "没有任务": Readable(lambda: typed(cells={"C6": None, "F6": None}), found(tasks=[])),
    "没有预算部分": Readable(lambda: typed(rows_from(7, instead_of=5)), found(budget=None)),
    "只有指标": Readable(
        lambda: typed(ROWS[HEADER_ROW - 1 :]),
        found(department=None, fiscal_year=None, goals=None, tasks=None, budget=None),
    ),
    "预算带单位": Readable(lambda: typed(cells={"F7": "120.5万元", "F8": "120 万元"})),
    "预算以元为单位": Readable(
        lambda: typed(cells={"C7": "部门预算总额（元）"}),
        found(problems=("error 工作表“Sheet1”第 7 行 C 列：预算情况应以万元为单位，请换算后再上传",)),
    ),
    "预算一行两项": Readable(
        lambda: typed(
            rows_from(10, [None, None, "基本支出", 80.25, None, "项目支出", 40.25], instead_of=2),
        )
    ),
    "错误值": Readable(
        lambda: with_cell("E14", '<c r="E14" t="e"><f>X!A1</f><v>#REF!</v></c>'),
        found(
            PERFORMANCES | {"value": ""},
            QUALITY,
            SATISFACTION,
            problems=("error 工作表“Sheet1”第 14 行 E 列：单元格是错误值 #REF!（公式引用的单元格已不存在）",),
        ),
    ),
    "未用到的错误值": Readable(lambda: typed(cells={"K14": "#N/A"})),
    "公式没有结果": Readable(
        lambda: typed(cells={"F7": "=F8+F9"}),
        found(
            budget=HEAD["budget"] | {"total": ""},
            problems=("error 工作表“Sheet1”第 7 行 F 列：公式没有计算结果，请用 Excel 打开保存后再上传",),
        ),
    ),
    "日期超出范围": Readable(
        lambda: formatted({"E14": 99999999}, {"E14": "yyyy-mm-dd"}),
        found(
            PERFORMANCES | {"value": ""},
            QUALITY,
            SATISFACTION,
            problems=("error 工作表“Sheet1”第 14 行 E 列：单元格的数值“99999999”不是有效的数字或日期",),
        ),
    ),
    "指标值类型无法识别": Readable(
        lambda: typed(cells={"D14": "正向"}),
        found(
            PERFORMANCES | {"comparison": ""},
            QUALITY,
            SATISFACTION,
            problems=("error 工作表“Sheet1”第 14 行 D 列：指标值类型“正向”无法识别，应为 ≥、>、=、<、≤、定性 之一。",),
        ),
    ),
    "两千行": Readable(
        lambda: with_sheet_data(
            inline_rows([*ROWS, *([None, None, f"第{n}项", "≥", 1, "个"] for n in range(2000 - len(ROWS)))])
        ),
        found(
            PERFORMANCES,
            QUALITY,
            SATISFACTION,
            *(
                SATISFACTION
                | {"name": f"第{n}项", "value": "1", "unit": "个"}
                | dict.fromkeys(("scoring_standard", "explanation", "remark"), "")
                for n in range(2000 - len(ROWS))
            ),
        ),
    ),
    "填报表": Readable(lambda: saved(form()), FORM_FOUND),
    "填报表复制行": Readable(
        lambda: saved(form({TARGETS_SHEET: [TARGET_ROW, TARGET_ROW]})),
        FORM_FOUND
        | {
            "targets": [{"key": KEYS[2]} | PERFORMANCES, PERFORMANCES],
            "problems": ["hint 工作表“绩效指标”第 3 行：该行由另一行复制而来，作为新增的一行读取"],
        },
    ),
    "填报表清空一行": Readable(
        lambda: saved(form({GOALS_SHEET: [[KEYS[0], None]]})),
        FORM_FOUND | {"goals": [{"key": KEYS[0], "text": ""}]},
    ),
    "填报表删去工作表": Readable(
        lambda: form_without(TASKS_SHEET),
        FORM_FOUND | {"tasks": None, "problems": ["hint ：没有工作表“主要任务”，该部分不作改动"]},
    ),
    "填报表指标值类型有误": Readable(
        lambda: saved(form({TARGETS_SHEET: [[*TARGET_ROW[:5], "约", *TARGET_ROW[6:]]]})),
        FORM_FOUND
        | {
            "targets": [{"key": KEYS[2]} | PERFORMANCES | {"comparison": ""}],
            "problems": ["error 工作表“绩效指标”第 2 行 F 列：指标值类型“约”无法识别，应为 ≥、>、=、<、≤、定性 之一。"],
        },
    ),
}
