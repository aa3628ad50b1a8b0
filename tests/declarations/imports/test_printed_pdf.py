"""The document read from a PDF, and what is no such PDF or was made to do harm."""

import tracemalloc
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pikepdf
import pytest

from declarations.exports import Format, render
from declarations.imports import printed_pdf
from declarations.imports.printed_pdf import MAX_ATTACHMENT, NotReadable, embedded_document
from tests.declarations.documents import document
from tests.declarations.imports import carriers

CONTENTS = '{"年": 2022}'.encode()


def read(folder: Path, contents: bytes) -> bytes:
    path = folder / "table.pdf"
    path.write_bytes(contents)
    return embedded_document(path)


def refusal(folder: Path, contents: bytes) -> str:
    with pytest.raises(NotReadable) as refused:
        read(folder, contents)
    return str(refused.value)


def test_carried_document_comes_out_byte_for_byte(tmp_path):
    assert read(tmp_path, carriers.carrying(CONTENTS)) == CONTENTS


def test_document_that_is_not_compressed_comes_out_too(tmp_path):
    pdf = carriers.empty()
    spec = carriers.spec_of(pdf, b"")
    spec.EF.F = pikepdf.Stream(pdf, CONTENTS)
    carriers.listing(pdf, spec)
    assert read(tmp_path, carriers.saved(pdf, compress_streams=False)) == CONTENTS


def test_document_listed_in_both_places_comes_out_once(tmp_path):
    pdf = carriers.empty()
    spec = carriers.spec_of(pdf, CONTENTS)
    carriers.listing(pdf, spec)
    pdf.Root.AF = pikepdf.Array([spec])
    assert read(tmp_path, carriers.saved(pdf)) == CONTENTS


def listed_twice(pdf: pikepdf.Pdf) -> None:
    carriers.listing(pdf, carriers.spec_of(pdf, CONTENTS), carriers.spec_of(pdf, b"{}"))


def another_one_associated(pdf: pikepdf.Pdf) -> None:
    carriers.listing(pdf, carriers.spec_of(pdf, CONTENTS))
    pdf.Root.AF = pikepdf.Array([carriers.spec_of(pdf, b"{}")])


def another_one_under_its_second_name(pdf: pikepdf.Pdf) -> None:
    spec = carriers.spec_of(pdf, CONTENTS)
    spec.EF.UF = carriers.stream_of(pdf, b"{}")
    carriers.listing(pdf, spec)


@pytest.mark.parametrize("tamper", [listed_twice, another_one_associated, another_one_under_its_second_name])
def test_file_with_two_documents_is_refused(tmp_path, tamper: Callable[[pikepdf.Pdf], None]):
    pdf = carriers.empty()
    tamper(pdf)
    assert refusal(tmp_path, carriers.saved(pdf)) == "文件中有多个内容不同的附件 declaration.json，文件已被改动。"


def test_file_without_the_attachment_is_refused(tmp_path):
    for contents in (carriers.saved(carriers.empty()), carriers.carrying(CONTENTS, "other.json")):
        assert refusal(tmp_path, contents).startswith("文件中没有附件 declaration.json。")


def test_what_is_no_pdf_is_refused(tmp_path):
    for contents in (b"", b"PK\x03\x04", "申报表".encode()):
        assert refusal(tmp_path, contents) == "不是 PDF 文件。"


def test_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(NotReadable, match=r"^无法读取：No such file or directory。$"):
        embedded_document(tmp_path / "missing.pdf")
    with pytest.raises(NotReadable, match=r"^无法读取：Is a directory。$"):
        embedded_document(tmp_path)


def test_encrypted_file_is_refused(tmp_path):
    pdf = carriers.empty()
    encryption = pikepdf.Encryption(user="secret", owner="owner")
    expected = "文件已加密，需要密码才能打开。请用系统导出的原文件核验。"
    assert refusal(tmp_path, carriers.saved(pdf, encryption=encryption)) == expected


def cut(whole: bytes) -> bytes:
    return whole[:40]


def numbers_for_names(whole: bytes) -> bytes:
    pdf = carriers.empty()
    pdf.Root.Names = 7
    pdf.Root.AF = 7
    return carriers.saved(pdf)


def numbers_for_files(whole: bytes) -> bytes:
    pdf = carriers.empty()
    carriers.listing(pdf, pikepdf.Array([1]))
    pdf.Root.AF = pikepdf.Array([1])
    return carriers.saved(pdf)


def no_compressed_data(whole: bytes) -> bytes:
    pdf = carriers.empty()
    spec = carriers.spec_of(pdf, CONTENTS)
    spec.EF.F.write(b"no such thing", filter=pikepdf.Name.FlateDecode)
    carriers.listing(pdf, spec)
    return carriers.saved(pdf)


@pytest.mark.parametrize("break_", [cut, numbers_for_names, numbers_for_files, no_compressed_data])
def test_broken_file_is_refused_in_words(tmp_path, break_: Callable[[bytes], bytes]):
    message = refusal(tmp_path, break_(carriers.carrying(CONTENTS)))
    assert message.startswith(("PDF 文件已损坏，无法读取。", "文件中没有附件 declaration.json。"))


def test_any_byte_that_is_broken_gives_the_document_or_a_message(tmp_path):
    whole = carriers.carrying(CONTENTS)
    for place in range(0, len(whole), 7):
        broken = bytearray(whole)
        broken[place] ^= 0x55
        with suppress(NotReadable):
            assert isinstance(read(tmp_path, bytes(broken)), bytes)


def test_small_file_that_unpacks_to_a_huge_document_takes_little_memory(tmp_path):
    packer = zlib.compressobj(9)
    zeros = bytes(1024 * 1024)
    packed = b"".join(packer.compress(zeros) for _ in range(200)) + packer.flush()
    pdf = carriers.empty()
    spec = carriers.spec_of(pdf, b"")
    spec.EF.F.write(packed, filter=pikepdf.Name.FlateDecode)
    carriers.listing(pdf, spec)
    contents = carriers.saved(pdf)
    assert len(contents) < 1024 * 1024
    tracemalloc.start()
    message = refusal(tmp_path, contents)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert message == "附件 declaration.json 超过 50 MB，不是本系统生成的申报表。"
    assert most < 3 * MAX_ATTACHMENT


def test_document_packed_in_another_way_is_refused(tmp_path):
    pdf = carriers.empty()
    spec = carriers.spec_of(pdf, b"")
    spec.EF.F.write(b"7B7D>", filter=pikepdf.Name.ASCIIHexDecode)
    carriers.listing(pdf, spec)
    # Kept as it is: pikepdf would unpack it.
    contents = carriers.saved(pdf, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    assert refusal(tmp_path, contents) == "附件 declaration.json 的存储方式不是本系统采用的，文件已被改动。"


def test_huge_file_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(printed_pdf, "MAX_FILE", 1024 * 1024)
    message = refusal(tmp_path, b"%PDF-1.7" + bytes(1024 * 1024))
    assert message == "文件超过 1 MB，不是本系统生成的申报表。"


def test_limits_of_the_library_are_put_back(tmp_path):
    before = pikepdf.settings.get_qpdf_limits()
    read(tmp_path, carriers.carrying(CONTENTS))
    refusal(tmp_path, b"%PDF-")
    assert pikepdf.settings.get_qpdf_limits() == before


def test_table_as_it_is_printed_carries_its_document(tmp_path):
    made = document()
    assert read(tmp_path, render(made, Format.PDF)).decode() == made.sealed()
