"""Notices: read one, open one, read all."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from eldercare.models import Notice
from eldercare.permissions import Permission, requires
from eldercare.replies import safe_path

PAGE_SIZE = 30


@require_safe
@requires(Permission.SIGNED_IN)
def notice_list(request: HttpRequest) -> HttpResponse:
    notices = Notice.objects.visible_to(request.user).select_related("created_by")
    page = Paginator(notices, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notices/list.html", {"page": page})


@require_POST
@requires(Permission.SIGNED_IN)
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark as read; with ``open`` go on to what the notice is about."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    if "open" in request.POST and (target := safe_path(request, notice.link)):
        return redirect(target)
    return redirect(safe_path(request, request.POST.get("back"), default="notice-list"))


@require_POST
@requires(Permission.SIGNED_IN)
def read_all(request: HttpRequest) -> HttpResponse:
    number = Notice.objects.visible_to(request.user).unread().update(read_at=timezone.now())
    if number:
        messages.success(request, f"{number} 条通知已标为已读。")
    return redirect(safe_path(request, request.POST.get("back"), default="notice-list"))
