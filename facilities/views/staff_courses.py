"""Registering a course for many people at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from eldercare.errors import Refused
from eldercare.permissions import Permission, requires
from facilities.actions import staff as actions
from facilities.forms.staff_courses import CourseForm
from facilities.pages.staff import CoursePeopleForm, people_for_course

NAMES_SHOWN = 10


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_LEDGERS)
def course(request: HttpRequest) -> HttpResponse:
    """Whose names are in the table is in the address; the course and the ticks are posted to it."""
    choice = CoursePeopleForm(request.GET, by=request.user)
    people = people_for_course(request.user, choice, timezone.localdate())
    form = CourseForm(request.POST if request.method == "POST" else None)
    ticked = form.ticked() if form.is_bound else set()
    if form.is_bound and form.is_valid():
        if not ticked:
            form.add_error(None, "还没有勾选参加培训的人员，请在名单中勾选。")
        else:
            try:
                done = actions.register_course(people=ticked, course=form.changes(), by=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                _say(request, done)
                return redirect(f"{reverse('caregiver-list')}?trained=yes")
    context = {
        "choice": choice,
        "people": people,
        "form": form,
        "ticked": ticked,
        "query": request.GET.urlencode(),
    }
    return render(request, "staff/course.html", context)


def _say(request: HttpRequest, done: actions.Registered) -> None:
    if done.added:
        messages.success(request, f"已为 {done.added} 人登记培训。")
    if done.known:
        names = "、".join(done.known[:NAMES_SHOWN])
        more = f"等 {len(done.known)} 人" if len(done.known) > NAMES_SHOWN else ""
        messages.info(request, f"{names}{more}先前已登记过这次培训，没有重复登记。")
