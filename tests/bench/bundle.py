"""What a bundle of 200 departments takes with one worker and with two, and what others feel of it meanwhile."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from declarations.bundles import ordering, states
from declarations.enums import BundleKind, BundleStatus, Status
from declarations.models import Bundle, Declaration
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from perfgoals.workers.models import Worker
from tests.bench.timing import medians
from tests.declarations import builders
from tests.declarations.bundles.processes import WorkerProcess, wait_for
from tests.declarations.documents import reference_document

DEPARTMENTS = int(os.environ.get("BENCH_DEPARTMENTS", "200"))
PAGES = ("/", "/declarations/", "/bundles/")


def run() -> None:
    """Print how long a book takes with one worker and with two, and what other pages take before and meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        settings.FILES_ROOT = Path(folder) / "files"
        _declare()
        administrator = builders.user(Role.ADMINISTRATOR)
        client = builders.client_of(administrator)
        quiet = _pages(client)
        alone, _ = _bundle(administrator, None, "one")
        together, _ = _bundle(administrator, None, "one", "two")
        asked, busy = _bundle(administrator, client, "one", "two")
        print(f"Bundle of {DEPARTMENTS} departments: {alone:.1f} s with one worker, {together:.1f} s with two")
        print(f"  two workers do {alone / together:.2f} times the work of one")
        print(f"  {asked:.1f} s with two, while somebody asks for pages")
        for address, before, meanwhile in zip(PAGES, quiet, busy, strict=True):
            print(
                f"  {address:<16}{before * 1000:5.0f} ms before, {meanwhile * 1000:5.0f} ms while two are at work"
                f" = {meanwhile / before:.2f} x"
            )
        _download(client)


def _declare() -> None:
    """Approved declarations like the reference form, each of a department of its own."""
    round = builders.round_()
    reference = reference_document()
    made = builders.declaration(Status.APPROVED, round=round)
    for _ in range(DEPARTMENTS):
        department = builders.department(office=made.department.office)
        document = reference.model_copy(
            update={"department": department.name, "department_code": department.code, "fiscal_year": round.fiscal_year}
        )
        declaration = Declaration.objects.create(round=round, department=department, reached=made.reached)
        submission = declaration.submissions.create(
            number=1,
            document=document.sealed(),
            digest=document.digest(),
            submitted_by=builders.preparer_of(made),
            submitted_at=timezone.now(),
        )
        Declaration.objects.filter(pk=declaration.pk).update(
            status=Status.APPROVED, submission=submission, approved=submission
        )
    Declaration.objects.filter(pk=made.pk).update(round=builders.round_())
    DBTaskResult.objects.all().delete()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _bundle(user: User, client: Client | None, *workers: str) -> tuple[float, list[float]]:
    """Let the workers make a book of all, with nothing kept: the seconds, and what pages take `client` meanwhile."""
    shutil.rmtree(settings.FILES_ROOT / "tables", ignore_errors=True)
    round = Declaration.objects.filter(status=Status.APPROVED).order_by("-pk")[0].round
    with _at_work(*workers):
        begun = perf_counter()
        bundle = ordering.order(user, BundleKind.BOOK, "合订本", round.declarations.all(), timezone.now())
        meanwhile = []
        while Bundle.objects.get(pk=bundle.pk).is_open:
            if client:
                meanwhile.append(_once(client))
            time.sleep(0.5)
        seconds = perf_counter() - begun
    bundle.refresh_from_db()
    if bundle.status != BundleStatus.DONE:
        raise RuntimeError(bundle.error)
    states.delete(bundle)
    return seconds, [median(times) for times in zip(*meanwhile, strict=True)]


@contextmanager
def _at_work(*names: str) -> Iterator[None]:
    """Workers that have started."""
    processes = [WorkerProcess(name) for name in names]
    try:
        wait_for(lambda: Worker.objects.filter(pk__in=names).count() == len(names), "the workers do not start")
        yield
    finally:
        for process in processes:
            process.__exit__()


def _pages(client: Client) -> list[float]:
    """The median of each page while nobody is at work."""
    return [median(times) for times in zip(*(_once(client) for _ in range(20)), strict=True)]


def _once(client: Client) -> list[float]:
    taken = []
    for address in PAGES:
        begun = perf_counter()
        answer = client.get(address)
        taken.append(perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(address)
    return taken


def _download(client: Client) -> None:
    """Print what a kept table takes beside a page with nothing on it."""
    declaration = Declaration.objects.filter(status=Status.APPROVED).order_by("-pk")[0]
    address = f"/declarations/{declaration.pk}/submissions/1/export/pdf/"
    client.get(address)
    table, empty = medians(lambda: client.get(address).content, lambda: client.get("/notices/").content)
    compared = f"{table / empty:.2f} x an empty page ({empty * 1000:.1f} ms)"
    print(f"Download of a kept table: {table * 1000:.1f} ms = {compared}")
