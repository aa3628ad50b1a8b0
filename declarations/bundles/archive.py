"""The ZIP of PDFs and workbooks, with a listing of what is in it and of what is left out."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone

from declarations.bundles.job import Job
from declarations.exports import Format, file_name
from perfgoals.times import printed_time

FOLDERS = {Format.PDF: "PDF", Format.WORKBOOK: "Excel"}
LISTING = "说明.txt"
# What Windows' own Notepad needs in order to read Chinese.
ENCODING = "utf-8-sig"


def make_archive(job: Job) -> Path:
    """Write the ZIP: a folder for each year, and in it one for each kind of file."""
    path = job.folder / "archive.zip"
    now = timezone.localtime()
    stamp = (now.year, now.month, now.day, now.hour, now.minute, now.second)
    taken: set[str] = set()
    entries: list[tuple[str, str]] = []
    with ZipFile(path, "w") as archive:
        for item in job.items():
            document = item.document
            for format, folder in FOLDERS.items():
                contents = job.table(item, format)
                if contents is None:
                    continue
                named = file_name(document, format, item.mark)
                name = _unlike(taken, f"{document.fiscal_year}年度/{folder}/{named}")
                # Both kinds of file are compressed in themselves.
                info = ZipInfo(name, stamp)
                info.compress_type = ZIP_STORED
                archive.writestr(info, contents)
                entries.append((name, item.submission.digest))
        info = ZipInfo(LISTING, stamp)
        info.compress_type = ZIP_DEFLATED
        archive.writestr(info, "\r\n".join(_listing(job, entries)).encode(ENCODING))
    return path


def _listing(job: Job, entries: list[tuple[str, str]]) -> list[str]:
    bundle = job.bundle
    lines = [
        bundle.title,
        f"导出人：{bundle.requested_by.name}　　提交时间：{printed_time(bundle.created_at)}",
        f"申报表 {bundle.total} 份，文件 {len(entries)} 个。",
        "已批复的为现行批复的申报表，其余为最近一次送审的送审稿。“校验码”为送审内容的 SHA-256 摘要。",
        "",
        "一、文件",
        "",
        *(f"{number}. {name}　校验码 {digest}" for number, (name, digest) in enumerate(entries, start=1)),
        "",
        "二、未列入的内容",
        "",
        *(
            f"{number}. {left.year} 年度　{left.code}　{' '.join(left.department.split())}　{left.why}"
            for number, left in enumerate(job.left_out, start=1)
        ),
    ]
    return [*lines, "" if job.left_out else "无。", ""]


def _unlike(taken: set[str], name: str) -> str:
    """The name, numbered where another file has it already, also in other letters: file systems differ on that."""
    stem, ending = name.rsplit(".", 1)
    number, found = 1, name
    while found.casefold() in taken:
        number += 1
        found = f"{stem}_{number}.{ending}"
    taken.add(found.casefold())
    return found
