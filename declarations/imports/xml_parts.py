"""The XML of a workbook's parts, read as a stream, so that no file can take more memory than its texts.

openpyxl builds trees of styles and shared strings and a row of 16,384 cells where one cell is filled: 3 GB for a
workbook of 1 KB. It also refuses whole workbooks over one attribute that another program wrote its own way.
"""

import zlib
from typing import NoReturn
from xml.parsers.expat import ExpatError, ParserCreate
from zipfile import BadZipFile, ZipFile

from declarations.imports.guard import BOMB, BROKEN, Unreadable

# 2,000 rows of the official table have 50,000; empty cells with formats count too.
MAX_ELEMENTS = 300_000
MAX_DEPTH = 50
MAX_XML_BYTES = 40 * 1024 * 1024
# A tag longer than that is none of a workbook's; expat keeps an unfinished one and looks at it again with each chunk.
MAX_TAG_BYTES = 256 * 1024
_CHUNK_BYTES = 64 * 1024

# What zip, XML and the handlers raise on a damaged file or on nonsense.
_DAMAGE = (
    BadZipFile,
    zlib.error,
    ExpatError,
    ArithmeticError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    ValueError,
)


class Handler:
    """What becomes of the elements of a part; names come without their prefixes. Raises ValueError for nonsense."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def text(self, data: str) -> None: ...

    def end(self, name: str) -> None: ...


class Parts:
    """The XML parts of a package, with one count of bytes and elements for all of them."""

    def __init__(self, package: ZipFile) -> None:
        self._package = package
        self._names = set(package.namelist())
        self._bytes = 0
        self._elements = 0
        self._depth = 0

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def read(self, name: str, handler: Handler) -> None:
        """Give all of the part to `handler`. Raises Unreadable where it is broken, too large or declares entities."""
        parser = ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: self._start(handler, name, attributes)
        parser.EndElementHandler = lambda name: self._end(handler, name)
        parser.CharacterDataHandler = handler.text
        # No workbook has a document type; entities that expand to gigabytes are declared in one.
        parser.StartDoctypeDeclHandler = _refuse
        size = 0
        self._depth = 0
        try:
            with self._package.open(name) as part:
                while chunk := part.read(_CHUNK_BYTES):
                    size += len(chunk)
                    self._bytes += len(chunk)
                    if self._bytes > MAX_XML_BYTES:
                        raise Unreadable(BOMB)
                    parser.Parse(chunk, False)
                    if size - parser.CurrentByteIndex > MAX_TAG_BYTES:
                        raise Unreadable(BOMB)
            parser.Parse(b"", True)
        except _DAMAGE:
            raise Unreadable(BROKEN) from None

    def _start(self, handler: Handler, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        if self._elements > MAX_ELEMENTS or self._depth > MAX_DEPTH:
            raise Unreadable(BOMB)
        handler.start(_local(name), {_local(key): value for key, value in attributes.items()})

    def _end(self, handler: Handler, name: str) -> None:
        self._depth -= 1
        handler.end(_local(name))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse(*_: object) -> NoReturn:
    raise Unreadable(BOMB)
