"""The statistics of a round (统计), for the finance bureau."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from declarations.exports import Format
from declarations.exports.statistics import render_statistics
from declarations.forms.statistics import StatisticsFilter
from declarations.statistics.scope import Scope, scope_of
from declarations.statistics.sections import SECTIONS, Picture
from perfgoals.accounts.access import READERS_OF_EVERYTHING, REVIEWERS, Request, allow
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record
from perfgoals.times import printed_time


@allow(REVIEWERS | READERS_OF_EVERYTHING)
@require_safe
def dashboard(request: Request) -> HttpResponse:
    """How far the departments of a round are, in figures, charts and tables."""
    filters = StatisticsFilter(request.GET, user=request.user)
    context: dict[str, object] = {"filters": filters, "query": request.GET.urlencode()}
    if scope := _scope(request, filters):
        picture = Picture(scope)
        context |= {"scope": scope, "figures": picture.figures(), "sections": picture.sections()}
    return render(request, "declarations/dashboard/page.html", context)


@allow(REVIEWERS | READERS_OF_EVERYTHING)
@require_safe
@cache_control(private=True, no_store=True)
def export(request: Request, table: str) -> HttpResponse:
    """One table of the page, with all of its rows, as an Excel file."""
    if table not in SECTIONS:
        raise Http404
    scope = _scope(request, StatisticsFilter(request.GET, user=request.user))
    if scope is None:
        messages.error(request, "没有可以导出的数据，未导出。请核对查询条件。")
        return redirect(f"{reverse('declarations:dashboard')}?{request.GET.urlencode()}")
    section = Picture(scope, whole=True).section(table)
    covered = f"{scope.round}（{scope.office or '全部科室'}）"
    heading = f"{covered}　{section.title}　{printed_time(scope.now)}"
    name = f"{scope.round.fiscal_year}_{section.title}_{timezone.localtime(scope.now):%Y%m%d_%H%M}.xlsx"
    contents = render_statistics(section, heading)
    with transaction.atomic():
        record(request.user, Action.EXPORT, subject=heading)
    return HttpResponse(
        contents,
        Format.WORKBOOK.content_type,
        headers={"Content-Disposition": content_disposition_header(True, name)},
    )


def _scope(request: Request, filters: StatisticsFilter) -> Scope | None:
    round_ = filters.chosen_round()
    return scope_of(request.user, round_, filters.chosen_office(), timezone.now()) if round_ else None
