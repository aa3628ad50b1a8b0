"""How a bundle is made: in parts, once, whole, or not at all."""

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from declarations.bundles import assembling, contents, files, ordering, states, tasks
from declarations.bundles.assembling import DISK_FULL
from declarations.bundles.housekeeping import Housekeeping, clear_up
from declarations.bundles.job import Job
from declarations.bundles.tasks import UNEXPECTED, WORKER_LOST
from declarations.enums import BundleKind, BundleStatus
from declarations.exports import Format
from declarations.exports.drawing import DrawingRefused
from declarations.models import Bundle
from perfgoals.workers import stopping
from tests.declarations.bundles.orders import declared, lying_around, made, order, run, work, worker

DRAWN = b"a table"


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What was drawn: nothing takes time here. Parts are of two, of which two are in the queue at a time."""
    calls: list[tuple[str, str]] = []

    def table_of(sealed: str, format: Format, imprint: object) -> bytes:
        calls.append((sealed, format))
        return DRAWN

    monkeypatch.setattr(contents, "table_of", table_of)
    monkeypatch.setattr(ordering, "PART_SIZE", 2)
    monkeypatch.setattr(tasks, "LANES", 2)
    return calls


@pytest.fixture
def standing_still() -> Iterator[None]:
    yield
    stopping.withdraw()


def failed(bundle: Bundle) -> tuple[str, str, list[str]]:
    """How it has ended, why, and what lies around."""
    bundle.refresh_from_db()
    return bundle.status, bundle.error, lying_around()


def test_bundle_goes_through_its_parts_and_is_published_once(db: None, drawn: list[Any]) -> None:
    declared(5)
    bundle = order(BundleKind.ARCHIVE)
    work()
    path = made(bundle)
    assert path.name == f"{bundle.pk}-1.zip"
    assert lying_around() == [path.name]
    assert [part.progress for part in bundle.parts.all()] == [2, 2, 1]
    # Once for keeping, once for the file.
    assert len(drawn) == 5 * 2 * 2
    assert (bundle.assembled, bundle.attempt, bundle.size) == (5, 1, path.stat().st_size)
    assert bundle.file_name.startswith("2022年度申报表_压缩包_")
    assert bundle.expires_at == bundle.finished_at + timedelta(days=1)
    assert DBTaskResult.objects.successful().count() == 4


def test_part_that_is_done_twice_counts_once(db: None, drawn: list[Any]) -> None:
    declared(4)
    bundle = order(BundleKind.ARCHIVE)
    first, second = bundle.parts.all()
    tasks.draw_part.call(first.pk)
    drawn.clear()
    tasks.draw_part.call(first.pk)
    assert drawn == []
    tasks.draw_part.call(second.pk)
    tasks.draw_part.call(second.pk)
    assembling = DBTaskResult.objects.filter(task_path=tasks.assemble.module_path)
    assert assembling.count() == 1


def test_two_at_one_part_finish_it_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that was taken for dead goes on while another does its part again."""
    declared(2)
    bundle = order(BundleKind.ARCHIVE)
    (part,) = bundle.parts.all()
    finish = tasks._finish_part

    def overtaken(*arguments: Any) -> None:
        monkeypatch.setattr(tasks, "_finish_part", finish)
        tasks.draw_part.call(part.pk)
        finish(*arguments)

    monkeypatch.setattr(tasks, "_finish_part", overtaken)
    tasks.draw_part.call(part.pk)
    assert DBTaskResult.objects.filter(task_path=tasks.assemble.module_path).count() == 1


def test_slow_worker_that_was_overtaken_publishes_nothing(db: None) -> None:
    declared(2)
    bundle = order(BundleKind.ARCHIVE)
    work(max_tasks=1)

    def slow(job: Job) -> Path:
        path = assembling.make_file(job)
        assembling.assemble(bundle.pk)
        return path

    assembling.assemble(bundle.pk, slow)
    assert made(bundle).name == f"{bundle.pk}-2.zip"
    assert lying_around() == [f"{bundle.pk}-2.zip"]


def test_slow_worker_that_was_overtaken_stops_before_it_is_through(db: None) -> None:
    declared(2)
    bundle = order(BundleKind.ARCHIVE)
    work(max_tasks=1)
    seen = []

    def slow(job: Job) -> Path:
        for item in job.items():
            seen.append(item.submission.pk)
            assembling.assemble(bundle.pk)
        raise AssertionError("It should have stopped.")

    assembling.assemble(bundle.pk, slow)
    assert len(seen) == 1
    assert lying_around() == [made(bundle).name]


def test_cancelled_while_it_waits_draws_nothing(db: None, drawn: list[Any]) -> None:
    declared(5)
    bundle = order(BundleKind.ARCHIVE)
    assert states.cancel(bundle)
    work()
    assert drawn == []
    assert failed(bundle) == (BundleStatus.CANCELLED, "", [])
    assert not states.cancel(bundle)


def test_cancelled_in_the_middle_of_a_part_stops_before_the_next_table(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared(4)
    bundle = order(BundleKind.ARCHIVE)
    calls = []

    def cancelling(*arguments: object) -> bytes:
        calls.append(arguments)
        states.cancel(bundle)
        return DRAWN

    monkeypatch.setattr(contents, "table_of", cancelling)
    work()
    assert len(calls) == 1
    assert failed(bundle) == (BundleStatus.CANCELLED, "", [])


def test_cancelled_while_it_is_assembled_leaves_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    declared(2)
    bundle = order(BundleKind.ARCHIVE)
    work(max_tasks=1)

    def cancelling(*arguments: object) -> bytes:
        states.cancel(bundle)
        return DRAWN

    monkeypatch.setattr(contents, "table_of", cancelling)
    work()
    assert failed(bundle) == (BundleStatus.CANCELLED, "", [])


def test_cancelled_at_the_last_moment_is_not_published(db: None) -> None:
    declared(2)
    bundle = order(BundleKind.ARCHIVE)
    work(max_tasks=1)

    def cancelling(job: Job) -> Path:
        path = assembling.make_file(job)
        states.cancel(bundle)
        return path

    assembling.assemble(bundle.pk, cancelling)
    assert failed(bundle) == (BundleStatus.CANCELLED, "", [])


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_fails_with_a_clear_message_and_leaves_nothing(
    db: None, monkeypatch: pytest.MonkeyPatch, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    declared(2)
    bundle = order(BundleKind.ARCHIVE)

    def full(*arguments: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(ZipFile, "writestr", full)
    work()
    assert failed(bundle) == (BundleStatus.FAILED, DISK_FULL, [])
    assert f"There is no room for bundle {bundle.pk}." in caplog.text


@pytest.fixture
def tiny_disk(files_root: Path) -> Iterator[Path]:
    """A file system of 256 kB where bundles lie."""
    if os.geteuid() != 0:
        pytest.skip("only root mounts file systems")
    place = files_root / "bundles"
    place.mkdir(parents=True)
    mounted = subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], check=False)
    if mounted.returncode:
        pytest.skip("this container mounts no file systems")
    yield place
    subprocess.run(["/bin/umount", str(place)], check=True)


@pytest.mark.parametrize("kind", BundleKind)
def test_disk_that_is_really_full_fails_with_a_clear_message_and_leaves_nothing(
    db: None, tiny_disk: Path, kind: BundleKind, monkeypatch: pytest.MonkeyPatch, a_pdf: bytes
) -> None:
    filling = b"%" + os.urandom(120_000)
    monkeypatch.setattr(contents, "table_of", lambda *_: a_pdf + filling if kind == BundleKind.BOOK else filling)
    (tiny_disk / "full").write_bytes(b"x" * 250_000)
    declared(3)
    bundle = order(kind)
    work()
    assert failed(bundle) == (BundleStatus.FAILED, DISK_FULL, ["full"])


@pytest.fixture(scope="module")
def a_pdf() -> bytes:
    """A page with more than the tiny disk holds."""
    from io import BytesIO

    import pikepdf

    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    page.Contents = pdf.make_stream(b"%" + os.urandom(200_000).replace(b"\n", b"").replace(b"\r", b""))
    contents = BytesIO()
    pdf.save(contents)
    return contents.getvalue()


def test_unexpected_error_fails_the_bundle_and_is_logged(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    declared(2)
    bundle = order(BundleKind.ARCHIVE)

    def broken(*arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(ZipFile, "writestr", broken)
    with pytest.raises(AssertionError):
        work()
    assert failed(bundle) == (BundleStatus.FAILED, UNEXPECTED, [])
    assert "ZeroDivisionError" in caplog.text
    (task,) = DBTaskResult.objects.failed()
    assert task.exception_class_path == "builtins.ZeroDivisionError"


def test_one_table_that_cannot_be_drawn_does_not_stop_the_others(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, _, _ = declared(3)

    def broken(sealed: str, *rest: object) -> bytes:
        if first.approved and sealed == first.approved.document:
            raise ZeroDivisionError
        return DRAWN

    monkeypatch.setattr(contents, "table_of", broken)
    bundle = order(BundleKind.ARCHIVE)
    work()
    with ZipFile(made(bundle)) as archive:
        assert len(archive.namelist()) == 2 * 2 + 1
        assert "第0局　PDF：生成时发生意外错误" in archive.read("说明.txt").decode()
    assert "cannot be drawn as pdf" in caplog.text


def test_bundle_of_which_nothing_can_be_drawn_fails_with_the_reason(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    declared(3)

    def refuse(*arguments: object) -> bytes:
        raise DrawingRefused("文字过长。")

    monkeypatch.setattr(contents, "table_of", refuse)
    bundle = order(BundleKind.BOOK)
    work()
    assert failed(bundle) == (BundleStatus.FAILED, "所选申报表的文件都未能生成：文字过长。", [])


def asking_to_stop(then: Callable[[], bytes]) -> Callable[..., bytes]:
    def table_of(*arguments: object) -> bytes:
        stopping.ask()
        return then()

    return table_of


def test_worker_that_stops_hands_its_part_back_and_another_goes_on(
    db: None, monkeypatch: pytest.MonkeyPatch, standing_still: None, drawn: list[Any]
) -> None:
    declared(3)
    bundle = order(BundleKind.ARCHIVE)
    stopping.ask()
    run(worker(max_tasks=1))
    assert drawn == []
    assert set(DBTaskResult.objects.values_list("status", "started_at")) == {("READY", None)}
    assert [row.worker_ids for row in DBTaskResult.objects.all()] == [[], []]
    stopping.withdraw()
    work()
    assert made(bundle).exists()


def test_worker_that_stops_while_it_assembles_leaves_nothing_half_made(
    db: None, monkeypatch: pytest.MonkeyPatch, standing_still: None
) -> None:
    declared(2)
    bundle = order(BundleKind.ARCHIVE)
    work(max_tasks=1)
    table_of = contents.table_of

    def stopping_then(*arguments: Any) -> bytes:
        stopping.ask()
        return table_of(*arguments)

    monkeypatch.setattr(contents, "table_of", stopping_then)
    run(worker(max_tasks=1))
    assert lying_around() == []
    bundle.refresh_from_db()
    assert (bundle.status, bundle.file) == (BundleStatus.RUNNING, "")
    stopping.withdraw()
    monkeypatch.setattr(contents, "table_of", table_of)
    work()
    assert made(bundle).name == f"{bundle.pk}-2.zip"


@pytest.mark.parametrize("task", [tasks.draw_part, tasks.assemble])
def test_task_that_is_given_up_fails_its_bundle_with_a_clear_message(db: None, task: Any) -> None:
    declared(2)
    bundle, other = order(BundleKind.ARCHIVE), order(BundleKind.ARCHIVE)
    key = bundle.pk if task == tasks.assemble else bundle.parts.get().pk
    tasks.given_up(task.module_path, [key])
    assert failed(bundle)[:2] == (BundleStatus.FAILED, WORKER_LOST)
    other.refresh_from_db()
    assert other.status == BundleStatus.WAITING


def test_given_up_task_of_others_changes_no_bundle(db: None) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE)
    tasks.given_up("declarations.tasks.keep_tables", [bundle.pk])
    bundle.refresh_from_db()
    assert bundle.status == BundleStatus.WAITING


def test_after_a_day_bundle_and_file_are_gone(db: None) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE)
    work()
    made(bundle)
    clear_up(bundle.finished_at + timedelta(hours=23))
    assert lying_around() == [bundle.file]
    clear_up(bundle.finished_at + timedelta(days=1))
    assert (list(Bundle.objects.all()), lying_around()) == ([], [])


def test_half_made_files_of_killed_workers_are_cleared_up_and_those_at_work_are_left_alone(db: None) -> None:
    declared(1)
    done, running = order(BundleKind.ARCHIVE), order(BundleKind.ARCHIVE)
    work()
    made(done)
    Bundle.objects.filter(pk=running.pk).update(
        status=BundleStatus.RUNNING, attempt=3, file="", size=None, finished_at=None, expires_at=None
    )
    for name in (f"{running.pk}-2.unfinished", f"{running.pk}-3.unfinished", "999-1.unfinished"):
        (files.folder() / name).mkdir()
        (files.folder() / name / "archive.zip").write_bytes(b"half")
    for name in (f"{running.pk}-1.zip", f"{running.pk}-2.zip", f"{done.pk}-9.zip", "999-1.zip", "somebody's.txt"):
        (files.folder() / name).write_bytes(b"")
    clear_up(timezone.now())
    assert lying_around() == sorted([done.file, f"{running.pk}-3.unfinished", "somebody's.txt"])


def test_bundle_that_is_under_way_for_a_day_is_given_up(db: None) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE)
    clear_up(bundle.created_at + timedelta(hours=23))
    bundle.refresh_from_db()
    assert bundle.status == BundleStatus.WAITING
    clear_up(bundle.created_at + timedelta(days=1))
    assert failed(bundle)[0] == BundleStatus.FAILED
    assert "超过一天" in bundle.error


def test_results_of_tasks_go_after_a_week(db: None) -> None:
    declared(1)
    order(BundleKind.SUMMARY)
    work()
    clear_up(timezone.now() + timedelta(days=6))
    assert DBTaskResult.objects.count() == 1
    clear_up(timezone.now() + timedelta(days=8))
    assert DBTaskResult.objects.count() == 0


def test_housekeeping_does_what_is_due(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr("perfgoals.workers.recovery.take_up_again", lambda *_: calls.append("recovery"))
    monkeypatch.setattr("declarations.bundles.housekeeping.clear_up", lambda _: calls.append("clearing"))
    keep, now = Housekeeping(), timezone.now()
    for seconds in (0, 3, 9, 10, 12, 20, 600):
        keep(now + timedelta(seconds=seconds))
    assert calls == ["recovery", "clearing", "recovery", "recovery", "recovery", "clearing"]


def test_deleting_takes_the_file_along(db: None) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE)
    work()
    made(bundle)
    states.delete(bundle)
    assert (Bundle.objects.count(), lying_around()) == (0, [])


def test_name_of_a_download_fits_every_file_system(db: None) -> None:
    declared(1)
    bundle = order(BundleKind.ARCHIVE, title="名" * 300)
    work()
    made(bundle)
    assert (len(bundle.title), bundle.title[-2:]) == (200, "名…")
    assert bundle.file_name.startswith("名名")
    assert bundle.file_name.endswith(".zip")
    assert 245 < len(bundle.file_name.encode()) <= 255


def test_names_of_downloads_say_what_and_when(db: None) -> None:
    declared(1)
    names = []
    with time_machine.travel("2022-03-01 10:30+08:00", tick=False):
        for kind in (BundleKind.ARCHIVE, BundleKind.SUMMARY):
            bundle = order(kind, title="2022年度 已批复/申报表（名称含“教育”）")
            work()
            made(bundle)
            names.append(bundle.file_name)
    assert names == [
        "2022年度_已批复申报表名称含教育_压缩包_20220301_1030.zip",
        "2022年度_已批复申报表名称含教育_汇总表_20220301_1030.xlsx",
    ]
