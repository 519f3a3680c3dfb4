"""The home page: what this person has to do, and what they have been told."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from eldercare import todo
from eldercare.digest import sections_for
from eldercare.digest_models import WeeklyDigest
from eldercare.models import Notice
from eldercare.permissions import Permission, requires

NOTICES_SHOWN = 6


@require_safe
@requires(Permission.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    notices = Notice.objects.visible_to(request.user).unread()[:NOTICES_SHOWN]
    newest = WeeklyDigest.objects.filter(org_unit=request.user.org_unit).first()
    context = {"items": todo.items_for(request.user), "notices": notices, "digest": None}
    if newest is not None and newest.is_recent(timezone.localdate()):
        sections = sections_for(request.user, newest)
        # Whoever sees no business at all is not told that there was none.
        if sections or request.user.may(Permission.VIEW_TASKS):
            context |= {"digest": newest, "sections": sections}
    return render(request, "home.html", context)
