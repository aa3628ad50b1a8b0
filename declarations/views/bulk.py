from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from declarations import assessing, bulk, people
from declarations.assessing import Result
from declarations.bulk import MAX_SELECTED, Outcome, Selected
from declarations.enums import Step
from declarations.forms.steps import DECISION_FORMS, DecisionForm, Key
from declarations.models import Declaration, ReviewStage
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, REVIEWERS, Request, allow

TAKE, ASSIGN = "take", "assign"
DECISIONS = {step.value: step for step in (Step.APPROVE, Step.RETURN)}
TITLES = {Step.APPROVE: "批量通过", Step.RETURN: "批量退回"}
QUEUE = "declarations:queue"


@dataclass(frozen=True)
class Item:
    """One that was selected, as it stands now."""

    selected: Selected
    declaration: Declaration
    result: Result

    @property
    def has_changed(self) -> bool:
        """Whether it is no longer what was selected."""
        return Selected.of(self.declaration) != self.selected


@dataclass
class Group:
    """Those that were selected in one stage; None where the stage is not there any more."""

    stage: ReviewStage | None
    items: list[Item] = field(default_factory=list)


@allow(DEPARTMENT_PEOPLE | REVIEWERS)
@require_POST
def bulk_step(request: Request) -> HttpResponse:
    """Take one step on each of those that were selected in the queue; a decision is asked for once more before."""
    step = TAKE if "only" in request.POST else request.POST.get("step", "")
    selection = _selection(request.POST.getlist("only") or request.POST.getlist("selected"))
    if step not in (TAKE, ASSIGN, *DECISIONS) or (step == ASSIGN and not request.user.is_office_head):
        raise BadRequest
    if not selection:
        messages.error(request, "请先勾选申报表。")
        return redirect(QUEUE)
    if len(selection) > MAX_SELECTED:
        messages.error(request, f"一次最多办理 {MAX_SELECTED} 份申报表。")
        return redirect(QUEUE)
    if step in DECISIONS:
        return _decide(request, DECISIONS[step], selection)
    if step == TAKE:
        return _handed_out(request, "认领", bulk.take(selection, request.user, timezone.now()))
    assignee = people.colleagues_of(request.user).filter(pk=Key().clean(request.POST.get("assignee")) or 0).first()
    if assignee is None:
        messages.error(request, "请选择经办人。")
        return redirect(QUEUE)
    return _handed_out(request, "分派", bulk.assign(selection, request.user, assignee, timezone.now()))


def _selection(tokens: Sequence[str]) -> list[Selected]:
    """What was selected, each once. Raises BadRequest where no page of ours has sent it."""
    try:
        return list(dict.fromkeys(Selected.read(token) for token in tokens))
    except ValueError as malformed:
        raise BadRequest from malformed


def _decide(request: Request, step: Step, selection: Sequence[Selected]) -> HttpResponse:
    is_confirmed = "confirmed" in request.POST
    form = DECISION_FORMS[step](request.POST if is_confirmed else None)
    groups, missing = _groups(request, selection)
    if is_confirmed and len(groups) <= 1:
        if form.is_valid():
            decision = {name: form.cleaned_data[name] for name in ("reason", "text")}
            return _results(request, TITLES[step], bulk.decide(selection, step, request.user, **decision))
        messages.error(request, "尚未办理，请补正下方标出的内容。")
    return render(request, "declarations/bulk.html", _context(step, form, groups, missing))


def _context(step: Step, form: DecisionForm, groups: Sequence[Group], missing: int) -> dict[str, Any]:
    return {
        "step": step,
        "is_return": step == Step.RETURN,
        "title": TITLES[step],
        "form": form,
        "groups": groups,
        "missing": missing,
        "number": sum(len(group.items) for group in groups),
    }


def _groups(request: Request, selection: Sequence[Selected]) -> tuple[list[Group], int]:
    """The selected by the stage that they were seen in, and how many of them are not to be found."""
    visible = bulk.seen_by(request.user, selection)
    results = assessing.results_of(list(visible.values()), request.user)
    groups: dict[int | None, list[Item]] = defaultdict(list)
    stages: dict[int | None, ReviewStage] = {}
    for selected in selection:
        if declaration := visible.get(selected.declaration_id):
            groups[selected.stage].append(Item(selected, declaration, results[declaration.pk]))
            stages.update({stage.pk: stage for stage in declaration.round.stages.all()})
    missing = sum(selected.declaration_id not in visible for selected in selection)
    return [Group(stages.get(stage), items) for stage, items in groups.items()], missing


def _handed_out(request: Request, what: str, outcomes: Sequence[Outcome]) -> HttpResponse:
    """Back to the queue; where some were refused, the outcomes."""
    if any(outcome.refused for outcome in outcomes):
        return _results(request, what, outcomes)
    messages.success(request, f"已{what} {len(outcomes)} 份申报表。")
    return redirect(QUEUE)


def _results(request: Request, what: str, outcomes: Sequence[Outcome]) -> HttpResponse:
    done = sum(bool(outcome.done) for outcome in outcomes)
    context = {"what": what, "outcomes": outcomes, "done": done, "refused": len(outcomes) - done}
    return render(request, "declarations/bulk_results.html", context)
