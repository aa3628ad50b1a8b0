"""Files that must be refused, each with the message that people get."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook

from declarations.form_layout import GOALS_SHEET, IDENTITY_SHEET, SHEETS
from declarations.imports.form_workbook import OTHER_LAYOUT, SPOILT
from declarations.imports.guard import BOMB, BROKEN, MAX_BYTES, SAVE_AS
from declarations.imports.official_table import NO_TABLE
from tests.declarations.imports.building import (
    HEADINGS,
    ROWS,
    SHEET_PART,
    fill,
    inline_rows,
    package,
    parts_of,
    repacked,
    rows_from,
    saved,
    sheet_with,
    typed,
    with_sheet_data,
    with_strings_part,
)
from tests.declarations.imports.readable import form

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NOT_A_WORKBOOK = "不是 Excel 工作簿。请上传从本系统下载并填写的 .xlsx 文件。"
PICTURE = f"这是图片，{NOT_A_WORKBOOK}"
ARCHIVE = f"这是压缩包，{NOT_A_WORKBOOK}"
TEXT = f"这是 CSV 等文本文件，不是 Excel 工作簿。{SAVE_AS}"
MARKUP = f"这是网页或 XML 文件（可能只是以 .xls 命名），不是 Excel 工作簿。{SAVE_AS}"
MACROS = f"该工作簿含有宏（.xlsm），为安全起见不予读取。{SAVE_AS}"
TWO_IN_ONE_SHEET = "工作表“Sheet1”中有多张申报表，请只保留一张后再上传。"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "哈">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@dataclass(frozen=True)
class Refused:
    build: Callable[[], bytes]
    message: str
    ending: str = "xlsx"


def ole(*streams: str) -> bytes:
    """The beginning of an OLE file and the names of its streams, as its directory has them."""
    return OLE + bytes(504) + b"".join(name.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in streams)


def encrypted_package() -> bytes:
    """A zip file whose parts ask for a password."""
    contents = bytearray(package({"[Content_Types].xml": "x"}, ZIP_STORED))
    contents[6] |= 1
    contents[contents.index(b"PK\x01\x02") + 8] |= 1
    return bytes(contents)


def spoilt_data() -> bytes:
    """A workbook with one bit of its sheet turned over."""
    contents = bytearray(package(parts_of(typed()), ZIP_STORED))
    contents[contents.index(b"<v>100</v>") + 3] ^= 1
    return bytes(contents)


def lying_size() -> bytes:
    """A sheet of 30 MB that says that it has 1,000 bytes."""
    contents = bytearray(with_sheet_data(" " * 30_000_000))
    with ZipFile(BytesIO(contents)) as file:
        size = file.getinfo(SHEET_PART).file_size.to_bytes(4, "little")
    return bytes(contents.replace(size, (1000).to_bytes(4, "little")))


def many_parts() -> bytes:
    return package({f"xl/media/{number}": b"" for number in range(3000)})


def doubled_part() -> bytes:
    contents = BytesIO(typed())
    with ZipFile(contents, "a") as file:
        file.writestr(ZipInfo("XL/Workbook.xml"), "<workbook/>")
    return contents.getvalue()


def two_sheets() -> bytes:
    workbook = sheet_with()
    fill(workbook.create_sheet("第二张"), ROWS)
    return saved(workbook)


def many_sheets() -> bytes:
    workbook = sheet_with()
    for number in range(100):
        workbook.create_sheet(f"空表{number}")
    return saved(workbook)


def only_hidden() -> bytes:
    workbook = sheet_with()
    workbook.create_sheet("空表")
    workbook.worksheets[0].sheet_state = "hidden"
    return saved(workbook)


def changed_form(change: Callable[[Workbook], None]) -> Callable[[], bytes]:
    def build() -> bytes:
        workbook = form()
        change(workbook)
        return saved(workbook)

    return build


def without_sheets(workbook: Workbook) -> None:
    for name in SHEETS:
        del workbook[name]


def cell_row(row: int, *cells: str) -> str:
    return f'<row r="{row}">{"".join(cells)}</row>'


def filled_cell(place: str) -> str:
    return f'<c r="{place}"><v>1</v></c>'


def identity(**changes: Any) -> Callable[[], bytes]:
    return lambda: saved(form(identity=changes))


WORKSHEETS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"

REFUSED: dict[str, Refused] = {
    "空文件": Refused(lambda: b"", "文件是空的。请重新选择文件。"),
    "超过5MB": Refused(lambda: typed() + bytes(MAX_BYTES), "文件超过 5 MB。请删除其中的图片和无关工作表后再上传。"),
    "旧版工作簿": Refused(lambda: ole("Workbook"), f"这是旧版 Excel 工作簿（.xls），无法读取。{SAVE_AS}", "xls"),
    "更旧的工作簿": Refused(lambda: ole("Book"), f"这是旧版 Excel 工作簿（.xls），无法读取。{SAVE_AS}", "xls"),
    "加密的工作簿": Refused(
        lambda: ole("EncryptionInfo", "EncryptedPackage"), "该文件设有打开密码，无法读取。请取消密码并保存后再上传。"
    ),
    "旧版Word文档": Refused(lambda: ole("WordDocument"), f"这是 Word 文档，不是 Excel 工作簿。{SAVE_AS}", "doc"),
    "旧版演示文稿": Refused(lambda: ole("PowerPoint Document"), f"这是演示文稿，不是 Excel 工作簿。{SAVE_AS}", "ppt"),
    "其他旧格式": Refused(lambda: ole("ET"), f"这是旧版 Office 或 WPS 格式的文件，无法读取。{SAVE_AS}", "et"),
    "PNG图片": Refused(lambda: b"\x89PNG\r\n\x1a\n" + bytes(20), PICTURE, "png"),
    "JPEG图片": Refused(lambda: b"\xff\xd8\xff\xe0" + bytes(20), PICTURE, "jpg"),
    "GIF图片": Refused(lambda: b"GIF89a" + bytes(20), PICTURE, "gif"),
    "BMP图片": Refused(lambda: b"BM" + bytes(20), PICTURE, "bmp"),
    "TIFF图片": Refused(lambda: b"II*\x00" + bytes(20), PICTURE, "tif"),
    "WEBP图片": Refused(lambda: b"RIFF\x00\x00\x00\x00WEBP", PICTURE, "webp"),
    "PDF": Refused(lambda: b"%PDF-1.7\n", f"这是 PDF 文件，{NOT_A_WORKBOOK}", "pdf"),
    "RTF": Refused(lambda: b"{\\rtf1\\ansi}", f"这是 RTF 文档，{NOT_A_WORKBOOK}", "rtf"),
    "RAR": Refused(lambda: b"Rar!\x1a\x07\x01\x00", ARCHIVE, "rar"),
    "7z": Refused(lambda: b"7z\xbc\xaf\x27\x1c", ARCHIVE, "7z"),
    "GZIP": Refused(lambda: b"\x1f\x8b\x08\x00", ARCHIVE, "gz"),
    "CSV": Refused(lambda: "一级指标,二级指标\n产出,数量\n".encode() * 400, TEXT, "csv"),
    "国标码的CSV": Refused(lambda: "一级指标,二级指标\n产出,数量\n".encode("gb18030"), TEXT, "csv"),
    "以BM开头的文本": Refused(lambda: "BM1,编码,名称\n".encode(), TEXT, "csv"),
    "UTF-16的文本": Refused(lambda: "一级指标\t二级指标\n".encode("utf-16"), TEXT, "txt"),
    "网页": Refused(lambda: "\ufeff\n<html><table><tr><td>一级指标</td></tr></table></html>".encode(), MARKUP, "xls"),
    "XML表格": Refused(
        lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', MARKUP, "xls"
    ),
    "录音": Refused(lambda: b"RIFF\x00\x00\x00\x00WAVE", f"无法识别该文件的格式，{NOT_A_WORKBOOK}", "wav"),
    "不明文件": Refused(lambda: bytes(range(256)), f"无法识别该文件的格式，{NOT_A_WORKBOOK}", "dat"),
    "Word文档": Refused(
        lambda: package({"[Content_Types].xml": "", "word/document.xml": ""}),
        f"这是 Word 文档，不是 Excel 工作簿。{SAVE_AS}",
        "docx",
    ),
    "演示文稿": Refused(
        lambda: package({"[Content_Types].xml": "", "ppt/presentation.xml": ""}),
        f"这是演示文稿，不是 Excel 工作簿。{SAVE_AS}",
        "pptx",
    ),
    "二进制工作簿": Refused(
        lambda: package({"[Content_Types].xml": "", "xl/workbook.bin": b""}),
        f"这是二进制 Excel 工作簿（.xlsb），无法读取。{SAVE_AS}",
        "xlsb",
    ),
    "ODS": Refused(
        lambda: package({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}),
        f"这是 ODS 等 OpenDocument 文件，无法读取。{SAVE_AS}",
        "ods",
    ),
    "压缩包": Refused(lambda: package({"申报表.xlsx": typed()}), ARCHIVE, "zip"),
    "截断的文件": Refused(lambda: typed()[:-500], BROKEN),
    "只有开头": Refused(lambda: b"PK\x03\x04", BROKEN),
    "内容损坏": Refused(spoilt_data, BROKEN),
    "大小不符": Refused(lying_size, BROKEN),
    "不支持的压缩": Refused(lambda: package(parts_of(typed()), ZIP_LZMA), BROKEN),
    "缺工作簿部分": Refused(
        lambda: package({name: part for name, part in parts_of(typed()).items() if name != "xl/workbook.xml"}), BROKEN
    ),
    "缺工作表部分": Refused(
        lambda: package({name: part for name, part in parts_of(typed()).items() if name != SHEET_PART}), BROKEN
    ),
    "不是XML": Refused(lambda: repacked(typed(), {SHEET_PART: "<worksheet><row>"}), BROKEN),
    "坐标有误": Refused(lambda: with_sheet_data(cell_row(1, filled_cell("1A"))), BROKEN),
    "行号有误": Refused(lambda: with_sheet_data('<row r="一"/>'), BROKEN),
    "引用不存在的文字": Refused(lambda: with_sheet_data(cell_row(1, '<c r="A1" t="s"><v>9</v></c>')), BROKEN),
    "过长的文字": Refused(
        lambda: with_sheet_data(cell_row(1, f'<c r="A1" t="inlineStr"><is><t>{"字" * 32768}</t></is></c>')), BROKEN
    ),
    "加密的压缩文件": Refused(encrypted_package, "该压缩文件设有密码，无法读取。请取消密码并保存后再上传。"),
    "宏": Refused(lambda: repacked(typed(), {"xl/vbaProject.bin": b"x"}), MACROS, "xlsm"),
    "没有宏的xlsm": Refused(
        lambda: repacked(
            typed(),
            {
                "[Content_Types].xml": lambda xml: xml.replace(
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
            },
        ),
        MACROS,
        "xlsm",
    ),
    "宏表": Refused(lambda: repacked(typed(), {"xl/macrosheets/sheet1.xml": "<x/>"}), MACROS),
    "解压炸弹": Refused(lambda: repacked(typed(), {"xl/media/a.png": bytes(101 * 1024**2)}), BOMB),
    "工作表过大": Refused(lambda: with_sheet_data(" " * (41 * 1024**2)), BOMB),
    "部分过多": Refused(many_parts, BOMB),
    "重名的部分": Refused(doubled_part, BOMB),
    "实体炸弹": Refused(lambda: with_sheet_data(inline_rows([["&i;"]]), before=LAUGHS), BOMB),
    "共享文字中的实体炸弹": Refused(lambda: with_strings_part(typed(), "<si><t>&i;</t></si>", before=LAUGHS), BOMB),
    "外部实体": Refused(
        lambda: with_sheet_data(
            inline_rows([["&x;"]]), before='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        ),
        BOMB,
    ),
    "嵌套过深": Refused(lambda: with_sheet_data("<row>" * 100_000), BOMB),
    "元素过多": Refused(lambda: with_sheet_data("<row/>" * 300_001), BOMB),
    "共享文字过多": Refused(lambda: with_strings_part(typed(), "<si/>" * 300_001), BOMB),
    "过长的标记": Refused(lambda: with_sheet_data(f'<row r="{"1" * 20_000_000}"/>'), BOMB),
    "最末单元格": Refused(
        lambda: with_sheet_data(cell_row(1048576, filled_cell("XFD1048576"))),
        "工作表“Sheet1”第 1048576 行 XFD 列有内容，超出可读取的范围（64 列）。请删除该单元格及其所在列后再上传。",
    ),
    "第65列有内容": Refused(
        lambda: typed(cells={"BM1": "x"}),
        "工作表“Sheet1”第 1 行 BM 列有内容，超出可读取的范围（64 列）。请删除该单元格及其所在列后再上传。",
    ),
    "2001行": Refused(
        lambda: with_sheet_data(inline_rows([*ROWS, *([None, None, "x"] for _ in range(2001 - len(ROWS)))])),
        "工作表“Sheet1”有内容的行超过 2000 行。请删除无关的行后再上传。",
    ),
    "文字过多": Refused(
        lambda: with_sheet_data(inline_rows([["字" * 30_000] * 60] * 2)),
        "工作簿中的文字超过 300 万字。请删除无关的内容后再上传。",
    ),
    "合并单元格过多": Refused(
        lambda: with_sheet_data(
            inline_rows(ROWS),
            "".join(f'<mergeCell ref="A{row}:A{row + 1}"/>' for row in range(100, 5101)),
        ),
        "工作表“Sheet1”的合并单元格超过 5000 个，无法读取。",
    ),
    "工作表过多": Refused(many_sheets, "工作簿有 101 个工作表，超过 100 个。请删除无关的工作表后再上传。"),
    "没有表格": Refused(lambda: typed([["通讯录"], ["姓名", "电话"], ["张三", 123]]), NO_TABLE),
    "空白工作簿": Refused(lambda: saved(Workbook()), NO_TABLE),
    "没有指标": Refused(lambda: typed(ROWS[:11]), NO_TABLE),
    "表头缺指标值": Refused(lambda: typed(cells={"E12": "数值"}), NO_TABLE),
    "只有隐藏的表": Refused(only_hidden, NO_TABLE),
    "两个工作表各一张": Refused(
        two_sheets, "工作表“Sheet1”、“第二张”中各有一张申报表，无法确定读取哪一张。请只保留一张后再上传。"
    ),
    "一个工作表两张": Refused(lambda: typed([*ROWS, *ROWS]), TWO_IN_ONE_SHEET),
    "两个不同的表头": Refused(
        lambda: typed(rows_from(16, [*HEADINGS[:4], HEADINGS[5], HEADINGS[4]])), TWO_IN_ONE_SHEET
    ),
    "填报表的其他版本": Refused(identity(layout=2), OTHER_LAYOUT),
    "填报表的标识有误": Refused(identity(declaration="甲"), SPOILT),
    "填报表缺标识": Refused(changed_form(lambda workbook: workbook[IDENTITY_SHEET].delete_rows(2)), SPOILT),
    "填报表删去行标识": Refused(changed_form(lambda workbook: workbook[GOALS_SHEET].delete_cols(1)), SPOILT),
    "填报表删去内容列": Refused(changed_form(lambda workbook: workbook[GOALS_SHEET].delete_cols(2)), SPOILT),
    "填报表删去全部工作表": Refused(changed_form(without_sheets), SPOILT),
    "填报表右边有内容": Refused(
        changed_form(lambda workbook: workbook[GOALS_SHEET].cell(2, 100, "x")),
        "工作表“履职目标”第 2 行 CV 列有内容，超出可读取的范围（64 列）。请删除该单元格及其所在列后再上传。",
    ),
}
