"""A person's statement (发放对账单). Whoever opens it stands in the log."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from eldercare import audit
from eldercare.models import AuditEvent
from eldercare.permissions import Permission, requires
from subsidies.models import Elder
from subsidies.pages.statements import covered, recoveries_of, statement_of


@never_cache
@require_safe
@requires(Permission.VIEW_PEOPLE)
def statement(request: HttpRequest, pk: int) -> HttpResponse:
    elders = Elder.objects.visible_to(request.user).select_related("org_unit", "village", "merged_into")
    elder = get_object_or_404(elders, pk=pk)
    audit.record(
        AuditEvent.Action.PERSON,
        by=request.user,
        request=request,
        org_unit=elder.org_unit,
        subject=f"发放对账单：老年人档案编号 {elder.pk}",
    )
    years = statement_of(elder)
    enrolments = elder.enrolments.select_related("programme").order_by("-applied_on", "-pk")
    context = {
        "elder": elder,
        "years": years,
        "covered": covered(years),
        "enrolments": enrolments,
        "recoveries": recoveries_of(elder),
        "payee": elder.payees.filter(used_to=None).first(),
    }
    return render(request, "payments/statement.html", context)
