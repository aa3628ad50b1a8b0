from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from declarations import permissions, queue, services
from declarations.assessing import AssessmentRefused, save_assessment
from declarations.enums import Step
from declarations.forms.assessment import AssessmentForm
from declarations.forms.steps import DECISION_FORMS, DecisionForm, UndoForm
from declarations.models import Declaration, Event, Round
from declarations.views.drafts import tell_taken
from declarations.views.lookup import declaration_or_404, own_declaration_or_404
from declarations.views.reviewing import Typed, review_context
from declarations.workflow import StepRefused, take_step
from perfgoals.accounts.access import (
    DEPARTMENT_PEOPLE,
    EVERYBODY,
    READERS_OF_EVERYTHING,
    REVIEWERS,
    Request,
    allow,
)
from perfgoals.accounts.enums import Role

OK = 200
CONFLICT = 409

# In the stages of the department's head and of its superior, department people decide.
DECIDERS = EVERYBODY - READERS_OF_EVERYTHING


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
    declaration = own_declaration_or_404(request, declaration_id)
    try:
        event = take_step(declaration.pk, step, request.user, digest=request.POST.get("digest", ""))
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(refused_to, declaration.pk)
    messages.success(request, what_comes_next(event))
    return redirect("declarations:detail", declaration.pk)


@allow(DECIDERS)
@require_POST
def approve(request: Request, declaration_id: int) -> HttpResponse:
    return _decide(request, declaration_id, Step.APPROVE)


@allow(DECIDERS)
@require_POST
def return_(request: Request, declaration_id: int) -> HttpResponse:
    return _decide(request, declaration_id, Step.RETURN)


@allow(DECIDERS)
@require_POST
def hand_back(request: Request, declaration_id: int) -> HttpResponse:
    return _decide(request, declaration_id, Step.HAND_BACK)


@allow(DECIDERS)
@require_POST
def undo(request: Request, declaration_id: int) -> HttpResponse:
    """Undo the own decision, which was the last step, and come back to it."""
    declaration = declaration_or_404(request, declaration_id)
    form = UndoForm(request.POST)
    form.is_valid()
    asked = {"digest": form.cleaned_data.get("digest", ""), "event": form.cleaned_data["event"]}
    try:
        event = take_step(declaration.pk, Step.UNDO, request.user, **asked)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return _shown(request, declaration_id, Typed(), CONFLICT)
    messages.success(request, what_comes_next(event))
    return redirect("declarations:review", declaration.pk)


@allow(REVIEWERS)
@require_POST
def assess(request: Request, declaration_id: int) -> HttpResponse:
    """Store the review form as it stands. The page is shown again with the decision that was begun in it."""
    declaration = declaration_or_404(request, declaration_id)
    begun = DecisionForm(request.POST)
    begun.is_valid()
    chosen = request.POST.get("decision")
    typed = Typed(Step(chosen) if chosen in DECISION_FORMS else None, begun.as_it_was_sent())
    assessment = AssessmentForm(request.POST, declaration=declaration)
    if not assessment.is_valid():
        messages.error(request, "审核表未保存，请补正标出的内容。")
        return _shown(request, declaration_id, replace(typed, assessment=assessment), OK)
    try:
        _store(request, declaration, begun, assessment)
    except AssessmentRefused as refusal:
        messages.error(request, str(refusal))
        return _shown(request, declaration_id, replace(typed, assessment=assessment), CONFLICT)
    messages.success(request, "审核表已暂存。")
    return _shown(request, declaration_id, typed, OK)


def _decide(request: Request, declaration_id: int, step: Step) -> HttpResponse:
    """Store the review form, take the step and lead to the next declaration that waits; or say why not."""
    declaration = declaration_or_404(request, declaration_id)
    form = DECISION_FORMS[step](request.POST)
    assessment = AssessmentForm(request.POST, declaration=declaration)
    typed = Typed(step, form, assessment if assessment.was_sent else None)
    if not form.is_valid() or (assessment.was_sent and not assessment.is_valid()):
        messages.error(request, "尚未办理，请补正标出的内容。")
        return _shown(request, declaration_id, typed, OK)
    following = queue.next_of(request.user, declaration)
    try:
        # Whoever cannot decide is told why by the step.
        if assessment.was_sent and permissions.can_decide(request.user, declaration):
            _store(request, declaration, form, assessment)
        event = take_step(declaration.pk, step, request.user, **form.cleaned_data)
    except (StepRefused, AssessmentRefused) as refusal:
        messages.error(request, str(refusal))
        return _shown(request, declaration_id, typed, CONFLICT)
    shown = "declarations:review" if permissions.belongs_to_bureau(request.user) else "declarations:detail"
    if following is None:
        tell_taken(request, what_comes_next(event))
        return redirect(shown, declaration.pk)
    link = format_html('<a href="{}">查看{}</a>', reverse(shown, args=[declaration.pk]), declaration)
    tell_taken(request, format_html("{}{}", what_comes_next(event), link))
    return redirect("declarations:review", following.pk)


def _store(request: Request, declaration: Declaration, decision: DecisionForm, assessment: AssessmentForm) -> None:
    seen = {"digest": decision.cleaned_data.get("digest", ""), "stage": decision.cleaned_data.get("stage")}
    save_assessment(declaration.pk, request.user, assessment.marks(), **seen)


def _shown(request: Request, declaration_id: int, typed: Typed, status: int) -> HttpResponse:
    """The review page as it stands now with what was typed; to one who decides no more, to be copied."""
    declaration = declaration_or_404(request, declaration_id)
    if declaration.submission is None:
        # No page of ours asks for a decision on what was never submitted.
        return redirect("declarations:detail", declaration.pk)
    context = review_context(request, declaration, typed=typed)
    return render(request, "declarations/review.html", context, status=status)


def what_comes_next(event: Event) -> str:
    """What to tell somebody who took the step."""
    declaration = event.declaration
    match event.step:
        case Step.SUBMIT:
            number = event.submission.number if event.submission else 1
            return f"已送审（第 {number} 次），转入{declaration.stage}。审核人员办理之前可以撤回。"
        case Step.WITHDRAW:
            return "已撤回，可以修改。修改后请重新送审。"
        case Step.PASS:
            return f"{declaration}申报表审核通过，转入{declaration.stage}。"
        case Step.APPROVE:
            return f"{declaration}申报表已批复，可以下载、打印。"
        case Step.RETURN:
            return f"{declaration}申报表已退回{declaration.department}，由其修改后重新送审。"
        case Step.HAND_BACK:
            return f"{declaration}申报表已退回上一环节，由{declaration.stage}重新办理。"
        case Step.UNDO:
            undone = event.undoes.get_step_display() if event.undoes else ""
            return f"已撤销对{declaration}申报表的“{undone}”，恢复为{declaration.stage}。"
        case Step.ADJUST:
            return "已申请调整。现行批复继续有效，调整内容送审并批复后生效。"
        case _:
            return "已终止调整，申报表恢复为现行批复的内容。"
