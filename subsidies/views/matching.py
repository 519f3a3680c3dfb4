"""政策找人: who should be in a programme and is not, who soon will, who no longer should be."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare.permissions import Permission, requires
from subsidies.models import Programme
from subsidies.pages import matching

PAGE_SIZE = 50
LISTS = (
    ("now", "符合而未享受"),
    ("yields", "符合但让位于其他项目"),
    ("soon", f"{matching.AHEAD} 个月内符合"),
    ("lost", "享受中而不再符合"),
)


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def enrolment_matching(request: HttpRequest) -> HttpResponse:
    """``?programme=&list=now|yields|soon|lost``."""
    month = timezone.localdate().replace(day=1)
    programmes = list(
        Programme.objects.visible_to(request.user)
        .filter(versions__isnull=False)
        .exclude(ends_on__lt=month)
        .distinct()
    )
    wanted = request.GET.get("programme", "")
    programme = next(
        (each for each in programmes if str(each.pk) == wanted), programmes[0] if programmes else None
    )
    which = request.GET.get("list", "now")
    which = which if which in dict(LISTS) else "now"
    context = {"programmes": programmes, "programme": programme, "month": month}
    if programme:
        units = matching.units_of(request.user)
        people, numbers = matching.find_with_numbers(programme, which, month, units=units)
        page = Paginator(people, PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {
            "lists": [(key, label, key == which, numbers.get(key)) for key, label in LISTS],
            "which": which,
            "page": page,
            "numbers": list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
            "lines": matching.lines_of(programme, list(page.object_list), request.user, month),
            "may_apply": which != "yields" and request.user.may(Permission.CHECK_ENROLMENTS),
            "yielding": numbers.get("yields", 0),
        }
    return render(request, "enrolments/matching.html", context)
