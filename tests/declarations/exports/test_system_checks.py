from django.core.checks import registry

from declarations.exports import system_checks
from declarations.exports.system_checks import check_pdf_requirements, has_font, has_library


def test_check_finds_nothing_missing_here():
    assert check_pdf_requirements() == []


def test_check_names_each_missing_library_and_its_package(monkeypatch):
    monkeypatch.setattr(system_checks, "has_library", lambda name: name != "libharfbuzz-subset.so.0")
    monkeypatch.setattr(system_checks, "has_font", lambda family: True)

    assert [(message.id, message.msg, message.hint) for message in check_pdf_requirements()] == [
        (
            "exports.E001",
            "生成 PDF 所需的系统库 libharfbuzz-subset.so.0 未安装。",
            "apt-get install --no-install-recommends libharfbuzz-subset0",
        )
    ]


def test_check_names_the_missing_font_and_its_package(monkeypatch):
    monkeypatch.setattr(system_checks, "has_font", lambda family: False)

    assert [(message.id, message.msg, message.hint) for message in check_pdf_requirements()] == [
        (
            "exports.E002",
            "生成 PDF 所需的中文字体 Noto Serif CJK SC 未安装。",
            "apt-get install --no-install-recommends fonts-noto-cjk",
        )
    ]


def test_a_substitute_is_not_the_font():
    assert has_font("Noto Serif CJK SC") is True
    assert has_font("No Such Font Anywhere") is False


def test_no_font_is_found_without_fontconfig(monkeypatch):
    monkeypatch.setattr(system_checks, "FONTCONFIG", "libnowhere.so.1")

    assert has_font("Noto Serif CJK SC") is False


def test_a_library_that_is_not_there_is_missing():
    assert has_library("libnowhere.so.1") is False


def test_check_runs_only_before_deployment():
    assert check_pdf_requirements in registry.registry.deployment_checks
    assert check_pdf_requirements not in registry.registry.registered_checks
