"""The bound book (合订本): cover, contents with links, every table, bookmarks and continuous page numbers.

The tables are stitched into sheaves of a few dozen, each a file, and the sheaves into the book: so never more than one
sheaf's tables are in memory, and never more files open than there are sheaves.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, Page, Pdf, String

from declarations.bundles.contents import Item
from declarations.bundles.front import SCHEME, Entry, draw_contents, draw_cover
from declarations.bundles.job import Job
from declarations.bundles.page_numbers import PageNumbers
from declarations.bundles.shared_fonts import SharedFonts, complete
from declarations.exports import Format
from perfgoals.workers.stopping import stop_if_asked

TABLES_IN_A_SHEAF = 40
# From so many tables on, one whole font is less than what they bring.
SHARING_FONTS = 15
LANGUAGE = "zh-CN"
CREATOR = "整体绩效目标申报系统"


@dataclass(frozen=True)
class Bookmark:
    """A bookmark of a table: its text, the page counted from the table's first, and how high on it."""

    text: str
    page: int
    top: float | None
    inner: "tuple[Bookmark, ...]" = ()


class Sheaf:
    """Tables stitched together and numbered, in a file."""

    def __init__(self, path: Path, *, shares_fonts: bool) -> None:
        self.path = path
        self.pdf = Pdf.new()
        self.fonts = SharedFonts(self.pdf) if shares_fonts else None
        self.numbers = PageNumbers(self.pdf)
        self.tables = 0
        self._open = ExitStack()

    def append(self, contents: bytes, first_number: int) -> tuple[int, tuple[Bookmark, ...], Counter[str]]:
        """Add a table; answers its number of pages, its bookmarks, and how many of its pages lie which way."""
        source = self._open.enter_context(pikepdf.open(BytesIO(contents)))
        bookmarks = _bookmarks_of(source)
        ways: Counter[str] = Counter()
        links = list(_links_taken_out(source))
        begin = len(self.pdf.pages)
        for page in source.pages:
            self.pdf.pages.append(page)
        pages = [self.pdf.pages[begin + index] for index in range(len(source.pages))]
        for number, page in enumerate(pages, start=first_number):
            ways["landscape" if page.mediabox[2] > page.mediabox[3] else "portrait"] += 1
            # The structure that tags a table's text does not come along, nor what points into it.
            _drop(page.obj, "/StructParents")
            if self.fonts:
                self.fonts.use(page)
            self.numbers.stamp(page, number)
        for index, annotation, target, top in links:
            pages[index].Annots[annotation].Dest = _destination(pages[target], top)
        self.tables += 1
        return len(pages), bookmarks, ways

    def close(self) -> Path:
        """Write the file, after which the tables are needed no more."""
        self.pdf.save(self.path)
        self._open.close()
        self.pdf.close()
        return self.path


def make_book(job: Job) -> Path:
    """Write the book. What cannot be drawn is named in its contents."""
    entries: list[Entry] = []
    bookmarks: list[tuple[Bookmark, ...]] = []
    ways: Counter[str] = Counter()
    sheaves: list[Path] = []
    title = ""
    next_page = 1
    sheaf: Sheaf | None = None
    for item in job.items():
        contents = job.table(item, Format.PDF)
        if contents is None:
            continue
        title = title or item.document.title
        if sheaf is None:
            path = job.folder / f"sheaf-{len(sheaves)}.pdf"
            sheaf = Sheaf(path, shares_fonts=job.bundle.total >= SHARING_FONTS)
        pages, of_table, lying = sheaf.append(contents, next_page)
        entries.append(_entry(item, next_page))
        bookmarks.append(of_table)
        ways += lying
        next_page += pages
        if sheaf.tables == TABLES_IN_A_SHEAF:
            sheaves.append(sheaf.close())
            sheaf = None
    if sheaf:
        sheaves.append(sheaf.close())
    orientation = ways.most_common(1)[0][0]
    front = [
        draw_cover(job.bundle, title, len(entries), orientation),
        draw_contents(entries, job.left_out, orientation),
    ]
    return _bind(job, front, sheaves, next_page - 1, entries, bookmarks)


def _bind(
    job: Job,
    front: list[bytes],
    sheaves: list[Path],
    numbered: int,
    entries: list[Entry],
    bookmarks: list[tuple[Bookmark, ...]],
) -> Path:
    """Put the front, whose last part is the contents, before the `numbered` pages of the sheaves, and lead to them."""
    path = job.folder / "book.pdf"
    title = f"{job.bundle.title}　合订本"
    with ExitStack() as opened:
        book = opened.enter_context(Pdf.new())
        parts = [pikepdf.open(BytesIO(contents)) for contents in front]
        parts += [pikepdf.open(sheaf) for sheaf in sheaves]
        for part in parts:
            stop_if_asked()
            book.pages.extend(opened.enter_context(part).pages)
        complete(book)
        before = len(book.pages) - numbered
        firsts = [before + entry.page - 1 for entry in entries]
        pages = [book.pages[index] for index in range(len(book.pages))]
        for page in pages[1:before]:
            _lead_links(page, [pages[first] for first in firsts])
        with book.open_outline() as outline:
            outline.root.append(OutlineItem("目录", 1))
            for entry, first, inner in zip(entries, firsts, bookmarks, strict=True):
                text = f"{entry.department}{entry.mark}"
                outline.root.append(_outline(Bookmark(text, 0, None, inner), first))
        book.Root.PageLabels = Dictionary(
            Nums=Array([0, Dictionary(P=String("封面")), 1, Dictionary(S=Name.r), before, Dictionary(S=Name.D)])
        )
        book.Root.Lang = String(LANGUAGE)
        book.Root.PageMode = Name.UseOutlines
        book.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        with book.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = title
            metadata["dc:language"] = {LANGUAGE}
            metadata["xmp:CreatorTool"] = CREATOR
        book.docinfo["/Title"] = String(title)
        book.docinfo["/Creator"] = String(CREATOR)
        book.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate, min_version="1.7")
    return path


def _entry(item: Item, page: int) -> Entry:
    document = item.document
    return Entry(document.fiscal_year, " ".join(document.department.split()), item.mark, page)


def _outline(bookmark: Bookmark, first: int) -> OutlineItem:
    """The bookmark with those below it, of a table whose first page is the page `first` of the book."""
    where = first + bookmark.page
    if bookmark.top is None:
        made = OutlineItem(bookmark.text, where)
    else:
        made = OutlineItem(bookmark.text, where, "XYZ", top=bookmark.top)
    made.is_closed = True
    made.children.extend(_outline(inner, first) for inner in bookmark.inner)
    return made


def _lead_links(page: Page, targets: list[Page]) -> None:
    """Lead the links of a page of the contents to the pages of their entries."""
    # The line of an entry, and then again each piece of it, which a screen reader would all read out.
    lines: dict[int, Any] = {}
    for annotation in page.obj.get("/Annots", ()):
        lines.setdefault(int(str(annotation.A.URI).removeprefix(SCHEME)), annotation)
    for number, annotation in lines.items():
        del annotation.A
        annotation.Dest = _destination(targets[number], None)
    if lines:
        page.Annots = Array(list(lines.values()))


def _destination(page: Page, top: float | None) -> Array:
    if top is None:
        return Array([page.obj, Name.Fit])
    return Array([page.obj, Name.XYZ, None, top, None])


def _bookmarks_of(source: Pdf) -> tuple[Bookmark, ...]:
    numbers = _page_numbers(source)

    def bookmark(item: OutlineItem) -> Bookmark:
        destination: Any = item.destination
        if destination is None and item.action is not None:
            destination = item.action.get("/D")
        page, top = _place(source, destination, numbers) or (0, None)
        return Bookmark(item.title, page, top, tuple(bookmark(inner) for inner in item.children))

    with source.open_outline() as outline:
        return tuple(bookmark(item) for item in outline.root)


def _links_taken_out(source: Pdf) -> Iterator[tuple[int, int, int, float | None]]:
    """The links from page to page within a table: page, annotation, page it leads to and height there.

    They are taken out: as names they would collide with those of other tables, as references they would get lost.
    """
    numbers = _page_numbers(source)
    for index, page in enumerate(source.pages):
        for number, annotation in enumerate(page.obj.get("/Annots", ())):
            _drop(annotation, "/StructParent")
            action = annotation.get("/A")
            within = action.get("/D") if action is not None and action.get("/S") == Name.GoTo else None
            named = annotation.get("/Dest", within)
            if named is None:
                continue
            _drop(annotation, "/Dest")
            if within is not None:
                del annotation.A
            if place := _place(source, named, numbers):
                yield index, number, *place


def _page_numbers(source: Pdf) -> dict[tuple[int, int], int]:
    return {page.obj.objgen: index for index, page in enumerate(source.pages)}


def _place(source: Pdf, destination: Any, numbers: dict[tuple[int, int], int]) -> tuple[int, float | None] | None:
    """The page, counted from 0, that a destination leads to, and how high on it; None where it leads nowhere."""
    if isinstance(destination, String) and "/Names" in source.Root and "/Dests" in source.Root.Names:
        destination = pikepdf.NameTree(source.Root.Names.Dests).get(str(destination))
    if isinstance(destination, Dictionary):
        destination = destination.get("/D")
    if not isinstance(destination, Array) or destination[0].objgen not in numbers:
        return None
    has_top = len(destination) > 3 and destination[1] == Name.XYZ and destination[3] is not None
    return numbers[destination[0].objgen], float(destination[3]) if has_top else None


def _drop(dictionary: Any, key: str) -> None:
    if key in dictionary:
        del dictionary[key]
