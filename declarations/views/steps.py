from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from declarations import permissions, services
from declarations.enums import Step
from declarations.forms.steps import ApprovalForm, ReturnForm
from declarations.models import Event, Round
from declarations.views.lookup import declaration_or_404
from declarations.views.reviewing import review_context
from declarations.workflow import StepRefused, take_step
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, REVIEWERS, Request, allow
from perfgoals.accounts.enums import Role

CONFLICT = 409


@allow(frozenset({Role.PREPARER}))
@require_POST
def start(request: Request, round_id: int) -> HttpResponse:
    """Begin the declaration of the own department, or go on with it."""
    round = get_object_or_404(Round, pk=round_id)
    try:
        declaration = services.start_declaration(round, request.user)
    except services.NotEditable as refusal:
        messages.error(request, str(refusal))
        return redirect("home")
    return redirect("declarations:goals", declaration.pk)


@allow(DEPARTMENT_PEOPLE)
@require_POST
def submit(request: Request, declaration_id: int) -> HttpResponse:
    return _take(request, declaration_id, Step.SUBMIT, refused_to="declarations:check")


@allow(DEPARTMENT_PEOPLE)
@require_POST
def withdraw(request: Request, declaration_id: int) -> HttpResponse:
    return _take(request, declaration_id, Step.WITHDRAW, refused_to="declarations:detail")


def _take(request: Request, declaration_id: int, step: Step, *, refused_to: str) -> HttpResponse:
    """Take the department's step; whoever is refused is told why on the page `refused_to`."""
    declaration = declaration_or_404(request, declaration_id)
    try:
        event = take_step(declaration.pk, step, request.user, digest=request.POST.get("digest", ""))
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(refused_to, declaration.pk)
    messages.success(request, _what_comes_next(event))
    return redirect("declarations:detail", declaration.pk)


@allow(REVIEWERS)
@require_POST
def approve(request: Request, declaration_id: int) -> HttpResponse:
    return _decide(request, declaration_id, Step.APPROVE, ApprovalForm(request.POST))


@allow(REVIEWERS)
@require_POST
def return_(request: Request, declaration_id: int) -> HttpResponse:
    return _decide(request, declaration_id, Step.RETURN, ReturnForm(request.POST))


def _decide(request: Request, declaration_id: int, step: Step, form: ApprovalForm | ReturnForm) -> HttpResponse:
    declaration = declaration_or_404(request, declaration_id)
    if form.is_valid():
        try:
            event = take_step(declaration.pk, step, request.user, **form.cleaned_data)
        except StepRefused as refusal:
            return _undecided(request, declaration_id, form, str(refusal))
        messages.success(request, _what_comes_next(event))
        return redirect("declarations:detail", declaration.pk)
    return _undecided(request, declaration_id, form)


def _undecided(
    request: Request, declaration_id: int, form: ApprovalForm | ReturnForm, refusal: str = ""
) -> HttpResponse:
    """Show the review page as it stands now with what was typed or, to one who decides no more, the text alone."""
    declaration = declaration_or_404(request, declaration_id)
    if not permissions.can_decide(request.user, declaration):
        context = {"declaration": declaration, "refusal": refusal, "text": form["text"].value() or ""}
        return render(request, "declarations/step_refused.html", context, status=CONFLICT)
    messages.error(request, refusal or "尚未办理，请补正审核意见中标出的内容。")
    approval = form if isinstance(form, ApprovalForm) else ApprovalForm()
    return_form = form if isinstance(form, ReturnForm) else ReturnForm()
    context = review_context(declaration, approval, return_form)
    return render(request, "declarations/review.html", context, status=CONFLICT if refusal else 200)


def _what_comes_next(event: Event) -> str:
    """What to tell somebody who took the step."""
    declaration = event.declaration
    match event.step:
        case Step.SUBMIT:
            number = event.submission.number if event.submission else 1
            return f"已送审（第 {number} 次），现由{declaration.stage}办理。审核人员办理之前可以撤回。"
        case Step.WITHDRAW:
            return "已撤回，申报表恢复为草稿。修改后请重新送审。"
        case Step.RETURN:
            return f"已退回{declaration.department}，由其修改后重新送审。"
        case Step.PASS:
            return f"审核通过，转入{declaration.stage}。"
        case _:
            return "已批复。申报表就此定稿，可以下载、打印。"
