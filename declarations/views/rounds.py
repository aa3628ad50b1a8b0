from django.http import Http404, HttpResponse

from perfgoals.accounts.access import EVERYBODY, Request, allow


@allow(EVERYBODY)
def listing(request: Request, **kwargs: object) -> HttpResponse:
    raise Http404


@allow(EVERYBODY)
def create(request: Request, **kwargs: object) -> HttpResponse:
    raise Http404


@allow(EVERYBODY)
def edit(request: Request, **kwargs: object) -> HttpResponse:
    raise Http404


@allow(EVERYBODY)
def extend(request: Request, **kwargs: object) -> HttpResponse:
    raise Http404


@allow(EVERYBODY)
def template_preview(request: Request, **kwargs: object) -> HttpResponse:
    raise Http404
