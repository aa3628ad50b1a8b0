"""Whether the machine has what the PDF needs: found out by `check --deploy`, not by the first who downloads one."""

import ctypes
import os
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from declarations.exports.fontconfig import FOLDERS, has_font

LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    # WeasyPrint works without it, but 2 to 17 times slower.
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
FONT = "Noto Serif CJK SC"
FONT_PACKAGE = "fonts-noto-cjk"


def check_pdf_requirements(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """An error for each library, font and folder that the PDF of the official table needs and this machine lacks."""
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
        places = "、".join(map(str, FOLDERS))
        messages.append(
            Error(
                f"生成 PDF 所需的中文字体 {FONT} 未安装在 {places} 中。",
                hint=f"apt-get install --no-install-recommends {FONT_PACKAGE}",
                id="exports.E002",
            )
        )
    if not is_writable():
        messages.append(
            Error(
                f"文件目录 {settings.FILES_ROOT} 不可写，无法存放生成 PDF 所用的字体。",
                hint="建立该目录并授予运行账号写权限，或以环境变量 FILES_ROOT 另行指定。",
                id="exports.E003",
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


def is_writable() -> bool:
    """Whether files can be kept in FILES_ROOT: it can be written, or made where it will be."""
    folder = settings.FILES_ROOT
    while not folder.exists():
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
