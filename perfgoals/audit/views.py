from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from perfgoals.accounts.access import READERS_OF_EVERYTHING, Request, allow
from perfgoals.audit.enums import Action
from perfgoals.audit.export import CONTENT_TYPE, render_workbook
from perfgoals.audit.forms import LogFilter
from perfgoals.audit.models import LogEntry
from perfgoals.audit.recording import record
from perfgoals.paging import paged

LARGEST_EXPORT = 50_000
CHUNK = 2000


@allow(READERS_OF_EVERYTHING)
@require_safe
def log(request: Request) -> HttpResponse:
    """Who did what, the newest first."""
    filters = LogFilter(request.GET)
    entries = filters.apply(LogEntry.objects.select_related("actor")).order_by("-number")
    return render(request, "audit/log.html", {"filters": filters, **paged(request, entries)})


@allow(READERS_OF_EVERYTHING)
@require_safe
@cache_control(private=True, no_store=True)
def export(request: Request) -> HttpResponse:
    """The entries that the filters let through as an Excel file; too many are refused with a message."""
    filters = LogFilter(request.GET)
    entries = filters.apply(LogEntry.objects.select_related("actor")).order_by("-number")
    found = entries.count()
    if refusal := _refusal(filters, found):
        messages.error(request, refusal)
        return redirect(f"{reverse('audit:log')}?{request.GET.urlencode()}")
    contents = render_workbook(entries.iterator(CHUNK))
    conditions = filters.in_words() or "全部"
    with transaction.atomic():
        record(request.user, Action.EXPORT, subject="操作日志", text=f"查询条件：{conditions}。共 {found} 条。")
    disposition = content_disposition_header(True, f"操作日志_{timezone.localtime():%Y%m%d_%H%M%S}.xlsx")
    return HttpResponse(contents, CONTENT_TYPE, headers={"Content-Disposition": disposition})


def _refusal(filters: LogFilter, found: int) -> str:
    if not filters.is_valid():
        return "查询条件有误，未导出。请核对后重新查询。"
    if found > LARGEST_EXPORT:
        return f"符合条件的日志共 {found} 条，一次最多导出 {LARGEST_EXPORT} 条，请缩小查询范围后再导出。"
    return ""
