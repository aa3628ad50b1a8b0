from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from declarations import overviews, selectors
from declarations.forms.filters import DeclarationFilter
from perfgoals.accounts.access import EVERYBODY, Request, allow
from perfgoals.paging import paged


@allow(EVERYBODY)
@require_safe
def declarations(request: Request) -> HttpResponse:
    """The declarations that the person may see, by year and department."""
    filters = DeclarationFilter(request.GET, user=request.user)
    visible = overviews.without_documents(selectors.declarations_of(request.user))
    found = filters.apply(visible).order_by("-round__fiscal_year", "department__code", "pk")
    return render(request, "declarations/list.html", {"filters": filters, **paged(request, found)})
