"""The indicator library, to be searched and picked from."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from declarations import library as indicator_library
from declarations import services
from declarations.forms.library import LibraryFilter, PickForm, range_text
from declarations.forms.sections import row_url
from declarations.models import Declaration
from declarations.views.lookup import own_declaration_or_404
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, Request, allow
from perfgoals.paging import paged


@allow(DEPARTMENT_PEOPLE)
@require_http_methods(["GET", "POST"])
def library(request: Request, declaration_id: int) -> HttpResponse:
    """The indicator library, from which indicators are picked into a level-2 indicator of the declaration."""
    declaration = own_declaration_or_404(request, declaration_id)
    filters = LibraryFilter(request.GET)
    # The address holds what was ticked on other pages of the library.
    ticked = (request.POST if request.method == "POST" else request.GET).getlist("entry")
    form = PickForm(request.POST or None, declaration=declaration, group=request.GET.get("group", ""))
    if request.method == "POST":
        if not ticked:
            messages.error(request, "请先勾选要加入的指标。")
        elif form.is_valid() and (answer := _pick(request, declaration, form.cleaned_data["group"].pk, ticked)):
            return answer
    context = _found(request, filters)
    shown = {item["entry"].key for item in context.get("entries", ())}
    names = declaration.target_rows.values_list("name", flat=True)
    context |= {
        "declaration": declaration,
        "filters": filters,
        "cleared": f"{request.path}?{urlencode({'group': form['group'].value() or ''})}",
        "form": form,
        "ticked": ticked,
        "ticked_elsewhere": indicator_library.indicators_of([key for key in ticked if key not in shown]),
        "names_here": {name.strip() for name in names},
        "read_only": services.why_not_editable(request.user, declaration, timezone.now()),
    }
    return render(request, "declarations/library.html", context)


def _pick(request: Request, declaration: Declaration, group: int, keys: list[str]) -> HttpResponse | None:
    """Put the ticked indicators into the group and lead to the first of them; None where there is nothing to see."""
    try:
        rows, left_out = indicator_library.pick(declaration.pk, request.user, group, keys)
    except services.NotEditable as refusal:
        messages.error(request, str(refusal))
        return None
    if left_out:
        names = "、".join(f"“{name}”" for name in left_out)
        messages.info(request, f"{names}在该二级指标下已有，未重复加入。")
    if not rows:
        return None
    messages.success(request, f"已加入 {len(rows)} 个指标，请填写指标值。")
    return redirect(row_url(rows[0]))


def _found(request: Request, filters: LibraryFilter) -> dict[str, Any]:
    """The page of the library that the address asks for; nothing where it asks for what there is not."""
    if not filters.is_valid():
        return paged(request, [])
    wanted = filters.cleaned_data
    words = wanted["q"].split()
    context = paged(request, indicator_library.entries(words, wanted["under"], wanted["kind"]))
    entries = indicator_library.with_texts(context["page"], wanted["kind"])
    return context | {
        "entries": [
            {"entry": entry, "ranges": [range_text(declared) for declared in entry.ranges]} for entry in entries
        ]
    }
