"""The administrators' pages of the texts that reviewers pick from (常用意见)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from declarations.comment_texts import store_text
from declarations.forms.commenting import CommentTextFilter, CommentTextForm
from declarations.models import CommentText
from perfgoals.accounts.access import ADMINISTRATORS, Request, allow
from perfgoals.accounts.forms import refusals_on
from perfgoals.paging import paged


@allow(ADMINISTRATORS)
@require_safe
def listing(request: Request) -> HttpResponse:
    filters = CommentTextFilter(request.GET)
    texts = filters.apply(CommentText.objects.all())
    return render(request, "declarations/comment_text_list.html", {"filters": filters, **paged(request, texts)})


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
def create(request: Request) -> HttpResponse:
    return _edit(request, CommentText())


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
def edit(request: Request, text_id: int) -> HttpResponse:
    return _edit(request, get_object_or_404(CommentText, pk=text_id))


def _edit(request: Request, text: CommentText) -> HttpResponse:
    is_new = text.pk is None
    form = CommentTextForm(request.POST if request.method == "POST" else None, instance=text)
    if form.is_valid():
        with refusals_on(form):
            store_text(text, by=request.user)
            messages.success(request, f"常用意见“{text}”已保存。")
            return redirect("declarations:comment_text_list")
    return render(request, "declarations/comment_text_form.html", {"form": form, "is_new": is_new})
