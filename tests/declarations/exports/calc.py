"""Workbooks as LibreOffice prints them, read back from the PDF: the boxes that lines close, and the text in each."""

import ctypes
import os
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pypdfium2
from pypdfium2 import raw

from tests.declarations.exports.characters import characters

SECONDS = 180
# Lines nearer than this, in points, are one; a letter may reach so far into the line beside it.
NEAR = 1.2


@dataclass(frozen=True)
class Sign:
    """One character and its place, in points from the bottom left of the page; `cut` where only a part is seen."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    cut: bool = False

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2


@dataclass
class Box:
    """An area that no line divides, with the characters whose middle lies in it."""

    left: float
    bottom: float
    right: float
    top: float
    signs: list[Sign] = field(default_factory=list)

    @property
    def text(self) -> str:
        return _text(self.signs)

    @property
    def outside(self) -> str:
        """The characters that are cut, or reach over the edges of the box."""
        return "".join(
            sign.text
            for sign in self.signs
            if sign.cut
            or sign.left < self.left - NEAR
            or sign.right > self.right + NEAR
            or sign.bottom < self.bottom - NEAR
            or sign.top > self.top + NEAR
        )


@dataclass(frozen=True)
class PrintedPage:
    """`boxes` in reading order; `around` is the text that stands in none, `uncut` all text that is seen whole."""

    width: float
    height: float
    boxes: list[Box]
    around: str
    uncut: str


def printed_by_libreoffice(workbooks: Mapping[str, bytes], folder: Path) -> dict[str, list[PrintedPage]]:
    """The pages of each workbook, all printed in one run of LibreOffice with a profile of its own."""
    program = shutil.which("soffice")
    assert program, "LibreOffice is missing: apt-get install --no-install-recommends libreoffice-calc-nogui"
    for name, contents in workbooks.items():
        (folder / f"{name}.xlsx").write_bytes(contents)
    command = [
        program,
        f"-env:UserInstallation=file://{folder}/profile",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        *(str(folder / f"{name}.xlsx") for name in workbooks),
    ]
    environment = {**os.environ, "HOME": str(folder), "SAL_USE_VCLPLUGIN": "svp"}
    subprocess.run(command, env=environment, capture_output=True, check=True, timeout=SECONDS)
    return {name: _read((folder / f"{name}.pdf").read_bytes()) for name in workbooks}


def _read(pdf: bytes) -> list[PrintedPage]:
    return [_read_page(page) for page in pypdfium2.PdfDocument(pdf)]


def _read_page(page: pypdfium2.PdfPage) -> PrintedPage:
    boxes = _boxes(*_lines(page))
    signs, around = list(_signs(page)), []
    for sign in signs:
        x, y = sign.middle
        box = next((box for box in boxes if box.left < x < box.right and box.bottom < y < box.top), None)
        (box.signs if box else around).append(sign)
    width, height = page.get_size()
    return PrintedPage(width, height, boxes, _text(around), _text(sign for sign in signs if not sign.cut))


def _text(signs: Iterable[Sign]) -> str:
    """Without white space, which says nothing of how lines are broken."""
    return "".join("".join(sign.text for sign in signs).split())


Line = tuple[float, float, float]


def _lines(page: pypdfium2.PdfPage) -> tuple[list[Line], list[Line]]:
    """The drawn lines: horizontal ones as (y, left, right), vertical ones as (x, bottom, top)."""
    horizontal, vertical = [], []
    for item in page.get_objects([raw.FPDF_PAGEOBJ_PATH]):
        left, bottom, right, top = item.get_bounds()
        if top - bottom < 3 < right - left:
            horizontal.append(((top + bottom) / 2, left, right))
        elif right - left < 3 < top - bottom:
            vertical.append(((left + right) / 2, bottom, top))
    return horizontal, vertical


def _edges(lines: list[Line]) -> list[float]:
    """The places of the lines, in order, those that are near each other as one."""
    edges: list[float] = []
    for place in sorted(line[0] for line in lines):
        if not edges or place > edges[-1] + NEAR:
            edges.append(place)
    return edges


def _is_drawn(lines: list[Line], place: float, middle: float) -> bool:
    return any(abs(at - place) <= NEAR and start < middle < end for at, start, end in lines)


def _boxes(horizontal: list[Line], vertical: list[Line]) -> list[Box]:
    """The smallest rectangles of the grid, joined where no line stands between them."""
    xs, ys = _edges(vertical), _edges(horizontal)
    xs_middle = [(left + right) / 2 for left, right in pairwise(xs)]
    ys_middle = [(low + high) / 2 for low, high in pairwise(ys)]
    joined: dict[tuple[int, int], tuple[int, int]] = {}

    def root(place: tuple[int, int]) -> tuple[int, int]:
        while joined.get(place, place) != place:
            place = joined[place]
        return place

    for column, x in enumerate(xs_middle):
        for row, y in enumerate(ys_middle):
            joined.setdefault((column, row), (column, row))
            if column and not _is_drawn(vertical, xs[column], y):
                joined[root((column, row))] = root((column - 1, row))
            if row and not _is_drawn(horizontal, ys[row], x):
                joined[root((column, row))] = root((column, row - 1))
    members = defaultdict(list)
    for place in joined:
        members[root(place)].append(place)
    boxes = []
    for places in members.values():
        columns, rows = [column for column, _ in places], [row for _, row in places]
        boxes.append(Box(xs[min(columns)], ys[min(rows)], xs[max(columns) + 1], ys[max(rows) + 1]))
    return sorted(boxes, key=lambda box: (-round(box.top), box.left))


def _clip(item: object) -> tuple[float, float, float, float]:
    """The area in which a text is seen: left, bottom, right, top."""
    area = [-float("inf"), -float("inf"), float("inf"), float("inf")]
    clip = raw.FPDFPageObj_GetClipPath(item)
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(max(raw.FPDFClipPath_CountPaths(clip), 0)):
        points = []
        for number in range(raw.FPDFClipPath_CountPathSegments(clip, path)):
            segment = raw.FPDFClipPath_GetPathSegment(clip, path, number)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            points.append((x.value, y.value))
        if points:
            xs, ys = zip(*points, strict=True)
            area = [max(area[0], min(xs)), max(area[1], min(ys)), min(area[2], max(xs)), min(area[3], max(ys))]
    return area[0], area[1], area[2], area[3]


def _signs(page: pypdfium2.PdfPage) -> Iterator[Sign]:
    for sign in characters(page):
        left, bottom, right, top = _clip(sign.item)
        if sign.left < right and sign.right > left and sign.bottom < top and sign.top > bottom:
            slack = 0.5
            cut = (
                sign.left < left - slack
                or sign.right > right + slack
                or sign.bottom < bottom - slack
                or sign.top > top + slack
            )
            yield Sign(sign.text, sign.left, sign.bottom, sign.right, sign.top, cut)
