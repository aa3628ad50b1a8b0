from pathlib import Path

import pytest
from django.core.checks import registry

from declarations.exports import fontconfig, system_checks
from declarations.exports.fontconfig import FontFile
from declarations.exports.system_checks import check_pdf_requirements, has_library, is_writable


def found() -> list[tuple[str, str, str]]:
    return [(message.id, message.msg, message.hint) for message in check_pdf_requirements()]


def test_check_finds_nothing_missing_here():
    assert check_pdf_requirements() == []


def test_check_names_each_missing_library_and_its_package(monkeypatch):
    monkeypatch.setattr(system_checks, "has_library", lambda name: name != "libharfbuzz-subset.so.0")

    assert found() == [
        (
            "exports.E001",
            "生成 PDF 所需的系统库 libharfbuzz-subset.so.0 未安装。",
            "apt-get install --no-install-recommends libharfbuzz-subset0",
        )
    ]


@pytest.mark.parametrize("font", [None, FontFile(Path("/home/somebody/.fonts/NotoSerifCJK-Regular.ttc"), 2)])
def test_check_names_the_font_that_is_missing_or_one_person_s_own(font, monkeypatch):
    monkeypatch.setattr(fontconfig, "find_font", lambda family, weight: font)

    assert found() == [
        (
            "exports.E002",
            "生成 PDF 所需的中文字体 Noto Serif CJK SC 未安装在 /usr/share/fonts、/usr/local/share/fonts 中。",
            "apt-get install --no-install-recommends fonts-noto-cjk",
        )
    ]


def test_check_names_the_folder_that_can_t_be_written(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.FILES_ROOT = tmp_path / "file" / "files"

    assert found() == [
        (
            "exports.E003",
            f"文件目录 {tmp_path / 'file' / 'files'} 不可写，无法存放生成 PDF 所用的字体。",
            "建立该目录并授予运行账号写权限，或以环境变量 FILES_ROOT 另行指定。",
        )
    ]


def test_folder_that_will_be_made_is_writable(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "not" / "yet"

    assert is_writable() is True


def test_a_library_that_is_not_there_is_missing():
    assert has_library("libnowhere.so.1") is False


def test_check_runs_only_before_deployment():
    assert check_pdf_requirements in registry.registry.deployment_checks
    assert check_pdf_requirements not in registry.registry.registered_checks
