"""The sections of the statistics page: each a table, most with a chart of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from declarations.charts import BarChart, BarValues, LineChart, Part, bar_chart, line_chart, stairs
from declarations.enums import BUREAU_STAGES, StageKind, Status
from declarations.forms import filters
from declarations.numbers import format_number
from declarations.statistics import frequencies, missing, progress, stage_times, timeline
from declarations.statistics.frequencies import Frequency
from declarations.statistics.progress import Group, Progress, Tally
from declarations.statistics.scope import Scope
from declarations.statistics.table import Column, Kind, Line, StatisticsTable, Value, printed

# How many rows the page shows of the tables that grow with the departments; the workbook has all.
SUPERIORS_SHOWN = 20
MISSING_SHOWN = 50

APPROVED = Part("approved", Status.APPROVED.label)
IN_REVIEW = Part("review", Status.IN_REVIEW.label)
RETURNED = Part("returned", Status.RETURNED.label)
DRAFT = Part("draft", Status.DRAFT.label)
NOT_BEGUN = Part("not-begun", missing.NOT_BEGUN)
COUNTED = Part("counted", "")

_GROUP_COLUMNS = (
    *(Column(label) for label in ("应申报", "已送审")),
    Column("送审比例", Kind.SHARE),
    *(
        Column(label)
        for label in ("未开始", "草稿", "待审核", "已退回", "已批复", "正在调整", "逾期未送审", "办理逾期")
    ),
    *(Column(f"{label}金额（万元）", Kind.MONEY) for label in ("已送审", "待审核", "已退回", "已批复")),
)


@dataclass(frozen=True)
class Section:
    """A table under its title with the chart of it; `note` says what is counted how."""

    key: str
    title: str
    table: StatisticsTable
    chart: BarChart | LineChart | None = None
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """One of the figures at the top of the page, and where what it counts is listed."""

    label: str
    tally: Tally
    address: str = ""
    note: str = ""

    @property
    def money(self) -> str:
        return format_number(self.tally.money)


@dataclass(frozen=True)
class Picture:
    """The statistics of a scope as they are shown; without `whole`, long tables are cut."""

    scope: Scope
    whole: bool = False

    @cached_property
    def offices(self) -> list[Group]:
        return progress.by_office(self.scope)

    @cached_property
    def total(self) -> Progress:
        return progress.total(self.scope, self.offices)

    def sections(self) -> list[Section]:
        """All that the page shows; of a single office nothing by office, which would repeat the total."""
        return [self.section(key) for key in SECTIONS if key != "offices" or self.scope.office is None]

    def section(self, key: str) -> Section:
        """The section of that key of `SECTIONS`."""
        return SECTIONS[key](self)

    def figures(self) -> list[Figure]:
        """The figures at the top of the page."""
        whole = self.total
        adjusting = f"其中 {whole.adjusting.number} 个正在调整" if whole.adjusting.number else ""
        stages = zip(self.scope.stages, whole.in_review, strict=True)
        # The bureau does not list them yet.
        elsewhere = sum(tally.number for stage, tally in stages if stage.kind not in BUREAU_STAGES)
        on_the_way = f"其中 {elsewhere} 个尚未转到财政局" if elsewhere else ""
        return [
            Figure("应申报", whole.declared),
            Figure("已送审", whole.submitted),
            Figure("未送审", whole.missing, "#missing"),
            Figure("待审核", whole.reviewed, self._list_address(filters.NOT_APPROVED, Status.IN_REVIEW), on_the_way),
            Figure("已退回", whole.returned, self._list_address(filters.NOT_APPROVED, Status.RETURNED)),
            Figure("已批复", whole.approved, self._list_address(filters.APPROVED), adjusting),
            Figure("逾期未送审", whole.overdue, "#missing"),
            Figure("办理逾期", whole.stage_overdue, "#stages"),
        ]

    def progress(self) -> Section:
        whole, stages = self.total, self.scope.stages
        parted = [
            (APPROVED, whole.approved),
            *(
                (Part(f"review-{StageKind(stage.kind).rank}", str(stage)), tally)
                for stage, tally in zip(stages, whole.in_review, strict=True)
            ),
            (RETURNED, whole.returned),
            (DRAFT, whole.draft),
            (NOT_BEGUN, whole.not_begun),
        ]
        tallies = [tally for _, tally in parted]
        bars = [
            _bar("部门（单位）", f"{whole.declared.number} 个", [tally.number for tally in tallies]),
            _bar("金额", f"{format_number(whole.declared.money)} 万元", [tally.money for tally in tallies]),
        ]
        named = [
            ("应申报", whole.declared),
            ("已送审", whole.submitted),
            ("未送审", whole.missing),
            *((part.label, tally) for part, tally in parted),
            ("已批复、正在调整", whole.adjusting),
            ("逾期未送审", whole.overdue),
            ("办理逾期", whole.stage_overdue),
        ]
        return Section(
            key="progress",
            title="总体进度",
            table=StatisticsTable(
                (
                    Column("项目", Kind.TEXT),
                    Column("部门（单位）数"),
                    Column("占应申报比例", Kind.SHARE),
                    Column("金额（万元）", Kind.MONEY),
                ),
                tuple(
                    Line((name, tally.number, _share(tally.number, whole.declared.number), tally.money))
                    for name, tally in named
                ),
            ),
            chart=bar_chart("应申报部门和送审金额的构成", [part for part, _ in parted], bars, each_whole=True),
            note="统计范围为启用的部门（单位）。已送审包括待审核和已批复，未送审包括未开始、草稿和已退回；"
            "已批复后正在调整的仍计入已批复，金额为现行批复的部门预算总额。"
            "逾期未送审指截止（含延期）后仍未送审的部门（单位）；办理逾期指超过环节办理期限仍未办理的申报表（含调整）。",
        )

    def days(self) -> Section:
        days = timeline.by_day(self.scope)
        declared = self.total.declared.number
        return Section(
            key="days",
            title="送审进度",
            table=StatisticsTable(
                (
                    Column("日期", Kind.DATE),
                    Column("当日首次送审"),
                    Column("累计首次送审"),
                    Column("占应申报比例", Kind.SHARE),
                    Column("累计金额（万元）", Kind.MONEY),
                ),
                tuple(_day_line(day, declared) for day in days),
            ),
            chart=self._days_chart(days, declared),
            note="按部门（单位）首次送审的日期累计，送审后撤回或退回的不扣除。",
        )

    def by_office(self) -> Section:
        lines = [_group_line(group, self._office_address(group)) for group in self.offices]
        if len(lines) > 1:
            lines.append(replace(_group_line(Group(0, "合计", self.total)), is_total=True))
        return Section(
            key="offices",
            title="各业务科室",
            table=StatisticsTable((Column("归口科室", Kind.TEXT), *_GROUP_COLUMNS), tuple(lines)),
            chart=_groups_chart("各业务科室归口部门的申报进度", self.offices),
        )

    def by_superior(self) -> Section:
        groups = progress.by_superior(self.scope)
        shown = groups if self.whole else groups[:SUPERIORS_SHOWN]
        return Section(
            key="superiors",
            title="各主管部门",
            table=StatisticsTable(
                (Column("主管部门", Kind.TEXT), *_GROUP_COLUMNS),
                tuple(_group_line(group) for group in shown),
                more=len(groups) - len(shown),
            ),
            chart=_groups_chart("各主管部门及其下属单位的申报进度", shown),
            note="含主管部门本级；没有主管部门的单列。未送审的部门（单位）多的在前。",
        )

    def missing(self) -> Section:
        found = list(missing.missing_departments(self.scope, None if self.whole else MISSING_SHOWN))
        return Section(
            key="missing",
            title="未送审部门（单位）",
            table=StatisticsTable(
                (
                    Column("部门（单位）", Kind.TEXT),
                    Column("单位代码", Kind.TEXT),
                    Column("归口科室", Kind.TEXT),
                    Column("主管部门", Kind.TEXT),
                    Column("状态", Kind.TEXT),
                    Column("延期至", Kind.TIME),
                    Column("是否逾期", Kind.TEXT),
                ),
                tuple(
                    Line(
                        (
                            entry.department,
                            entry.code,
                            entry.office,
                            entry.superior,
                            entry.state,
                            entry.extended_until,
                            "已逾期" if entry.is_overdue else "未到期",
                        ),
                        reverse("declarations:detail", args=[entry.declaration]) if entry.declaration else "",
                    )
                    for entry in found
                ),
                more=self.total.missing.number - len(found),
            ),
            note="包括已退回、尚未重新送审的部门（单位），已逾期的在前。",
        )

    def stages(self) -> Section:
        times = stage_times.stage_times(self.scope)
        lines = tuple(
            Line(
                (
                    str(time.stage),
                    time.stage.target_days,
                    time.decided,
                    *(_days(taken) for taken in (time.median, time.mean, time.longest)),
                    time.waiting,
                    _days(time.waiting_longest),
                    time.overdue,
                )
            )
            for time in times
        )
        bars = [
            _bar(str(time.stage), f"{printed(days, Kind.DAYS)} 天", [days])
            for time in times
            if (days := _days(time.median)) is not None
        ]
        return Section(
            key="stages",
            title="各环节办理时间",
            table=StatisticsTable(
                (
                    Column("审核环节", Kind.TEXT),
                    Column("办理时限（天）"),
                    Column("已办理（次）"),
                    Column("用时中位数（天）", Kind.DAYS),
                    Column("平均用时（天）", Kind.DAYS),
                    Column("最长用时（天）", Kind.DAYS),
                    Column("正在等待（份）"),
                    Column("最长等待（天）", Kind.DAYS),
                    Column("办理逾期（份）"),
                ),
                lines,
            ),
            chart=bar_chart("各环节用时的中位数", [COUNTED], bars),
            note="图中为用时中位数。每次进入环节至办理为一次，撤销的办理不计；含调整。",
        )

    def findings(self) -> Section:
        return _frequencies(
            "findings",
            "常见系统提示",
            "系统提示",
            "提示次数",
            frequencies.frequent_findings(self.scope),
            "按各部门最近一次送审稿统计，已撤回的不计。",
        )

    def reasons(self) -> Section:
        return _frequencies(
            "reasons",
            "退回原因",
            "退回原因",
            "退回次数",
            frequencies.return_reasons(self.scope),
            "退回部门的次数，撤销的退回和退回上一环节不计。",
        )

    def _days_chart(self, days: Sequence[timeline.Day], declared: int) -> LineChart:
        opens, closes = (timezone.localdate(at) for at in (self.scope.round.opens_at, self.scope.round.closes_at))
        seen = [day.date for day in days]
        # The line begins at the end of the day before the round opens.
        start = min([opens, *seen]) - timedelta(days=1)
        end = max([closes, *seen])

        def x_of(day: date) -> int:
            return (day - start).days

        until = min(max(timezone.localdate(self.scope.now), start, *seen), end)
        points = stairs([(x_of(day.date), day.until_then.number) for day in days], x_of(until))
        labels = [f"{start + timedelta(days=x):%m-%d}" for x in range(x_of(end) + 1)]
        return line_chart(
            f"累计首次送审的部门（单位）数，应申报 {declared} 个，{closes:%Y-%m-%d} 截止",
            points,
            x_labels=labels,
            largest=declared,
            mark=(x_of(closes), f"{closes:%m-%d} 截止"),
        )

    def _list_address(self, approval: str, status: Status | None = None) -> str:
        wanted: dict[str, object] = {"year": self.scope.round.fiscal_year, "approval": approval}
        if status is not None:
            wanted["status"] = status.value
        if self.scope.office is not None:
            wanted["office"] = self.scope.office.pk
        return f"{reverse('declarations:list')}?{urlencode(wanted)}"

    def _office_address(self, group: Group) -> str:
        wanted = {"year": self.scope.round.fiscal_year, "office": group.key}
        return f"{reverse('declarations:dashboard')}?{urlencode(wanted)}"


SECTIONS: dict[str, Callable[[Picture], Section]] = {
    "progress": Picture.progress,
    "days": Picture.days,
    "offices": Picture.by_office,
    "superiors": Picture.by_superior,
    "missing": Picture.missing,
    "stages": Picture.stages,
    "findings": Picture.findings,
    "reasons": Picture.reasons,
}


def _frequencies(key: str, title: str, what: str, times: str, found: Sequence[Frequency], note: str) -> Section:
    bars = [_bar(entry.title, f"{entry.times} 次", [entry.times]) for entry in found]
    return Section(
        key=key,
        title=title,
        table=StatisticsTable(
            (Column(what, Kind.TEXT), Column(times), Column("涉及申报表（份）")),
            tuple(Line((entry.title, entry.times, entry.declarations)) for entry in found),
        ),
        chart=bar_chart(f"{title}的次数", [COUNTED], bars),
        note=note,
    )


def _groups_chart(label: str, groups: Sequence[Group]) -> BarChart:
    bars = []
    for group in groups:
        found = group.progress
        tallies = (found.approved, found.reviewed, found.returned, found.draft, found.not_begun)
        value = f"已送审 {found.submitted.number} / {found.declared.number}"
        bars.append(_bar(group.name, value, [tally.number for tally in tallies]))
    return bar_chart(label, [APPROVED, IN_REVIEW, RETURNED, DRAFT, NOT_BEGUN], bars)


def _day_line(day: timeline.Day, declared: int) -> Line:
    so_far = day.until_then
    return Line((day.date, day.submitted.number, so_far.number, _share(so_far.number, declared), so_far.money))


def _group_line(group: Group, address: str = "") -> Line:
    found = group.progress
    values: tuple[Value, ...] = (
        group.name,
        found.declared.number,
        found.submitted.number,
        _share(found.submitted.number, found.declared.number),
        found.not_begun.number,
        found.draft.number,
        found.reviewed.number,
        found.returned.number,
        found.approved.number,
        found.adjusting.number,
        found.overdue.number,
        found.stage_overdue.number,
        found.submitted.money,
        found.reviewed.money,
        found.returned.money,
        found.approved.money,
    )
    return Line(values, address)


def _bar(label: str, value: str, numbers: Sequence[int | Decimal]) -> BarValues:
    texts = [format_number(number) if isinstance(number, Decimal) else str(number) for number in numbers]
    return BarValues(label, value, numbers, texts)


def _share(number: int, whole: int) -> Decimal | None:
    """A share with as many places as are printed as a percentage with one decimal."""
    return round(Decimal(number) / whole, 3) if whole else None


def _days(taken: timedelta | None) -> Decimal | None:
    return None if taken is None else round(Decimal(taken.total_seconds()) / 86400, 1)
