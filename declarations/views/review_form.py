"""The administrators' page of a round's review form."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from declarations import review_form
from declarations.forms.review_form import ReviewFormForm
from declarations.models import Round
from declarations.review_form import ReviewFormRefused
from perfgoals.accounts.access import ADMINISTRATORS, Request, allow

SAVE, RESTORE = "save", "restore"


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
def edit(request: Request, round_id: int) -> HttpResponse:
    """The form and its grades. Only one button stores; the others work on what was typed and show it again."""
    round_ = get_object_or_404(Round, pk=round_id)
    if request.method != "POST":
        return _page(request, round_, ReviewFormForm.shown(review_form.form_of(round_)))
    action = request.POST.get("action", SAVE)
    if action == RESTORE:
        form = ReviewFormForm.shown(review_form.ministry_form())
        return _page(request, round_, form, "已填入财政部审核表，保存后生效。")
    form = ReviewFormForm.sent(request.POST)
    if action != SAVE:
        return _page(request, round_, form.worked(action), "以下改动保存后生效。")
    if form.is_valid():
        try:
            review_form.change_review_form(round_id, form.values(), by=request.user)
        except ReviewFormRefused as refusal:
            form.refusal = str(refusal)
        else:
            messages.success(request, f"{round_}的审核表已保存。")
            return redirect("declarations:review_form", round_id)
    else:
        form.refusal = "审核表未保存，请改正标出的内容。"
    return _page(request, round_, form)


def _page(request: Request, round_: Round, form: ReviewFormForm, unsaved: str = "") -> HttpResponse:
    in_use = review_form.IN_USE if review_form.is_in_use(round_) else ""
    context = {
        "round": round_,
        "form": form,
        "unsaved": unsaved,
        "in_use": in_use,
        # What was typed before somebody used the form can still be read and copied.
        "read_only": in_use and request.method != "POST",
    }
    return render(request, "declarations/round_review_form.html", context)
