from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from declarations import people
from declarations import queue as queues
from declarations.enums import QueueTab
from declarations.forms.queue import QueueFilter
from declarations.workload import workloads
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, REVIEWERS, Request, allow
from perfgoals.paging import paged

# The heads of the columns and how the address asks to sort by them.
COLUMNS = {
    "部门（单位）": "code",
    "年度": "",
    "送审": "submitted",
    "环节与期限": "due",
    "经办人": "",
    "预算总额（万元）": "amount",
    "系统提示": "hints",
    "未处理意见": "",
}


@dataclass(frozen=True)
class Tab:
    """A tab of the queue; `query` is what the address carries that opens it."""

    tab: QueueTab
    number: int
    query: str
    is_current: bool


@dataclass(frozen=True)
class Column:
    """The head of a column; `query` sorts by it, the other way round where that is so already, or is empty."""

    label: str
    query: str = ""
    sort: str = ""

    @property
    def is_number(self) -> bool:
        return COLUMNS[self.label] == "amount"


@allow(DEPARTMENT_PEOPLE | REVIEWERS)
@require_safe
def queue(request: Request) -> HttpResponse:
    """What the person reviews. Without a query in the address it is shown as he had it last."""
    if not request.GET and (remembered := queues.remembered_query(request.user)):
        return redirect(f"{reverse('declarations:queue')}?{remembered}")
    filters = QueueFilter(request.GET, user=request.user)
    if filters.is_valid():
        queues.remember(request.user, filters.query())
    context = {
        "filters": filters,
        "tab": filters.chosen_tab,
        "tabs": tabs_of(filters),
        "columns": _columns(filters),
        **paged(request, queues.rows(filters)),
    }
    context["rows"] = queues.shown(context["page"], request.user, timezone.now())
    if request.user.is_office_head:
        context["colleagues"] = people.colleagues_of(request.user).filter(is_active=True).order_by("name")
    return render(request, "declarations/queue.html", context)


@allow(REVIEWERS)
@require_safe
def load(request: Request) -> HttpResponse:
    """What each person of the office has before him, for its head."""
    if not request.user.is_office_head:
        raise Http404
    return render(request, "declarations/load.html", {"loads": workloads(request.user, timezone.now())})


def tabs_of(filters: QueueFilter) -> list[Tab]:
    """Each tab with how many declarations it holds behind the filters, and the query of its address."""
    numbers = queues.counts(filters)
    return [Tab(tab, numbers[tab], filters.query(tab=tab.value), tab == filters.chosen_tab) for tab in QueueTab]


def _columns(filters: QueueFilter) -> list[Column]:
    columns = []
    for label, name in COLUMNS.items():
        sort = {name: "ascending", f"-{name}": "descending"}.get(filters.chosen_order, "") if name else ""
        order = f"-{name}" if sort == "ascending" else name
        columns.append(Column(label, filters.query(order=order) if name else "", sort))
    return columns
