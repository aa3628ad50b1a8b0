"""What a person is told when a template refuses a change."""

from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, resolve_url

from indicators.models import IndicatorTemplate
from indicators.services import NodeIsGone, TemplateIsGone, TemplateIsInUse, TemplateIsPublished
from indicators.tree import templates_with_trees
from perfgoals.accounts.access import P, Request, View
from perfgoals.redirects import to_whole_page


def template_or_gone(template_id: int) -> IndicatorTemplate:
    """The template with its tree prefetched. Raises TemplateIsGone."""
    template = templates_with_trees().filter(pk=template_id).first()
    if template is None:
        raise TemplateIsGone
    return template


def draft_or_refusal(template_id: int) -> IndicatorTemplate:
    """The draft with its tree prefetched. Raises TemplateIsGone, TemplateIsPublished."""
    template = template_or_gone(template_id)
    if template.is_published:
        raise TemplateIsPublished
    return template


def with_refusals(view: View[P]) -> View[P]:
    """Turn what the services refuse into a message on the page that shows how things stand now.

    The view's address names the template as `template_id`. A template that was never there, asked for by its address
    alone, is an ordinary 404.
    """

    @wraps(view)
    def told(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        template_id = kwargs["template_id"]
        try:
            return view(request, *args, **kwargs)
        except TemplateIsGone as refusal:
            if request.method == "GET" and not request.htmx:
                raise Http404 from refusal
            messages.error(request, str(refusal))
            return to_whole_page(request, resolve_url("indicators:template_list"))
        except TemplateIsPublished as refusal:
            messages.error(request, str(refusal))
            return to_whole_page(request, resolve_url("indicators:template_edit", template_id=template_id))
        except (NodeIsGone, TemplateIsInUse) as refusal:
            messages.error(request, str(refusal))
            return redirect("indicators:template_edit", template_id=template_id)

    return told
