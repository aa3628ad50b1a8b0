"""The page on which rows of an earlier year are picked and taken over."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from declarations import services, taking_over
from declarations.forms.sections import row_url
from declarations.last_year import measure
from declarations.models import Declaration
from declarations.taking_over import Offer, OfferedRow
from declarations.views.lookup import own_declaration_or_404
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, Request, allow


@allow(DEPARTMENT_PEOPLE)
@require_http_methods(["GET", "POST"])
def take_over(request: Request, declaration_id: int) -> HttpResponse:
    """What an earlier approved declaration has for this one, to be picked from."""
    declaration = own_declaration_or_404(request, declaration_id)
    earlier = taking_over.documents_before(declaration)
    year = _year(request, list(earlier))
    if request.method == "POST":
        return _take(request, declaration, year)
    context: dict[str, Any] = {
        "declaration": declaration,
        "years": list(earlier),
        "read_only": services.why_not_editable(request.user, declaration, timezone.now()),
        "none_ticked": request.GET.get("picked") == "none",
    }
    if year is not None:
        offer = taking_over.offer_of(declaration, earlier[year])
        context |= {"offer": offer, "parts": _shown_parts(offer)}
    return render(request, "declarations/take_over.html", context)


def _take(request: Request, declaration: Declaration, year: int | None) -> HttpResponse:
    if year is None:
        raise Http404
    back = redirect(f"{request.path}?year={year}")
    keys = set(request.POST.getlist("row"))
    try:
        rows = taking_over.take_over(declaration.pk, request.user, year, keys)
    except services.NotEditable as refusal:
        messages.error(request, str(refusal))
        return back
    if not rows:
        messages.info(request, "所选内容均已在本申报表中，未重复带入。" if keys else "请先选择要带入的内容。")
        return back
    messages.success(request, f"已带入 {len(rows)} 行，请逐行确认。")
    return redirect(row_url(rows[0]))


def _year(request: Request, years: list[int]) -> int | None:
    """The year that the request names, else the latest; None where there is none to choose from."""
    named = (request.POST if request.method == "POST" else request.GET).get("year")
    if named is None:
        return years[0] if years else None
    for year in years:
        if str(year) == named:
            return year
    raise Http404


def _shown_parts(offer: Offer) -> list[dict[str, Any]]:
    """The sections and level-2 groups of the offer that have rows, each row with the texts that are shown of it.

    Of a target these are its name, its sign, value and unit in one, and its explanation.
    """
    parts: list[dict[str, Any]] = [
        {"title": "年度履职目标", "rows": [_shown(row, row.source.text) for row in offer.goals]},
        {"title": "年度主要任务", "rows": [_shown(row, row.source.name, row.source.content) for row in offer.tasks]},
    ]
    for group in offer.groups:
        targets = [(row, row.source) for row in group.rows]
        rows = [_shown(row, source.name, source.explanation, measure(source)) for row, source in targets]
        parts.append({"title": f"{group.primary} › {group.name}", "refusal": group.refusal, "rows": rows})
    return [part for part in parts if part["rows"]]


def _shown(row: OfferedRow[Any], text: str, more: str = "", measure: str = "") -> dict[str, Any]:
    return {"key": row.source.key, "here": row.here, "text": text, "more": more, "measure": measure}
