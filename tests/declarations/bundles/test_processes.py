"""Real workers: killed in the middle, two at once, told to stop."""

import signal
from datetime import timedelta

import pypdfium2
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from declarations.bundles import files, ordering
from declarations.enums import BundleKind, BundleStatus
from declarations.management.commands import run_worker
from declarations.models import Bundle, BundlePart
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from perfgoals.audit.models import LogEntry
from perfgoals.workers.models import Worker
from tests.declarations import builders
from tests.declarations.bundles.orders import declared, lying_around, order
from tests.declarations.bundles.processes import WorkerProcess, wait_for


@pytest.fixture
def user(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> User:
    """Who orders; the parts are of two submissions."""
    monkeypatch.setattr(ordering, "PART_SIZE", 2)
    return builders.user(Role.ADMINISTRATOR)


def is_in(bundle: Bundle, *statuses: BundleStatus) -> bool:
    return Bundle.objects.filter(pk=bundle.pk, status__in=statuses).exists()


def finished(bundle: Bundle) -> None:
    wait_for(lambda: is_in(bundle, BundleStatus.DONE, BundleStatus.FAILED), "the bundle is not finished")
    bundle.refresh_from_db()
    assert (bundle.status, bundle.error) == (BundleStatus.DONE, "")


def let_silence_pass(name: str) -> None:
    """As if nothing had been heard of the killed worker for a minute."""
    past = timezone.now() - timedelta(minutes=1)
    Worker.objects.filter(pk=name).update(seen_at=past)
    DBTaskResult.objects.running().update(started_at=past)


def download(bundle: Bundle, user: User) -> tuple[int, bytes]:
    client: Client = builders.client_of(user)
    answer = client.get(reverse("declarations:bundle_download", args=[bundle.pk]))
    return answer.status_code, b"".join(answer.streaming_content) if answer.streaming else b""


def test_worker_killed_while_it_draws_is_followed_by_another_and_the_book_is_whole(user: User) -> None:
    declarations = declared(8)
    bundle = order(BundleKind.BOOK, user=user)
    with WorkerProcess("first") as first:
        wait_for(lambda: BundlePart.objects.filter(bundle=bundle, progress=1).exists(), "nothing is drawn")
        first.kill()
    assert DBTaskResult.objects.running().count() == 1
    assert download(bundle, user) == (404, b"")
    let_silence_pass("first")
    with WorkerProcess("second") as second:
        finished(bundle)
        assert second.terminate() == (0, "")
    status, contents = download(bundle, user)
    assert status == 200
    pdf = pypdfium2.PdfDocument(contents)
    names = [mark.get_title() for mark in pdf.get_toc() if mark.level == 0]
    assert names == ["目录", *(each.department.name for each in declarations)]
    assert lying_around() == [bundle.file]
    tried = [row.worker_ids for row in DBTaskResult.objects.order_by("enqueued_at")]
    assert tried.count(["first", "second"]) == 1
    assert all(ids in (["first"], ["second"], ["first", "second"]) for ids in tried)
    assert LogEntry.objects.filter(subject=f"批量导出：{bundle.title}").count() == 1


def test_worker_killed_while_it_assembles_leaves_nothing_that_is_served(user: User) -> None:
    declarations = declared(6)
    bundle = order(BundleKind.BOOK, user=user)
    with WorkerProcess("first") as first:
        wait_for(lambda: bool(lying_around()), "nothing is assembled")
        first.kill()
    assert lying_around() == [f"{bundle.pk}-1.unfinished"]
    assert download(bundle, user) == (404, b"")
    let_silence_pass("first")
    with WorkerProcess("second"):
        finished(bundle)
        assert bundle.file == f"{bundle.pk}-2.pdf"
        # Half-made things go with the first clearing, which comes with the first beat or has come already.
        wait_for(lambda: lying_around() == [bundle.file], "half-made things lie around")
    marks = [mark.get_title() for mark in pypdfium2.PdfDocument(files.path_of(bundle)).get_toc() if mark.level == 0]
    assert marks == ["目录", *(each.department.name for each in declarations)]


def test_two_bundles_of_two_people_are_made_at_once_by_two_workers(user: User) -> None:
    declared(6)
    other = builders.user(Role.AUDITOR)
    mine, theirs = order(BundleKind.ARCHIVE, user=user), order(BundleKind.BOOK, user=other)
    with WorkerProcess("first"), WorkerProcess("second"):
        finished(mine)
        finished(theirs)
        workers = {row.worker_ids[-1] for row in DBTaskResult.objects.all()}
    assert workers == {"first", "second"}
    assert [download(bundle, user)[0] for bundle in (mine, theirs)] == [200, 404]
    assert [download(bundle, other)[0] for bundle in (mine, theirs)] == [404, 200]
    assert lying_around() == sorted([mine.file, theirs.file])


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_worker_that_is_told_to_stop_hands_its_task_back_and_says_nothing(user: User, signum: int) -> None:
    declared(8)
    bundle = order(BundleKind.BOOK, user=user)
    with WorkerProcess("first") as first:
        wait_for(lambda: BundlePart.objects.filter(bundle=bundle, progress=1).exists(), "nothing is drawn")
        assert first.terminate(signum) == (0, "")
    assert list(Worker.objects.all()) == []
    assert DBTaskResult.objects.running().count() == DBTaskResult.objects.failed().count() == 0
    with WorkerProcess("second", "--batch") as second:
        assert second.process.wait(timeout=120) == 0
    finished(bundle)


def test_idle_worker_is_known_and_stops_at_once(user: User) -> None:
    with WorkerProcess("idle") as idle:
        wait_for(lambda: Worker.objects.filter(pk="idle").exists(), "the worker is not known")
        seen = Worker.objects.get(pk="idle").seen_at
        wait_for(lambda: Worker.objects.get(pk="idle").seen_at > seen, "the heart does not beat")
        assert idle.terminate() == (0, "")
    assert list(Worker.objects.all()) == []


def test_worker_that_still_makes_the_fonts_is_known(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(run_worker, "give_way", lambda: None)
    monkeypatch.setattr(run_worker, "faces", lambda: seen.extend(Worker.objects.values_list("pk", flat=True)))
    monkeypatch.setattr(run_worker.Worker, "configure_signals", lambda _: None)
    monkeypatch.setattr(run_worker.Worker, "run", lambda _: None)
    call_command("run_worker", batch=True, worker_id="first")
    assert seen == ["first"]
