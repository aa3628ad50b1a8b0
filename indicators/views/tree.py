"""The tree editor: one page; each address beside it is the same page with one form open at a node.

Without a script they are ordinary pages and forms; htmx follows the same links and swaps the tree alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import push_url

from indicators import services
from indicators.forms import NodeForm, node_form
from indicators.models import IndicatorTemplate
from indicators.services import MODELS, NameIsTaken, NodeHasChanged, NodeIsGone
from indicators.tree import Level, Node, children_of, fingerprint, level_of, parent_id_of
from indicators.views.refusals import draft_or_refusal, template_or_gone, with_refusals
from perfgoals.accounts.access import ADMINISTRATORS, Request, allow
from perfgoals.accounts.forms import refusals_on

STEPS = {"up": -1, "down": 1}
WHOLE_TREE = "tree"


@dataclass(frozen=True)
class Panel:
    """What is open at one node: the form that changes it or adds below it, or the question before it is deleted."""

    key: str
    action: str
    url: str
    level: Level
    form: NodeForm | None = None
    seen: str = ""


@dataclass(frozen=True)
class Row:
    """A node as the page shows it; `focus` names the control of it that gets the focus."""

    key: str
    level: Level
    node: Node
    first: bool
    last: bool
    panel: Panel | None
    focus: str
    children: "list[Row]"


@allow(ADMINISTRATORS)
@require_safe
@with_refusals
def template_edit(request: Request, template_id: int) -> HttpResponse:
    return _page(request, template_or_gone(template_id))


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
@with_refusals
def node_add(request: Request, template_id: int, level: Level, parent_id: int) -> HttpResponse:
    template = draft_or_refusal(template_id)
    if level.parent is not None:
        key = _key(_find(template, level.parent, parent_id))
    elif parent_id == template_id:
        key = WHOLE_TREE
    else:
        raise NodeIsGone("一级指标不属于该模板。")
    url = reverse("indicators:node_add", args=[template_id, level, parent_id])
    form = node_form(template, MODELS[level](), request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form, NameIsTaken, "name"):
            node = services.add_node(template, level, parent_id, form.node_fields())
            return redirect(url) if "again" in request.POST else _back_to(template_id, _key(node), "change")
    return _page(request, template, Panel(key, "add", url, level, form))


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
@with_refusals
def node_change(request: Request, template_id: int, level: Level, node_id: int) -> HttpResponse:
    template = draft_or_refusal(template_id)
    node = _find(template, level, node_id)
    form = node_form(template, node, request.POST if request.method == "POST" else None)
    if form.is_valid():
        fields, seen = form.node_fields(), form.cleaned_data["seen"]
        parent_id = form.cleaned_data.get("parent", template_id)
        try:
            services.change_node(template, level, node_id, fields, parent_id, seen)
        except NameIsTaken as refusal:
            form.add_error("name", str(refusal))
        except NodeHasChanged as refusal:
            form = node_form(template, node, {**request.POST.dict(), "seen": fingerprint(node)})
            form.add_error(None, str(refusal))
        else:
            return _back_to(template_id, _key(node), "change")
    url = reverse("indicators:node_change", args=[template_id, level, node_id])
    return _page(request, template, Panel(_key(node), "change", url, level, form))


@allow(ADMINISTRATORS)
@require_POST
@with_refusals
def node_move(request: Request, template_id: int, level: Level, node_id: int) -> HttpResponse:
    direction = request.POST.get("direction", "")
    if direction not in STEPS:
        return HttpResponseBadRequest()
    services.move_node(draft_or_refusal(template_id), level, node_id, STEPS[direction])
    return _back_to(template_id, f"{level}-{node_id}", direction)


@allow(ADMINISTRATORS)
@require_http_methods(["GET", "POST"])
@with_refusals
def node_delete(request: Request, template_id: int, level: Level, node_id: int) -> HttpResponse:
    template = draft_or_refusal(template_id)
    node = _find(template, level, node_id)
    if request.method == "POST":
        try:
            services.delete_node(template, level, node_id, request.POST.get("seen", ""))
        except NodeHasChanged as refusal:
            messages.error(request, str(refusal))
        else:
            parent = f"{level.parent}-{parent_id_of(node)}" if level.parent else WHOLE_TREE
            return _back_to(template_id, parent, "add")
    url = reverse("indicators:node_delete", args=[template_id, level, node_id])
    panel = Panel(_key(node), "delete", url, level, seen=fingerprint(node, with_children=True))
    return _page(request, template, panel)


def _page(request: Request, template: IndicatorTemplate, panel: Panel | None = None) -> HttpResponse:
    """The tree with at most one form open; the address says which control gets the focus."""
    if panel is not None and panel.form is not None:
        panel.form.focus_first_error()
    focus = (request.GET.get("focus", ""), request.GET.get("at", ""))
    rows = _rows(template.primaries.all(), panel, focus)
    secondaries = [secondary for primary in rows for secondary in primary.children]
    context = {
        "template": template,
        "rows": rows,
        "panel": panel,
        "counts": (len(rows), len(secondaries), sum(len(secondary.children) for secondary in secondaries)),
        "focus_add": focus == (WHOLE_TREE, "add"),
    }
    if request.htmx:
        # The address stays: going back in the browser must not show a tree of some time ago.
        return push_url(render(request, "indicators/_tree_swap.html", context), False)
    return render(request, "indicators/template_edit.html", context)


def _rows(nodes: Iterable[Node], panel: Panel | None, focus: tuple[str, str]) -> list[Row]:
    nodes = list(nodes)
    return [_row(node, node is nodes[0], node is nodes[-1], panel, focus) for node in nodes]


def _row(node: Node, first: bool, last: bool, panel: Panel | None, focus: tuple[str, str]) -> Row:
    key, at = _key(node), focus[1]
    if (at == "up" and first) or (at == "down" and last):
        # The button that was pressed is now disabled; its neighbour takes the focus.
        at = "down" if first and not last else "up"
    return Row(
        key=key,
        level=level_of(node),
        node=node,
        first=first,
        last=last,
        panel=panel if panel is not None and panel.key == key else None,
        focus=at if focus[0] == key else "",
        children=_rows(children_of(node), panel, focus),
    )


def _key(node: Node) -> str:
    return f"{level_of(node)}-{node.pk}"


def _find(template: IndicatorTemplate, level: Level, node_id: int) -> Node:
    """The node in the prefetched tree. Raises NodeIsGone."""
    nodes: list[Node] = list(template.primaries.all())
    while nodes:
        for node in nodes:
            if level_of(node) is level and node.pk == node_id:
                return node
        nodes = [child for node in nodes for child in children_of(node)]
    raise NodeIsGone(f"该{level.label}已被他人删除。")


def _back_to(template_id: int, key: str, control: str) -> HttpResponse:
    url = reverse("indicators:template_edit", args=[template_id])
    return redirect(f"{url}?{urlencode({'focus': key, 'at': control})}")
