"""Downloads with their imprint: kept ones, ones that change while they are drawn, and ones that are refused."""

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from declarations import imprints, tasks
from declarations.enums import Status
from declarations.exports import Format, kept
from declarations.exports.drawing import DrawingRefused
from declarations.exports.imprint import Imprint
from declarations.models import Declaration
from declarations.views import exports
from perfgoals.audit.models import LogEntry
from tests.declarations import builders

pytestmark = pytest.mark.django_db

Drawing = Callable[[str, Format, Imprint], bytes]


def told(sealed: str, format: Format, imprint: Imprint) -> bytes:
    """Stands for drawing: the file holds its format and its imprint."""
    return f"{format} {imprint.model_dump_json()}".encode()


def draw_by(monkeypatch: pytest.MonkeyPatch, drawing: Drawing) -> None:
    monkeypatch.setattr(kept, "draw", drawing)
    monkeypatch.setattr(exports, "draw", drawing)


def download(declaration: Declaration, name: str, *arguments: object) -> HttpResponse:
    client = builders.client_of(builders.preparer_of(declaration))
    return client.get(reverse(f"declarations:{name}", args=[declaration.pk, *arguments]))


@pytest.mark.parametrize("file_format", ["pdf", "xlsx"])
@pytest.mark.parametrize("status", [Status.IN_REVIEW, Status.APPROVED, Status.RETURNED])
def test_submission_carries_its_imprint(monkeypatch, status, file_format):
    draw_by(monkeypatch, told)
    made = builders.declaration(status)
    expected = told("", Format(file_format), imprints.of_submission(made, made.submission))
    assert download(made, "submission_export", 1, file_format).content == expected


@pytest.mark.parametrize("status", [Status.DRAFT, Status.RETURNED, Status.IN_REVIEW, Status.APPROVED])
def test_declaration_as_it_stands_carries_its_imprint(monkeypatch, status):
    draw_by(monkeypatch, told)
    made = builders.declaration(status)
    assert download(made, "export", "pdf").content == told("", Format.PDF, imprints.of_working_copy(made))


def test_table_that_was_kept_in_the_background_is_served_without_drawing(monkeypatch):
    draw_by(monkeypatch, told)
    made = builders.declaration(Status.APPROVED)
    tasks.keep_tables.call(made.submission.pk)

    def never(*_: object) -> bytes:
        raise AssertionError("drawn again")

    draw_by(monkeypatch, never)
    for name, arguments in (("export", ["pdf"]), ("submission_export", [1, "pdf"]), ("submission_export", [1, "xlsx"])):
        assert download(made, name, *arguments).content.startswith(arguments[-1].encode())


def test_kept_table_asks_once_how_it_stands(monkeypatch):
    draw_by(monkeypatch, told)
    made = builders.declaration(Status.APPROVED)
    tasks.keep_tables.call(made.submission.pk)
    with CaptureQueriesContext(connection) as queries:
        download(made, "submission_export", 1, "pdf")
    assert len([query for query in queries if 'FROM "declarations_event"' in query["sql"]]) == 1


@pytest.mark.parametrize(("file_format", "coding"), [("pdf", "identity"), ("xlsx", "identity"), ("json", "gzip")])
def test_file_that_is_compressed_in_itself_is_not_compressed_again(monkeypatch, file_format, coding):
    draw_by(monkeypatch, lambda sealed, format, imprint: told(sealed, format, imprint) * 10)
    made = builders.declaration(Status.APPROVED)
    client = builders.client_of(builders.preparer_of(made))
    address = reverse("declarations:submission_export", args=[made.pk, 1, file_format])
    answer = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert answer["Content-Encoding"] == coding


def test_missing_table_is_drawn_at_once_and_kept(monkeypatch):
    draw_by(monkeypatch, told)
    made = builders.declaration(Status.APPROVED)
    imprint = imprints.of_submission(made, made.submission)
    assert not kept.is_kept(made.submission.document, Format.PDF, imprint)
    download(made, "submission_export", 1, "pdf")
    assert kept.is_kept(made.submission.document, Format.PDF, imprint)


def test_draft_is_drawn_each_time_and_never_kept(monkeypatch, files_root):
    draw_by(monkeypatch, told)
    made = builders.declaration()
    download(made, "export", "pdf")
    assert not files_root.exists()


def test_table_approved_while_it_was_drawn_leaves_as_approved(monkeypatch):
    made = builders.declaration(Status.IN_REVIEW)
    drawn: list[str] = []

    def approved_meanwhile(sealed: str, format: Format, imprint: Imprint) -> bytes:
        drawn.append(imprint.watermark)
        if len(drawn) == 1:
            builders.approve(made)
        return told(sealed, format, imprint)

    draw_by(monkeypatch, approved_meanwhile)
    answer = download(made, "submission_export", 1, "pdf")
    assert drawn == ["送审稿", ""]
    assert answer.content == told("", Format.PDF, imprints.of_submission(made, made.submission))
    assert "%E9%80%81%E5%AE%A1" not in answer["Content-Disposition"]  # 送审


@pytest.mark.parametrize("status", [Status.DRAFT, Status.APPROVED])
def test_table_that_cannot_be_drawn_leads_back_with_the_reason_and_is_not_logged(monkeypatch, status):
    def refuse(*_: object) -> bytes:
        raise DrawingRefused("生成文件用时超过 60 秒，已停止。")

    draw_by(monkeypatch, refuse)
    made = builders.declaration(status)
    entries = LogEntry.objects.count()
    answer = download(made, "export", "pdf")
    assert answer["Location"] == reverse("declarations:detail", args=[made.pk])
    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["生成文件用时超过 60 秒，已停止。"]
    assert LogEntry.objects.count() == entries


def test_each_download_of_a_kept_table_is_logged(monkeypatch):
    draw_by(monkeypatch, told)
    made = builders.declaration(Status.APPROVED)
    for _ in range(2):
        download(made, "submission_export", 1, "pdf")
    logged = LogEntry.objects.filter(action="export").values_list("digest", "text")
    assert list(logged) == [(made.submission.digest, "PDF")] * 2
