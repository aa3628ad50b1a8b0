import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings as site

from declarations.exports import fontconfig
from declarations.exports.fontconfig import BOLD, REGULAR, families_with, find_font, has_font, use_own_configuration

FAMILY = "Noto Serif CJK SC"


@pytest.fixture
def without_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(fontconfig, "LIBRARY", "libnowhere.so.1")
    fontconfig._library.cache_clear()
    yield
    fontconfig._library.cache_clear()


def test_a_substitute_is_not_the_font():
    assert has_font(FAMILY) is True
    assert has_font("No Such Font Anywhere") is False


def test_each_weight_has_its_file():
    names = [find_font(FAMILY, weight).path.name for weight in (REGULAR, BOLD)]

    assert names == ["NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc"]


def test_families_are_those_that_have_the_character():
    assert FAMILY in families_with("衡")
    assert FAMILY in families_with("𬀩")
    assert families_with("\ue863") == []


@pytest.mark.usefixtures("without_library")
def test_without_fontconfig_there_is_no_font():
    assert has_font(FAMILY) is False
    assert find_font(FAMILY, REGULAR) is None
    assert families_with("衡") == []


def test_own_configuration_knows_only_the_folders_where_fonts_count(tmp_path):
    folder = tmp_path / "文件 & more"
    script = (
        "import sys; from pathlib import Path; from declarations.exports import fontconfig as f;"
        f"f.FOLDERS = (Path({str(tmp_path)!r}),); f.use_own_configuration(Path({str(folder)!r}));"
        f"print(f.find_font({FAMILY!r}, 80), f.families_with('衡'))"
    )

    said = subprocess.run([sys.executable, "-c", script], cwd=site.BASE_DIR, capture_output=True, text=True, check=True)

    assert said.stdout == "None []\n"


def test_own_configuration_is_written_once(tmp_path, monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "before")
    use_own_configuration(tmp_path)
    written = (tmp_path / "fonts.conf").stat().st_mtime_ns
    use_own_configuration(tmp_path)

    assert os.environ["FONTCONFIG_FILE"] == str(tmp_path / "fonts.conf")
    assert (tmp_path / "fonts.conf").stat().st_mtime_ns == written
    assert [path.name for path in tmp_path.iterdir()] == ["fonts.conf"]
