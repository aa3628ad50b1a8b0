import multiprocessing
import os
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from declarations.exports.fontconfig import find_font
from declarations.exports.pdf import fonts
from declarations.exports.pdf.fonts import FontMissing, Missing, advance, faces, missing

RARE = "𠮷㛃䶮𬀩"


def test_family_has_two_weights_under_names_of_its_own():
    names = {}
    for face in faces():
        with TTFont(face.path) as font:
            names[face.weight] = [font["name"].getDebugName(number) for number in (1, 2, 4, 6)]

    assert names == {
        400: ["Perfgoals Serif", "Regular", "Perfgoals Serif Regular", "PerfgoalsSerif-Regular"],
        700: ["Perfgoals Serif", "Bold", "Perfgoals Serif Bold", "PerfgoalsSerif-Bold"],
    }


def test_family_has_the_signs_of_gb_2312_and_of_the_form():
    for face in faces():
        assert {ord(sign) for sign in "衡阳市鑫齄ａ１，。“”《》①≥≤〓%AzÀē·—…℃㎡"} <= face.advances.keys()
        assert 7500 < len(face.advances) < 9000
        assert face.path.stat().st_size < 4_000_000


def test_family_is_kept_and_not_made_again():
    before = [face.path.stat().st_mtime_ns for face in faces()]
    faces.cache_clear()

    assert [face.path.stat().st_mtime_ns for face in faces()] == before


def make(folder: Path, log: Path) -> None:
    """What each of two processes does that find no font; each font that is made is logged."""
    make_one = fonts._make

    def logged(source: object, weight: int, target: Path) -> None:
        with log.open("a") as lines:
            print(weight, file=lines)
        make_one(source, weight, target)

    fonts._make = logged
    fonts.folder = lambda: folder
    fonts._repertoire = lambda: set(map(ord, "甲乙丙 "))
    fonts.faces.cache_clear()
    os._exit(0 if len(fonts.faces()) == 2 else 1)


def test_two_processes_that_want_the_family_at_once_make_it_once(tmp_path):
    folder, log = tmp_path / "fonts", tmp_path / "log"
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=make, args=(folder, log)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0, 0]
    assert log.read_text().split() == ["400", "700"]
    kept = sorted(folder.iterdir())
    assert [path.suffix for path in kept] == [".otf", ".otf"]
    for path in kept:
        with TTFont(path) as font:
            assert font.getBestCmap().keys() == set(map(ord, "甲乙丙 "))


def test_without_its_source_there_is_no_family(monkeypatch):
    monkeypatch.setattr(fonts, "find_font", lambda family, weight: None)

    with pytest.raises(FontMissing, match="Noto Serif CJK SC is not installed"):
        fonts._face(400)


def test_common_texts_miss_nothing():
    assert missing("衡阳市人民政府办公室，（2022年）\n≥95%\u200b\u00ad\ufe0f") == Missing((), ())


def test_rare_characters_are_in_the_whole_family():
    assert missing(RARE) == Missing((), ())


def test_what_only_another_font_has_names_its_family(monkeypatch):
    monkeypatch.setattr(fonts, "_families", lambda character: ("Somewhere", "Elsewhere") if character == "𪛖" else ())

    assert missing("甲𪛖\ue863") == Missing(("Somewhere",), ("\ue863",))


def test_advances_are_those_of_the_font():
    regular, bold = faces()
    source = find_font("Noto Serif CJK SC", 80)
    with TTFont(source.path, fontNumber=source.index, lazy=True) as whole:
        cmap, metrics = whole.getBestCmap(), whole["hmtx"].metrics
        expected = sum(metrics[cmap[ord(sign)]][0] for sign in "目标1：2677.7%")

    assert advance("目标1：2677.7%", regular) == expected
    assert advance("申报", bold) == 2000
    assert advance(f"{RARE}\u200b", regular) == 4000
