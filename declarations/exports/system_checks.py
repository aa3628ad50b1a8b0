"""Whether the machine has what the PDF needs: found out by `check --deploy`, not by the first who downloads one."""

import ctypes
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    # WeasyPrint works without it, but 2 to 17 times slower.
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
FONTCONFIG = "libfontconfig.so.1"
FONT = "Noto Serif CJK SC"
FONT_PACKAGE = "fonts-noto-cjk"


def check_pdf_requirements(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """An error for each library and font that the PDF of the official table needs and this machine lacks."""
    messages: list[CheckMessage] = [
        Error(
            f"生成 PDF 所需的系统库 {library} 未安装。",
            hint=f"apt-get install --no-install-recommends {package}",
            id="exports.E001",
        )
        for library, package in LIBRARIES.items()
        if not has_library(library)
    ]
    if not has_font(FONT):
        messages.append(
            Error(
                f"生成 PDF 所需的中文字体 {FONT} 未安装。",
                hint=f"apt-get install --no-install-recommends {FONT_PACKAGE}",
                id="exports.E002",
            )
        )
    return messages


def has_library(name: str) -> bool:
    """Whether the shared library can be loaded."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def has_font(family: str) -> bool:
    """Whether fontconfig finds `family` itself and not a substitute."""
    if not has_library(FONTCONFIG):
        return False
    fontconfig = ctypes.CDLL(FONTCONFIG)
    fontconfig.FcPatternCreate.restype = ctypes.c_void_p
    fontconfig.FcFontMatch.restype = ctypes.c_void_p
    pattern = ctypes.c_void_p(fontconfig.FcPatternCreate())
    fontconfig.FcPatternAddString(pattern, b"family", family.encode())
    fontconfig.FcConfigSubstitute(None, pattern, 0)
    fontconfig.FcDefaultSubstitute(pattern)
    found = ctypes.c_void_p(fontconfig.FcFontMatch(None, pattern, ctypes.byref(ctypes.c_int())))
    names = _families(fontconfig, found)
    fontconfig.FcPatternDestroy(pattern)
    fontconfig.FcPatternDestroy(found)
    return family in names


def _families(fontconfig: ctypes.CDLL, pattern: ctypes.c_void_p) -> list[str]:
    """The names of a font's family, one a language."""
    names: list[str] = []
    name = ctypes.c_char_p()
    while fontconfig.FcPatternGetString(pattern, b"family", len(names), ctypes.byref(name)) == 0:
        names.append((name.value or b"").decode())
    return names
