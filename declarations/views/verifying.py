"""The pages on which anybody can check a printed table, without signing in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from declarations.forms.verifying import CodeForm
from declarations.verification import approved_table
from perfgoals.accounts.access import public


# An approval can be undone: what was true yesterday is asked for again.
@public
@require_safe
@cache_control(no_store=True)
def verify_form(request: HttpRequest) -> HttpResponse:
    """The page to type a 校验码; with one it leads to what the record says of it."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_valid():
        return redirect("declarations:verify", form.cleaned_data["code"])
    return render(request, "declarations/verifying/form.html", {"form": form})


@public
@require_safe
@cache_control(no_store=True)
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a table with this code was approved, by whom and when, and nothing else of it."""
    form = CodeForm({"code": code})
    if not form.is_valid():
        return render(request, "declarations/verifying/form.html", {"form": form})
    context = {"approved": approved_table(form.cleaned_data["code"]), "form": CodeForm()}
    return render(request, "declarations/verifying/result.html", context)
