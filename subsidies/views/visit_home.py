"""Care at home: the overview, and finding a person for a new entry."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from eldercare.errors import Refused
from eldercare.permissions import Permission, requires
from subsidies.forms.visits import FindForm
from subsidies.pages.care import load_overview
from subsidies.pages.finding import LIMIT, find_elders

ENTRIES = {
    "visit": ("登记探访", "visit-person"),
    "adaptation": ("登记适老化改造", "adaptation-create"),
    "family-bed": ("申请家庭养老床位", "family-bed-create"),
}


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def home(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "overview": load_overview(request.user, today),
        "today": today,
        "may_edit": request.user.may(Permission.EDIT_PEOPLE),
    }
    return render(request, "care/home.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.EDIT_PEOPLE)
def find(request: HttpRequest, what: str) -> HttpResponse:
    """By name or whole number, which comes by POST: numbers do not belong in an address."""
    if what not in ENTRIES:
        raise Http404
    form, found = FindForm(request.POST or None), None
    if form.is_valid():
        try:
            found = find_elders(form.cleaned_data["q"].strip(), request.user)
        except Refused as refusal:
            form.add_error("q", str(refusal))
    title, target = ENTRIES[what]
    context = {"form": form, "found": found, "title": title, "target": target, "limit": LIMIT, "what": what}
    return render(request, "care/find.html", context)
