"""What the ledgers of facilities, beds and staff put into the weekly digest."""

from django.db.models import Count, Q
from django.urls import reverse

from eldercare import digest
from eldercare.digest import COMING, Line, Week
from eldercare.models import OrgUnit
from eldercare.permissions import Permission
from facilities.models import Bed, Certificate, Employment, Facility

SECTION = "台账"


@digest.register
def ledgers(unit: OrgUnit, week: Week) -> list[Line]:
    """What came and went in the week, by the dates in the ledgers. Three queries."""
    days = (week.first, week.last)
    counted = (
        ("设施", "开办", "停办", "家", _counts(Facility, "org_unit", "opened_on", "closed_on", unit, days)),
        (
            "床位",
            "启用",
            "停用",
            "张",
            _counts(Bed, "facility__org_unit", "in_use_from", "in_use_to", unit, days),
        ),
        (
            "从业人员",
            "入职",
            "离职",
            "人",
            _counts(Employment, "org_unit", "employed_from", "employed_to", unit, days),
        ),
    )
    words = [
        f"{name}{'、'.join(f'{verb} {number:,} {measure}' for verb, number in ((came, new), (went, gone)) if number)}"
        for name, came, went, measure, (new, gone) in counted
        if new or gone
    ]
    if not words:
        return []
    return [Line(SECTION, f"{'；'.join(words)}。", Permission.VIEW_LEDGERS, reverse("facility-overview"))]


def _counts(model, unit_path: str, first: str, last: str, unit: OrgUnit, days: tuple) -> tuple[int, int]:
    rows = model.objects.filter(**{f"{unit_path}__path__startswith": unit.path})
    counted = rows.order_by().aggregate(
        new=Count("pk", filter=Q(**{f"{first}__range": days})),
        gone=Count("pk", filter=Q(**{f"{last}__range": days})),
    )
    return counted["new"], counted["gone"]


@digest.register
def certificates_ending(unit: OrgUnit, week: Week) -> list[Line]:
    """People at work whose certificate runs out in the week that begins."""
    posts = Employment.objects.filter(org_unit__path__startswith=unit.path).on(week.coming[0])
    ending = Certificate.objects.filter(
        expires_on__range=week.coming, caregiver__in=posts.values("caregiver")
    )
    people = ending.values("caregiver").distinct().count()
    if not people:
        return []
    text = f"{people} 名在岗人员的证书在这一周到期。"
    return [Line(COMING, text, Permission.VIEW_LEDGERS, f"{reverse('caregiver-list')}?certificate=ending")]
