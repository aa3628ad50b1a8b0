"""Looking for what somebody did to the log behind the back of the program."""

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Max
from django.utils.crypto import constant_time_compare

from perfgoals.audit.chain import hash_of, seal_of, secrets
from perfgoals.audit.models import LogEntry, LogHead

CHUNK = 2000
# So many entries that do not fit their hashes are kept, to find out which of them have only changed places.
KEPT = 200


class FaultKind(StrEnum):
    CHANGED = "内容被更改"
    MOVED = "不在原来的位置（被调换，或前面有插入、删除）"
    DELETED = "被删除"
    CUT = "末尾被删除"
    BEYOND = "在日志末端之后（为事后插入，或末端记录被换成旧的）"
    UNLINKED = "与相邻条目不相连（日志可能被部分覆盖）"
    HEAD_CHANGED = "日志末端记录被更改"
    HEAD_DELETED = "日志末端记录被删除"
    UNLIKE_NOTED = "与留存的校验值不符（日志可能被旧备份覆盖）"


@dataclass(frozen=True)
class Fault:
    """What is wrong with the entries from `first` to `last`; of the head: with the entry that it ends at."""

    kind: FaultKind
    first: int
    last: int

    def __str__(self) -> str:
        numbers = str(self.first) if self.first == self.last else f"{self.first} 至 {self.last}"
        return f"第 {numbers} 条：{self.kind}"


@dataclass(frozen=True)
class Report:
    """How many entries there are, the head (None where nothing was ever written), and what is wrong, by number."""

    entries: int
    head: LogHead | None
    faults: list[Fault]


def verify(noted: tuple[int, str] | None = None) -> Report:
    """Walk the whole log in constant memory, also while it is being written to.

    `noted` is a number and a hash that were written down earlier: an old backup that was put back is whole in itself.
    """
    # Before the head is read, which therefore covers all up to here.
    highest = LogEntry.objects.aggregate(highest=Max("number"))["highest"] or 0
    head = LogHead.objects.filter(pk=LogHead.ONLY).first()
    walk = _Walk(end=head.number if head else highest)
    for entry in LogEntry.objects.filter(number__lte=max(highest, walk.end)).order_by("number").iterator(CHUNK):
        walk.take(entry)
    faults = [*walk.faults, *_faults_of_misfits(walk.misfits), *_faults_of_end(head, walk)]
    if noted is not None and not LogEntry.objects.filter(number=noted[0], hash=noted[1]).exists():
        faults.append(_fault(FaultKind.UNLIKE_NOTED, noted[0]))
    return Report(walk.entries, head, _joined(sorted(faults, key=lambda fault: fault.first)))


class _Walk:
    """The way through the entries, by number; the log should end at number `end`."""

    def __init__(self, end: int) -> None:
        self.end = end
        self.entries = 0
        self.faults: list[Fault] = []
        self.misfits: list[LogEntry] = []
        # Of the entry before: its number and hash, and whether its contents fit the hash.
        self.number, self.hash, self.fits = 0, "", True

    def take(self, entry: LogEntry) -> None:
        self.entries += 1
        if not 1 <= entry.number <= self.end:
            self._add(_fault(FaultKind.BEYOND, entry.number))
            return
        fits = _fits(entry)
        if entry.number > self.number + 1:
            self._add(_fault(FaultKind.DELETED, self.number + 1, entry.number - 1))
        elif fits and self.fits and entry.previous != self.hash:
            self._add(_fault(FaultKind.UNLINKED, entry.number))
        if not fits and len(self.misfits) < KEPT:
            self.misfits.append(entry)
        elif not fits:
            self._add(_fault(FaultKind.CHANGED, entry.number))
        self.number, self.hash, self.fits = entry.number, entry.hash, fits

    def _add(self, fault: Fault) -> None:
        # With a wrong key every entry has a fault; they must not fill the memory.
        self.faults[-1:] = _joined([*self.faults[-1:], fault])


def _fits(entry: LogEntry) -> bool:
    return any(constant_time_compare(hash_of(entry, secret), entry.hash) for secret in secrets())


def _faults_of_misfits(misfits: list[LogEntry]) -> Iterator[Fault]:
    """Whether each was changed, or fits under the number of another one or of a neighbour: then it was moved."""
    places = {entry.number + step for entry in misfits for step in (-1, 0, 1)}
    for entry in misfits:
        is_moved = any(_fits(_at(entry, place)) for place in places)
        yield _fault(FaultKind.MOVED if is_moved else FaultKind.CHANGED, entry.number)


def _at(entry: LogEntry, number: int) -> LogEntry:
    moved = copy(entry)
    moved.number = number
    return moved


def _faults_of_end(head: LogHead | None, walk: _Walk) -> Iterator[Fault]:
    if head is None:
        if walk.entries:
            yield _fault(FaultKind.HEAD_DELETED, walk.end)
        return
    if not any(constant_time_compare(seal_of(head, secret), head.seal) for secret in secrets()):
        yield _fault(FaultKind.HEAD_CHANGED, head.number)
    if walk.number < head.number:
        yield _fault(FaultKind.CUT, walk.number + 1, head.number)
    elif walk.fits and walk.hash != head.hash:
        yield _fault(FaultKind.UNLINKED, head.number)


def _fault(kind: FaultKind, first: int, last: int | None = None) -> Fault:
    return Fault(kind, first, first if last is None else last)


def _joined(faults: Iterable[Fault]) -> list[Fault]:
    """The faults, in order; those of one kind on the same entries, or on entries that follow one another, as one."""
    joined: list[Fault] = []
    for fault in faults:
        if joined and joined[-1].kind == fault.kind and fault.first <= joined[-1].last + 1:
            joined[-1] = replace(joined[-1], last=max(joined[-1].last, fault.last))
        else:
            joined.append(fault)
    return joined
