"""Whether an uploaded file is a workbook at all, told by its first bytes and its zip directory; nothing is unpacked.

What the directory says may be a lie, so `xml_parts` counts again while it unpacks.
"""

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

MAX_BYTES = 5 * 1024 * 1024
# A workbook of 5 MB with pictures stays far below both.
MAX_PARTS = 1_000
MAX_UNPACKED_BYTES = 100 * 1024 * 1024

TOO_LARGE = f"文件超过 {MAX_BYTES // 1024**2} MB。请删除其中的图片和无关工作表后再上传。"
SAVE_AS = "请用 Excel 或 WPS 打开后另存为“Excel 工作簿（*.xlsx）”，再上传。"
BROKEN = "文件不完整或已损坏，无法读取。请重新下载或另存为“Excel 工作簿（*.xlsx）”后再上传。"
BOMB = "文件解压后过大或内容异常，为安全起见不予读取。请将申报表复制到新建的工作簿后再上传。"

_ZIP = b"PK\x03\x04"
_ZIP_DIRECTORY_ENTRY = b"PK\x01\x02"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The names of streams in an OLE file, in the order in which they are looked for.
_OLE_KINDS = {
    "EncryptedPackage": "该文件设有打开密码，无法读取。请取消密码并保存后再上传。",
    "WordDocument": f"这是 Word 文档，不是 Excel 工作簿。{SAVE_AS}",
    "PowerPoint Document": f"这是演示文稿，不是 Excel 工作簿。{SAVE_AS}",
    "Workbook": f"这是旧版 Excel 工作簿（.xls），无法读取。{SAVE_AS}",
    "Book": f"这是旧版 Excel 工作簿（.xls），无法读取。{SAVE_AS}",
}
_NOT_A_WORKBOOK = "不是 Excel 工作簿。请上传从本系统下载并填写的 .xlsx 文件。"
_BEGINNINGS = {
    "这是图片": re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0{4}|II\*\0|MM\0\*|RIFF.{4}WEBP", re.DOTALL),
    "这是压缩包": re.compile(rb"Rar!|7z\xbc\xaf|\x1f\x8b"),
    "这是 PDF 文件": re.compile(rb"%PDF"),
    "这是 RTF 文档": re.compile(rb"\{\\rtf"),
}
# Parts that only one kind of package has, in small letters.
_PACKAGE_KINDS = {
    "word/document.xml": f"这是 Word 文档，不是 Excel 工作簿。{SAVE_AS}",
    "ppt/presentation.xml": f"这是演示文稿，不是 Excel 工作簿。{SAVE_AS}",
    "xl/workbook.bin": f"这是二进制 Excel 工作簿（.xlsb），无法读取。{SAVE_AS}",
    "content.xml": f"这是 ODS 等 OpenDocument 文件，无法读取。{SAVE_AS}",
}
_MACROS = f"该工作簿含有宏（.xlsm），为安全起见不予读取。{SAVE_AS}"
_CONTENT_TYPES = "[Content_Types].xml"


class Unreadable(Exception):
    """The file cannot be imported; the message, in Chinese, says why and what to do."""


def open_package(contents: bytes) -> ZipFile:
    """The parts of an .xlsx workbook. Raises Unreadable for every other kind of file, and for one that is too large."""
    if not contents:
        raise Unreadable("文件是空的。请重新选择文件。")
    if len(contents) > MAX_BYTES:
        raise Unreadable(TOO_LARGE)
    if not contents.startswith(_ZIP):
        raise Unreadable(_kind_of(contents))
    # Before the directory is read: a million entries of it would take their memory then.
    if contents.count(_ZIP_DIRECTORY_ENTRY) > MAX_PARTS:
        raise Unreadable(BOMB)
    try:
        package = ZipFile(BytesIO(contents))
    except Exception:  # zipfile raises whatever a broken directory makes it stumble over
        raise Unreadable(BROKEN) from None
    _check_directory(package)
    return package


def _check_directory(package: ZipFile) -> None:
    parts = package.infolist()
    names = [part.filename.lower() for part in parts]
    if len(set(names)) < len(names) or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise Unreadable(BOMB)
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable("该压缩文件设有密码，无法读取。请取消密码并保存后再上传。")
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        raise Unreadable(BROKEN)
    if any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names):
        raise Unreadable(_MACROS)
    for name, message in _PACKAGE_KINDS.items():
        if name in names:
            raise Unreadable(message)
    if _CONTENT_TYPES.lower() not in names:
        raise Unreadable(f"这是压缩包，{_NOT_A_WORKBOOK}")
    if b"macroEnabled" in _content_types(package):
        raise Unreadable(_MACROS)


def _content_types(package: ZipFile) -> bytes:
    try:
        with package.open(_CONTENT_TYPES) as part:
            return part.read(1024 * 1024)
    except Exception:  # as above
        raise Unreadable(BROKEN) from None


def _kind_of(contents: bytes) -> str:
    """What a file that is no zip is, as far as people would recognise it."""
    if contents.startswith(_OLE):
        for stream, message in _OLE_KINDS.items():
            if stream.encode("utf-16-le") in contents:
                return message
        return f"这是旧版 Office 或 WPS 格式的文件，无法读取。{SAVE_AS}"
    for kind, beginning in _BEGINNINGS.items():
        if beginning.match(contents):
            return f"{kind}，{_NOT_A_WORKBOOK}"
    text = _text_of(contents[:4096])
    if text is None:
        return f"无法识别该文件的格式，{_NOT_A_WORKBOOK}"
    if text.startswith("<"):
        return f"这是网页或 XML 文件（可能只是以 .xls 命名），不是 Excel 工作簿。{SAVE_AS}"
    return f"这是 CSV 等文本文件，不是 Excel 工作簿。{SAVE_AS}"


def _text_of(beginning: bytes) -> str | None:
    """The beginning of a file as text without what stands before its first letter; None where it is no text."""
    encodings = ("utf-16",) if beginning.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        # The last character may be cut in the middle.
        text = beginning.decode(encoding, errors="ignore" if len(beginning) == 4096 else "replace")
        if "\0" not in text and "\ufffd" not in text:
            return text.lstrip()
    return None
