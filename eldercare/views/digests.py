"""Weekly digests of the own unit, the newest first, and one of them to read or print."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from eldercare.digest import sections_for
from eldercare.digest_models import WeeklyDigest
from eldercare.permissions import Permission, requires

PAGE_SIZE = 30


@require_safe
@requires(Permission.SIGNED_IN)
def digest_list(request: HttpRequest) -> HttpResponse:
    own = WeeklyDigest.objects.visible_to(request.user).filter(org_unit=request.user.org_unit)
    page = Paginator(own.select_related("org_unit"), PAGE_SIZE).get_page(request.GET.get("page"))
    for each in page:
        each.headline = _headline(request, each)
    return render(request, "digests/list.html", {"page": page})


def _headline(request: HttpRequest, digest: WeeklyDigest) -> str:
    """How much of it this person may read, section by section."""
    sections = sections_for(request.user, digest)
    return "，".join(f"{each.title} {len(each.lines)} 条" for each in sections) or "没有新情况"


@require_safe
@requires(Permission.SIGNED_IN)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One digest; of the units below too, for whoever answers for them."""
    digests = WeeklyDigest.objects.visible_to(request.user).select_related("org_unit")
    digest = get_object_or_404(digests, pk=pk)
    of_unit = digests.filter(org_unit=digest.org_unit)
    context = {
        "digest": digest,
        "sections": sections_for(request.user, digest),
        "earlier": of_unit.filter(week__lt=digest.week).first(),
        "later": of_unit.filter(week__gt=digest.week).last(),
    }
    return render(request, "digests/detail.html", context)
