"""Reads the sealed document that a PDF of the official table carries as an attachment.

The file may come from anywhere, so whatever it is made to be read as is limited.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf

ATTACHMENT = "declaration.json"
MEGABYTE = 1024 * 1024
MAX_FILE = 200 * MEGABYTE
# Some ten times what a declaration can hold.
MAX_ATTACHMENT = 50 * MEGABYTE


class NotReadable(Exception):
    """The file carries no document that can be read; the message, in Chinese, says why."""


def embedded_document(path: Path) -> bytes:
    """The attachment, byte for byte. Raises NotReadable."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise NotReadable(f"文件超过 {MAX_FILE // MEGABYTE} MB，不是本系统生成的申报表。")
        with path.open("rb") as file:
            if b"%PDF-" not in file.read(1024):
                raise NotReadable("不是 PDF 文件。")
        with _limited(), pikepdf.open(path) as pdf:
            return _attachment(pdf)
    except OSError as error:
        raise NotReadable(f"无法读取：{error.strerror}。") from error
    except pikepdf.PasswordError as error:
        raise NotReadable("文件已加密，需要密码才能打开。请用系统导出的原文件核验。") from error
    # Whatever a crafted file makes of the objects in it: what should be a dictionary is a number, and so on.
    except (pikepdf.PikepdfError, zlib.error, ValueError, TypeError, AttributeError, KeyError, RuntimeError) as error:
        raise NotReadable("PDF 文件已损坏，无法读取。") from error


@contextmanager
def _limited() -> Iterator[None]:
    # They hold for the whole process.
    before = pikepdf.settings.set_qpdf_limits(flate_max_memory=MAX_ATTACHMENT)
    try:
        yield
    finally:
        pikepdf.settings.set_qpdf_limits(flate_max_memory=int(before["flate_max_memory"]))


def _attachment(pdf: pikepdf.Pdf) -> bytes:
    found = {_contents(stream) for stream in _streams(pdf)}
    if not found:
        raise NotReadable(
            f"文件中没有附件 {ATTACHMENT}。请用系统导出的单份申报表核验，合订本和另行打印、扫描、转存的文件不带附件。"
        )
    if len(found) > 1:
        # Otherwise one would be checked here, and another one seen by whoever opens the file.
        raise NotReadable(f"文件中有多个内容不同的附件 {ATTACHMENT}，文件已被改动。")
    return found.pop()


def _streams(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Stream]:
    """Every stream that a program could take for the attachment: a file can be listed in two places, with two names."""
    listed = [(name, spec.obj) for name, spec in pdf.attachments.items()]
    associated = [("", spec) for spec in pdf.Root.get("/AF", [])]
    for name, spec in [*listed, *associated]:
        if ATTACHMENT in (name, str(spec.get("/F", "")), str(spec.get("/UF", ""))):
            for stream in spec.get("/EF", {}).values():
                if isinstance(stream, pikepdf.Stream):
                    yield stream


def _contents(stream: pikepdf.Stream) -> bytes:
    raw = stream.read_raw_bytes()
    kind = stream.get("/Filter")
    if kind is None:
        contents = raw
    elif kind == pikepdf.Name.FlateDecode and "/DecodeParms" not in stream:
        contents = zlib.decompressobj().decompress(raw, MAX_ATTACHMENT + 1)
    else:
        raise NotReadable(f"附件 {ATTACHMENT} 的存储方式不是本系统采用的，文件已被改动。")
    if len(contents) > MAX_ATTACHMENT:
        raise NotReadable(f"附件 {ATTACHMENT} 超过 {MAX_ATTACHMENT // MEGABYTE} MB，不是本系统生成的申报表。")
    return contents
