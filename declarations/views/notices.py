from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from declarations import notices, permissions
from declarations.commenting import anchor_of
from declarations.models import Notice
from perfgoals.accounts.access import EVERYBODY, Request, allow
from perfgoals.paging import paged


@allow(EVERYBODY)
@require_safe
def listing(request: Request) -> HttpResponse:
    """What the person was told; `?unread=1` shows only what is not read yet."""
    found = notices.notices_of(request.user)
    only_unread = "unread" in request.GET
    if only_unread:
        found = found.filter(read_at=None)
    return render(request, "declarations/notice_list.html", {"only_unread": only_unread, **paged(request, found)})


@allow(EVERYBODY)
@require_safe
def follow(request: Request, notice_id: int) -> HttpResponse:
    """Lead to what the notice is about; it is read then."""
    notice = get_object_or_404(notices.notices_of(request.user), pk=notice_id)
    notices.mark_read(Notice.objects.filter(pk=notice.pk), timezone.now())
    if notice.declaration is None or not permissions.can_view(request.user, notice.declaration):
        return redirect("home")
    if notice.comment is not None:
        url = reverse("declarations:comments", args=[notice.declaration.pk])
        return redirect(f"{url}#{anchor_of(notice.comment)}")
    if permissions.can_decide(request.user, notice.declaration):
        return redirect("declarations:review", notice.declaration.pk)
    return redirect("declarations:detail", notice.declaration.pk)


@allow(EVERYBODY)
@require_POST
def read_all(request: Request) -> HttpResponse:
    """Mark everything as read."""
    number = notices.mark_read(notices.notices_of(request.user), timezone.now())
    messages.success(request, f"已将 {number} 条通知标为已读。")
    return redirect("declarations:notice_list")
