"""Facilities with the number of their beds, residents and staff; who these people are is not told here."""

import datetime as dt
from collections import defaultdict

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from eldercare.api.endpoints import endpoint
from eldercare.api.lists import Filters, PlainChar, Since, changed_since, paged, unit_of
from eldercare.models import OrgUnit
from eldercare.permissions import Permission, requires
from facilities.models import QUALIFICATIONS, Bed, Employment, Facility, Stay
from facilities.pages.facilities import ratings_on

TAG = "设施、床位、人员"


class BedCountSerializer(serializers.Serializer):
    institutional = serializers.IntegerField(help_text="机构床位")
    nursing = serializers.IntegerField(help_text="其中护理型")
    day_care = serializers.IntegerField(help_text="日托床位")
    mutual_aid = serializers.IntegerField(help_text="互助床位")
    family = serializers.IntegerField(help_text="家庭养老床位")
    residents = serializers.IntegerField(help_text="机构床位入住人数")


class StaffCountSerializer(serializers.Serializer):
    total = serializers.IntegerField(help_text="在岗人数")
    caregivers = serializers.IntegerField(help_text="其中养老护理员")


class FacilitySerializer(serializers.ModelSerializer):
    org_unit = serializers.CharField(source="org_unit.code", help_text="镇(街道)代码")
    village = serializers.CharField(source="village.code", default=None, allow_null=True)
    rating = serializers.CharField(source="rating_label", help_text="等级，未评为空")
    qualifications = serializers.ListField(
        child=serializers.ChoiceField(choices=QUALIFICATIONS), source="held", help_text="当日具备的资质"
    )
    beds = BedCountSerializer(source="bed_counts")
    staff = StaffCountSerializer(source="staff_counts")

    class Meta:
        model = Facility
        fields = (
            "id", "name", "kind", "operation", "sponsor", "setting", "org_unit", "village", "credit_code",
            "address", "owner", "operator", "opened_on", "closed_on", "rating", "qualifications", "beds", "staff",
        )  # fmt: skip


class FacilityFilters(Filters):
    org_unit = PlainChar(max_length=20, help_text="单位代码，含下属单位")
    kind = serializers.ChoiceField(choices=Facility.Kind.choices, required=False, help_text="设施类别")
    is_open = serializers.BooleanField(required=False, default=None, allow_null=True, help_text="当日运营中")
    on = serializers.DateField(required=False, help_text="床位、人数等按这一天；不填为今天")
    changed_since = Since()


class CountFilters(Filters):
    on = serializers.DateField(required=False, help_text="按这一天；不填为今天")
    org_unit = PlainChar(max_length=20, help_text="单位代码，含下属单位")


class UnitCountSerializer(serializers.Serializer):
    org_unit = serializers.CharField(source="code")
    name = serializers.CharField()
    facilities = serializers.IntegerField(source="facility_count", help_text="运营中的设施")
    institutions = serializers.IntegerField(source="institution_count", help_text="其中养老机构")
    beds = BedCountSerializer(source="bed_counts")
    staff = StaffCountSerializer(source="staff_counts")


@requires(Permission.VIEW_LEDGERS)
@endpoint("GET", summary="养老设施", tag=TAG, answer=FacilitySerializer, many=True, filters=FacilityFilters)
def facility_list(request: Request) -> Response:
    chosen = FacilityFilters.of(request)
    day = chosen.get("on") or timezone.localdate()
    rows = Facility.objects.visible_to(request.user).select_related("org_unit", "village")
    if unit := unit_of(request.user, chosen.get("org_unit")):
        rows = rows.filter(org_unit__path__startswith=unit.path)
    if kind := chosen.get("kind"):
        rows = rows.filter(kind=kind)
    if chosen.get("is_open") is not None:
        running = Facility.objects.open_on(day)
        rows = rows.filter(pk__in=running) if chosen["is_open"] else rows.exclude(pk__in=running)
    rows = changed_since(rows, chosen.get("changed_since"))
    return paged(request, rows, chosen, FacilitySerializer, attach=lambda found: _attach(found, day))


@requires(Permission.VIEW_LEDGERS)
@endpoint("GET", summary="一家养老设施", tag=TAG, answer=FacilitySerializer)
def facility(request: Request, pk: int) -> Response:
    rows = Facility.objects.visible_to(request.user).select_related("org_unit", "village")
    found = get_object_or_404(rows, pk=pk)
    _attach([found], timezone.localdate())
    return Response(FacilitySerializer(found).data)


@requires(Permission.VIEW_LEDGERS)
@endpoint(
    "GET",
    summary="各单位的设施、床位、人员数",
    description="按设施所属的单位计数；县级统一管理的设施计在县。",
    tag=TAG,
    answer=UnitCountSerializer,
    many=True,
    filters=CountFilters,
)
def unit_count_list(request: Request) -> Response:
    chosen = CountFilters.of(request)
    day = chosen.get("on") or timezone.localdate()
    levels = (OrgUnit.Level.COUNTY, OrgUnit.Level.TOWNSHIP, OrgUnit.Level.REPORTING)
    rows = OrgUnit.objects.visible_to(request.user).as_of(day).filter(level__in=levels)
    if unit := unit_of(request.user, chosen.get("org_unit")):
        rows = rows.filter(path__startswith=unit.path)
    return paged(request, rows, chosen, UnitCountSerializer, attach=lambda found: _count_units(found, day))


def _attach(found: list[Facility], day: dt.date) -> None:
    """Four queries for a page, however many facilities there are on it."""
    keys = [each.pk for each in found]
    beds, staff = _counts(Q(facility__in=keys), Q(bed__facility__in=keys), day, "facility", "bed__facility")
    ratings = ratings_on(day).filter(facility__in=keys, scheme__in=("star", "center"))
    labels = {each.facility_id: each.label for each in ratings.order_by("issued_on", "pk")}
    for each in found:
        each.bed_counts, each.staff_counts = beds[each.pk], staff[each.pk]
        each.rating_label = labels.get(each.pk, "")
        each.held = [name for name in QUALIFICATIONS if getattr(each, name).on(day)]


def _count_units(found: list[OrgUnit], day: dt.date) -> None:
    keys = [each.pk for each in found]
    beds, staff = _counts(
        Q(facility__org_unit__in=keys),
        Q(bed__facility__org_unit__in=keys),
        day,
        "facility__org_unit",
        "bed__facility__org_unit",
    )
    homes = Count("pk", filter=Q(kind__in=Facility.INSTITUTIONS))
    rows = Facility.objects.open_on(day).filter(org_unit__in=keys).order_by().values("org_unit")
    sites = {
        unit: (number, institutions)
        for unit, number, institutions in rows.annotate(number=Count("pk"), homes=homes).values_list(
            "org_unit", "number", "homes"
        )
    }
    for each in found:
        each.bed_counts, each.staff_counts = beds[each.pk], staff[each.pk]
        each.facility_count, each.institution_count = sites.get(each.pk, (0, 0))


def _counts(
    beds_of: Q, stays_of: Q, day: dt.date, bed_path: str, stay_path: str
) -> tuple[dict[int, dict], dict[int, dict]]:
    """Beds in use and posts held on a day, counted by what the paths lead to."""
    beds: dict[int, dict] = defaultdict(lambda: dict.fromkeys(BedCountSerializer().fields, 0))
    staff: dict[int, dict] = defaultdict(lambda: {"total": 0, "caregivers": 0})
    kinds = Bed.objects.in_use_on(day).filter(beds_of)
    nursing = Count("pk", filter=Q(nursing__on=day, kind=Bed.Kind.INSTITUTIONAL))
    for key, kind, number, nurse in _grouped(kinds, bed_path, "kind", number=Count("pk"), nurse=nursing):
        beds[key][kind] += number
        beds[key]["nursing"] += nurse
    people = Stay.objects.on(day).filter(stays_of, bed__kind=Bed.Kind.INSTITUTIONAL)
    for key, number in _grouped(people, stay_path, number=Count("pk")):
        beds[key]["residents"] += number
    posts = Employment.objects.on(day).filter(beds_of)
    caregivers = Count("caregiver", filter=Q(role=Employment.Role.CAREGIVER), distinct=True)
    for key, number, carers in _grouped(
        posts, bed_path, number=Count("caregiver", distinct=True), carers=caregivers
    ):
        staff[key] = {"total": number, "caregivers": carers}
    return beds, staff


def _grouped(rows: QuerySet, *by: str, **numbers: Count) -> QuerySet:
    return rows.order_by().values(*by).annotate(**numbers).values_list(*by, *numbers)
