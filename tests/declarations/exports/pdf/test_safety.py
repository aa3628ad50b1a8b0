"""No text of a user reaches the PDF as markup, style, link or file, and nothing is asked of anybody."""

import socket
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import islice
from threading import Thread

import pikepdf
import pytest

from declarations.document import Document
from declarations.exports.imprint import Imprint
from declarations.exports.pdf import render_pdf
from declarations.exports.pdf.rendering import NothingFetched, OwnFontsFetched, _fonts_and_styles
from tests.declarations import documents
from tests.declarations.exports.drawn import assert_drawn_right

# HERE is the address of the server that listens.
HOSTILE = {
    "image": '<img src="HERE/x.png">',
    "local image": '<img src="file:///etc/passwd">',
    "image in the text": '<img src="data:image/svg+xml,%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22/%3E">',
    "attribute left": '"><img src="HERE/x.png"><p title="',
    "attribute left by an apostrophe": "'><img src='HERE/x.png'>",
    "table left": '</td></tr></table><img src="HERE/x.png">',
    "style sheet": '<link rel="stylesheet" href="HERE/x.css">',
    "imported style sheet": '<style>@import url("HERE/x.css");</style>',
    "background": "<style>body { background: url(HERE/x.png) }</style>",
    "style": '<p style="background: url(HERE/x.png)">x</p>',
    "font": '<style>@font-face { font-family: "Perfgoals Serif"; src: url(HERE/x.ttf) }</style>',
    "generated content": '<style>td::before { content: url("HERE/x.png") }</style>',
    "rule left": '"; } body { background: url(HERE/x.png) } x { content: "',
    "link": '<a href="HERE/x">x</a>',
    "script link": '<a href="javascript:app.alert(1)">x</a>',
    "attached file": '<a rel="attachment" href="file:///etc/passwd">x</a>',
    "attached file of the document": '<link rel="attachment" href="file:///etc/passwd">',
    "object": '<object data="HERE/x.pdf"></object>',
    "embedded": '<embed src="file:///etc/passwd">',
    "frame": '<iframe src="HERE/x"></iframe>',
    "drawing": '<svg xmlns="http://www.w3.org/2000/svg"><image href="HERE/x.png"/></svg>',
    "base": '<base href="HERE/">',
    "script": '<script src="HERE/x.js"></script>',
    "entity": '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]>&y;',
    "comment": "<!-- x --><![CDATA[<b>x</b>]]>",
    "template": '{{ imprint.digest }}{% include "base.html" %}',
    "plain address": "HERE/x",
}


def batched(kinds: Iterable[str], size: int) -> Iterator[tuple[str, ...]]:
    """The kinds in groups of that size."""
    left = iter(kinds)
    while group := tuple(islice(left, size)):
        yield group


@pytest.fixture(scope="module")
def asked() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a server, and what it is asked."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    requests.append(connection.recv(1000))

        Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", requests
        server.shutdown(socket.SHUT_RDWR)


def document_of(text: str) -> Document:
    """A declaration with `text` in every field of the form and of its template."""
    fields = ("name", "value", "unit", "scoring_standard", "explanation", "remark")
    target = documents.target(**dict.fromkeys(fields, text))
    return documents.document(
        title=text,
        department=text,
        department_code=text,
        with_task_amounts=True,
        duty_goals=(documents.goal(text=text),),
        main_tasks=(documents.task(name=text, content=text, amount=text),),
        budget=documents.budget(**dict.fromkeys(documents.FIGURES, text)),
        indicators=(documents.primary(documents.group(target, name=text, explanation=text), name=text),),
    )


@pytest.mark.parametrize("kinds", list(batched(HOSTILE, 3)), ids="-".join)
def test_text_is_printed_as_it_is_and_nothing_is_asked_for(kinds, asked, monkeypatch):
    address, requests = asked
    text = " ".join(HOSTILE[kind].replace("HERE", address) for kind in kinds)
    document = document_of(text)
    _fonts_and_styles()
    fetched: list[str] = []
    for fetcher in (NothingFetched, OwnFontsFetched):
        monkeypatch.setattr(fetcher, "fetch", lambda self, url, headers=None: fetched.append(url))

    pdf = render_pdf(document, Imprint(status=text, watermark="草稿"))

    assert_drawn_right(pdf, document)
    assert (requests, fetched) == ([], [])
    assert embedded(pdf) == {"declaration.json": document.sealed().encode()}


def embedded(pdf: bytes) -> dict[str, bytes]:
    """The files in `pdf`, in which there is nothing to click on, to run, or to fetch."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        for thing in opened.objects:
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                assert not {"/Annots", "/AA", "/OpenAction", "/JS", "/URI", "/A"} & set(thing.keys()) or (
                    thing.get("/Type") == "/StructElem"
                    and set(thing.A.keys()) <= {"/O", "/Headers", "/ColSpan", "/RowSpan"}
                )
                assert thing.get("/Subtype") not in ("/Image", "/Link", "/RichMedia")
        return {name: attachment.get_file().read_bytes() for name, attachment in opened.attachments.items()}


def test_server_of_these_tests_does_count(asked):
    address, requests = asked
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        connection.recv(1)

    assert requests == [b"GET / HTTP/1.0\r\n\r\n"]
    requests.clear()
